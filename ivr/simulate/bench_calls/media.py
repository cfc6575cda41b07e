"""The load's sound, in a process of its own: plays one planned stream to each call from the call's first sound on.

SIPp does the signalling. Its own tones (play_dtmf, play_pcap_audio) go through raw sockets: they need root, and the
kernel hands every raw socket a copy of every UDP packet of the machine, so hundreds of them would be measured too.
Here each call is one plain socket. What the centre says is not read beyond its first packet: that one tells the
centre's port, and that the dialogue has begun.

stdin: one line of JSON (sockets, keys, seconds); it ends when stdin does. stdout: a line with the ports; at the end a
line with how many calls it heard and by how much its latest packet was late.
"""

import json
import os
import resource
import selectors
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from ivr.simulate.bench_calls.rtp import TICK_S, TONE, stream

HOST = "127.0.0.1"
_SLOTS = 4
"""Calls are served in turns 5 ms apart: three hundred telephones do not send in one instant."""
_SPARE_FILES = 64
_LATE_TICKS = 5
_PRIORITY = -10
"""A telephone keeps its time however busy the centre's machine is. Only root may ask for it."""


@dataclass(slots=True)
class _Leg:
    sound: socket.socket
    centre: tuple[str, int]
    begun: float
    tick: int = 0


class Player:
    """Every call of the load. `latest_s`: the greatest delay of a turn."""

    def __init__(self, sockets: int, ticks: list[list[bytes]]) -> None:
        self._ticks = ticks
        self._waiting = selectors.DefaultSelector()
        self._slots: list[list[_Leg]] = [[] for _ in range(_SLOTS)]
        self.heard = 0
        self.latest_s = 0.0
        self.ports = [self._open() for _ in range(sockets)]

    def _open(self) -> int:
        sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sound.bind((HOST, 0))
        sound.setblocking(False)
        # What is not read is thrown away: soon, and at no cost.
        sound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self._waiting.register(sound, selectors.EVENT_READ)
        return int(sound.getsockname()[1])

    def run(self, stop: int) -> None:
        """Play until the file `stop` is at its end."""
        self._waiting.register(stop, selectors.EVENT_READ)
        step_s = TICK_S / _SLOTS
        due, turn = time.monotonic(), 0
        while not self._listen(due, stop):
            late_s = time.monotonic() - due
            self.latest_s = max(self.latest_s, late_s)
            slot = turn % _SLOTS
            self._slots[slot] = [leg for leg in self._slots[slot] if self._play(leg)]
            turn += 1
            due = max(due + step_s, time.monotonic() - TICK_S)

    def _listen(self, until: float, stop: int) -> bool:
        """Take new calls until the time given. True when it is over."""
        while True:
            left = until - time.monotonic()
            for key, _ in self._waiting.select(max(0.0, left)):
                if key.fileobj == stop:
                    return True
                assert isinstance(key.fileobj, socket.socket)
                self._begin(key.fileobj)
            if left <= 0:
                return False

    def _begin(self, sound: socket.socket) -> None:
        _, centre = sound.recvfrom(2048)
        self._waiting.unregister(sound)
        self._slots[self.heard % _SLOTS].append(_Leg(sound, centre, time.monotonic()))
        self.heard += 1

    def _play(self, leg: _Leg) -> bool:
        """Send what is due. Sound that is late by more than 100 ms is lost, as on a bad line; tones never are."""
        due = min(int((time.monotonic() - leg.begun) / TICK_S) + 1, len(self._ticks))
        for packets in self._ticks[leg.tick : due]:
            leg.tick += 1
            if due - leg.tick <= _LATE_TICKS or packets[0][1] & 0x7F == TONE:
                for packet in packets:
                    leg.sound.sendto(packet, leg.centre)
        return leg.tick < len(self._ticks)


def main() -> None:
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as unread:  # nothing is read ahead
        wanted = json.loads(unread.readline())
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, wanted["sockets"] + _SPARE_FILES), most))
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    player = Player(wanted["sockets"], stream(wanted["keys"], wanted["seconds"], ssrc=2))
    print(json.dumps(player.ports), flush=True)
    player.run(sys.stdin.fileno())
    print(json.dumps({"heard": player.heard, "latest_ms": round(1000 * player.latest_s, 1)}), flush=True)


if __name__ == "__main__":
    main()
