"""`ivr bench ami`: our AMI codec against panoramisk's own, in one run on one stream of realistic events.

Both are fed the same bytes in the same chunks, as TCP would bring them, and must give the same messages back.
"""

import random
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from panoramisk.ami_protocol import AMIProtocol

from ivr.protocols.ami import AmiDecoder

_BANNER = b"Asterisk Call Manager/11.0.0\r\n"
_CHUNKS = (1449, 4096, 65536)  # bytes: a segment of Ethernet behind a tunnel, asyncio's usual reads
_ROUNDS = 3
_NAMES = ("Ёлкина Анна Юрьевна", "Жуков Щукин", "ООО «Рассвет»", "Петрова Ольга", "")

Truth = dict[str, str]
Decode = Callable[[Sequence[bytes]], list[Any]]


class _Factory:
    """What panoramisk's protocol calls its factory: here it only keeps the events."""

    save_stream = None

    def __init__(self) -> None:
        self.events: list[Any] = []

    def dispatch(self, event: Any) -> None:
        self.events.append(event)


def _event(number: int, dice: random.Random) -> Truth:
    """One event as Asterisk 22 writes it, with a channel's usual snapshot."""
    call = f"centre-1700000000.{number}"
    extra: Truth = dice.choice(
        [
            {"Event": "DTMFEnd", "Digit": dice.choice("0123456789*#"), "DurationMs": "100", "Direction": "Received"},
            {"Event": "Newchannel"},
            {"Event": "Hangup", "Cause": "16", "Cause-txt": "Normal Clearing"},
            {"Event": "QueueCallerJoin", "Queue": "Показания и расчёты", "Position": "3", "Count": "5"},
            {"Event": "VarSet", "Variable": "АДРЕС", "Value": f"г. Щёлково, ул. Съезжая, д. {number % 300}"},
        ]
    )
    return {
        "Event": extra["Event"],
        "Privilege": "call,all",
        "Channel": f"PJSIP/carrier-{number:08x}",
        "ChannelState": "6",
        "ChannelStateDesc": "Up",
        "CallerIDNum": f"7{9000000000 + number}",
        "CallerIDName": dice.choice(_NAMES),
        "ConnectedLineNum": "<unknown>",
        "ConnectedLineName": dice.choice(_NAMES),
        "Language": "ru",
        "AccountCode": "",
        "Context": "inbound",
        "Exten": "88005550100",
        "Priority": "7",
        "Uniqueid": call,
        "Linkedid": call,
        **extra,
    }


def _stream(truth: Sequence[Truth]) -> bytes:
    lines = ("".join(f"{key}: {value}\r\n" for key, value in event.items()) for event in truth)
    return _BANNER + "".join(f"{event}\r\n" for event in lines).encode()


def _ours(chunks: Sequence[bytes]) -> list[Any]:
    decoder = AmiDecoder()
    return [message for chunk in chunks for message in decoder.receive_data(chunk)]


def _theirs(chunks: Sequence[bytes]) -> list[Any]:
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.encoding = "utf8"
    protocol.factory = factory = _Factory()
    for chunk in chunks:
        protocol.data_received(chunk)
    return factory.events


def _corrupted(events: Sequence[Any], truth: Sequence[Truth]) -> int:
    """Events that were lost, or in which a value differs from what was sent."""
    wrong = sum(
        any((event.get(key) or "") != value for key, value in sent.items())
        for event, sent in zip(events, truth, strict=False)
    )
    return wrong + abs(len(truth) - len(events))


def _seconds(decode: Decode, chunks: Sequence[bytes]) -> float:
    began = perf_counter()
    decode(chunks)
    return perf_counter() - began


def run(events: int = 20_000) -> dict[str, Any]:
    """Events a second (best of three, taken in turns) and corrupted events of both, for several sizes of chunks."""
    dice = random.Random(1)
    truth = [_event(number, dice) for number in range(events)]
    stream = _stream(truth)
    runs = []
    for size in _CHUNKS:
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        times = [(_seconds(_ours, chunks), _seconds(_theirs, chunks)) for _ in range(_ROUNDS)]
        ours, theirs = (min(column) for column in zip(*times, strict=True))
        runs.append(
            {
                "chunk_bytes": size,
                "ours_events_per_s": round(events / ours),
                "panoramisk_events_per_s": round(events / theirs),
                "speed_ratio": round(theirs / ours, 2),
                "ours_corrupted": _corrupted(_ours(chunks), truth),
                "panoramisk_corrupted": _corrupted(_theirs(chunks), truth),
            }
        )
    return {"events": events, "bytes": len(stream), "runs": runs}
