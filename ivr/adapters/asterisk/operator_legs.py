"""Operators' telephones: rung by Originate, one leg an offer, joined to the caller by Asterisk itself (`[offer]`).

The offer's id is the leg's unique id, so that a leg can be found, hung up and known again after a reconnect. No Local
channels: each would cost a pair of channels, and some of them their answer.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from ivr.adapters.asterisk.ami_events import ContactStatus, DeviceStateChange, Event, Hangup, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.refusals import Refusals
from ivr.domain.acd.events import Failure
from ivr.domain.acd.model import OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.errors import PhoneFailed
from ivr.service.queue.duty import Duty
from ivr.service.queue.telephones import Ring

CONTEXT = "offer"
CALLBACK = "callback"
"""Where the operator listens until the customer of a callback is joined to him."""
_ELSEWHERE = "26"  # Q.850 as Asterisk uses it: answered elsewhere, so that the telephone shows no missed call
_CLEAR = frozenset({0, 16, 17, 21, 26, 31})
"""Causes of Q.850 with which people end a call; others are a telephone, or a network, that died."""

_GONE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})
_ENGAGED = frozenset({"INUSE", "BUSY", "RINGINUSE", "ONHOLD"})
_BACK = frozenset({"Reachable", "NonQualified"})
"""Of a contact: its telephone has just registered, or answered after a silence."""
_TECHNOLOGY = "PJSIP/"


class Told(Protocol):
    """Who is told what becomes of operators' legs: the line, or who stands before it."""

    def rang(self, offer: OfferId, failure: Failure | None, /) -> None: ...

    def leg_ended(self, offer: OfferId, clearly: bool) -> None: ...

    def vanished(self, offer: OfferId, /) -> None: ...

    def tell_all(self) -> None: ...


def shown(name: str, number: str) -> str:
    """What a telephone shows of who rings."""
    name = "".join(letter for letter in name if letter.isalnum() or letter in " .,:-") or number
    number = "".join(letter for letter in number if letter in "+0123456789") or "anonymous"
    return f'"{name}" <{number}>'


class OperatorLegs:
    """`channel_of` gives the name of a caller's channel, None when he is gone."""

    def __init__(self, link: AmiLink, channel_of: Callable[[CallId], str | None]) -> None:
        self._link = link
        self._channel_of = channel_of
        self._line: Told | None = None
        self._duty: Duty | None = None
        self._rung: dict[str, OfferId] = {}  # by the id of the Originate that rings
        self._joined: set[OfferId] = set()
        self._refusals = Refusals()
        self._early: dict[str, int] = {}  # failures that came before the answer to their Originate
        self._ending = 0  # the cause with which a leg is ending at this moment
        self._inherited: dict[OfferId, int] = {}

    def serve(self, line: Told, duty: Duty) -> None:
        """Tell them what becomes of operators' legs from now on, and `duty` what their telephones do."""
        self._line, self._duty = line, duty
        self._link.on_event(self._event)
        self._link.on_connected(self._connected)

    @property
    def up(self) -> bool:
        return self._link.connected

    async def ring(self, ring: Ring) -> None:
        channel = self._channel_of(ring.call_id) if ring.call_id is not None else ""
        if channel is None:
            raise PhoneFailed("the caller is gone")
        fields = {
            "Channel": f"{_TECHNOLOGY}{ring.operator}",
            "ChannelId": ring.offer,
            "Context": CONTEXT,
            "Exten": "s" if channel else CALLBACK,
            "Priority": "1",
            "Timeout": str(round(ring.ring_s * 1000)),
            "CallerID": shown(ring.name, ring.number),
            "Async": "true",
            "Variable": [
                f"IVR_CALLER={channel}",
                f"IVR_OPERATOR={ring.operator}",
                f"IVR_WHISPER={ring.whisper}",
            ],
        }
        self._refusals.rings(ring.offer)
        try:
            answer = await self._link.action("Originate", fields)
        except BaseException:
            self._refusals.answered(ring.offer)
            raise
        self._rung[answer.action_id] = ring.offer
        if (reason := self._early.pop(answer.action_id, None)) is not None:
            self._failed(answer.action_id, reason)

    async def hang_up(self, offer: OfferId) -> None:
        with suppress(PhoneFailed):  # it is gone already
            await self._link.action("Hangup", {"Channel": offer, "Cause": _ELSEWHERE})

    def adopt(self, leg: OfferId) -> None:
        """From now on this leg is an operator's in a talk. Taken over from one whose telephone died, it bears the cause
        of that death: it keeps it to its own end where a BYE names none (bridge_channel.c, channel_set_cause)."""
        self._joined.add(leg)
        if self._ending not in _CLEAR:
            self._inherited[leg] = self._ending

    async def unreached(self, offer: OfferId, sound: str) -> None:
        await self._link.action("Setvar", {"Channel": offer, "Variable": "IVR_WHISPER", "Value": sound})
        where = {"Context": CONTEXT, "Exten": "unreached", "Priority": "1"}
        await self._link.action("Redirect", {"Channel": offer, **where})

    async def set_out(self, operator: OperatorId, out: bool) -> None:
        """Keep the dialplan's own queue in step: it must not ring who is not there, should the engine go. Raises
        LinkDown; an operator who is not of that queue is no mistake."""
        fields = {"Interface": f"{_TECHNOLOGY}{operator}", "Paused": "true" if out else "false"}
        with suppress(PhoneFailed):
            await self._link.action("QueuePause", fields)

    async def talks(self, offer: OfferId) -> bool:
        return offer in await self._alive()

    async def _alive(self) -> set[str]:
        return {item.get("Uniqueid") for item in await self._link.action_list("CoreShowChannels")}

    def _event(self, event: Event) -> None:
        assert self._line is not None
        match event:
            case OriginateResponse(answered=True, action_id=action):
                if (offer := self._rung.pop(action, None)) is not None:
                    self._joined.add(offer)
                    self._refusals.answered(offer)
                    self._line.rang(offer, None)
            case OriginateResponse(action_id=action, reason=reason):
                self._failed(action, reason)
            case Hangup(uniqueid=uniqueid, cause=cause):
                self._refusals.hung_up(uniqueid, cause)
                if (offer := OfferId(uniqueid)) in self._joined:
                    self._joined.discard(offer)
                    inherited, self._ending = self._inherited.pop(offer, 0), cause
                    self._line.leg_ended(offer, cause in _CLEAR or cause == inherited)
                    self._ending = 0
            case ContactStatus(endpoint=operator, status=status) if status in _BACK:
                assert self._duty is not None
                self._duty.back(OperatorId(operator))
            case DeviceStateChange(device=device, state=state):
                self._device(device, state)

    def _failed(self, action: str, reason: int) -> None:
        if (offer := self._rung.pop(action, None)) is not None:
            self._refusals.failed(offer, reason, partial(self._rang, offer))
        else:
            self._early = {action: reason}

    def _rang(self, offer: OfferId, failure: Failure) -> None:
        assert self._line is not None
        self._line.rang(offer, failure)

    def _device(self, device: str, state: str) -> None:
        assert self._duty is not None
        if device.startswith(_TECHNOLOGY):
            operator = OperatorId(device.removeprefix(_TECHNOLOGY))
            self._duty.device(operator, state not in _GONE, state in _ENGAGED)

    async def _connected(self) -> None:
        """After a (re)connect: which legs are still there, and what the telephones do. Raises LinkDown, PhoneFailed."""
        assert self._line is not None
        alive = await self._alive()
        ringing = [(action, offer) for action, offer in self._rung.items() if offer not in alive]
        for action, offer in ringing:
            del self._rung[action]
            self._refusals.answered(offer)
            self._line.vanished(offer)
        for offer in self._joined - alive:
            self._joined.discard(offer)
            self._line.vanished(offer)
        for item in await self._link.action_list("DeviceStateList"):
            self._device(item.get("Device"), item.get("State"))
        self._line.tell_all()
