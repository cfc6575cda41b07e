"""Legs of talks in progress, moved from place to place of the dialplan (dialplans/asterisk/talks.conf.j2) by Redirect.

Two legs that talk are always moved by one Redirect: moved one after the other, the second would be hung up meanwhile.
First the one that was drawn into the bridge: it goes on in its dialplan as soon as the other leaves, while the one that
runs Bridge() waits for the end of the Redirect (AST_FLAG_BRIDGE_DUAL_REDIRECT_WAIT).
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import uuid4

from ivr.adapters.asterisk.ami_events import DtmfEnd, Event, Hangup, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.callers import calls_alive
from ivr.adapters.asterisk.customer_legs import DIALABLE, TRUNK
from ivr.adapters.asterisk.operator_legs import OperatorLegs, shown
from ivr.adapters.asterisk.refusals import Refusals
from ivr.domain.acd.events import Failure
from ivr.domain.acd.model import OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.errors import PhoneFailed
from ivr.service.queue.talk_phones import Colleague, Mode, OutsideCall, Place

ALONE, DONE, JOIN, ROOM, AWAY = "talk-holding", "talk-done", "talk-join", "talk-room", "talk-away"
PLACES = {Place.LINE: "talk-back", Place.MARK: "after", Place.DIALOGUE: "talk-flow", Place.END: "talk-ends"}
SPY = "talk-spy"
MODES = {Mode.LISTEN: "m1", Mode.WHISPER: "m2", Mode.BARGE: "m3"}
SHOWN = {Mode.LISTEN: "Слушать", Mode.WHISPER: "Подсказывать", Mode.BARGE: "Вступить в разговор"}
"""On the telephone of a supervisor who is rung for it."""
RING_TO_SPY_S = 20
FEATURES = "ivr_hold#ivr_consult#ivr_send#ivr_confer#ivr_abuse"
"""Of features.conf."""


class TalkLegs:
    """`channel_of` gives the name of a caller's channel, None when he is gone. `shown` is the number that specialists
    see: the centre's own."""

    def __init__(
        self, link: AmiLink, legs: OperatorLegs, channel_of: Callable[[CallId], str | None], shown: str
    ) -> None:
        self._link = link
        self._legs = legs
        self._channel_of = channel_of
        self._shown = shown
        self._rung: dict[str, OfferId] = {}  # colleagues' legs by the id of the Originate that rings them
        self._early: dict[str, OriginateResponse] = {}  # answers that came before that to their Originate
        self._asked: set[OfferId] = set()
        self._ringing: dict[OfferId, bool] = {}  # of those asked, the ones not yet answered; True: gone meanwhile
        self._refusals = Refusals()
        self._spies: set[str] = set()

    def serve(
        self,
        key: Callable[[OfferId, str], None],
        rang: Callable[[OfferId, Failure | None], None],
        ended: Callable[[OfferId], None],
        spy_ended: Callable[[CallId], None],
    ) -> None:
        """Tell of keys on any leg, of colleagues who answer or do not, of legs of theirs and of supervisors that are
        gone."""
        self._key, self._told_rang, self._ended, self._spy_ended = key, rang, ended, spy_ended
        self._link.on_event(self._event)
        self._link.on_connected(self._connected)

    async def prepare(self, leg: OfferId, caller: CallId, operator: OperatorId) -> None:
        await self._variable(leg, "IVR_CALLER", await self._channel(caller))
        await self._variable(leg, "IVR_OPERATOR", operator)
        await self._variable(leg, "DYNAMIC_FEATURES", FEATURES)
        await self._variable(leg, "CHANNEL(hangup_handler_wipe)", "talk-left,s,1")

    async def hold(self, leg: OfferId, caller: CallId, says: str) -> None:
        await self._set(leg, says)
        await self._variable(caller, "SHARED(IVR_HOLDER)", leg)
        await self._both(caller, "talk-held", "s", leg, ALONE, "s")

    async def alone(self, leg: OfferId, says: str, *, rings: bool = False) -> None:
        await self._set(leg, says, rings)
        await self._redirect(leg, ALONE, "s")

    async def join(self, leg: OfferId, says: str = "") -> None:
        await self._set(leg, says)
        await self._redirect(leg, JOIN, "told")

    async def ring(self, colleague: Colleague) -> None:
        who = shown(colleague.name, colleague.number)
        variables = [
            f"IVR_CALLER={await self._channel(colleague.caller)}",
            f"IVR_OPERATOR={colleague.operator}",
            f"IVR_WHISPER={colleague.whisper}",
        ]
        await self._ring(colleague.leg, f"PJSIP/{colleague.operator}", who, colleague.ring_s, "s", variables)

    async def ring_outside(self, call: OutsideCall) -> None:
        if not DIALABLE.match(call.specialist.number):
            raise PhoneFailed("no number that may be dialled")
        variables = [
            f"IVR_CALLER={await self._channel(call.caller)}",
            f"IVR_OPERATOR={call.specialist.id}",
            f"IVR_WHISPER={call.whisper}",
            "IVR_OUTSIDE=1",
        ]
        channel, exten = f"PJSIP/{call.specialist.number}@{TRUNK}", "sent" if call.sent else "s"
        await self._ring(call.leg, channel, self._shown, call.ring_s, exten, variables)

    async def _ring(
        self, leg: OfferId, channel: str, who: str, ring_s: float, exten: str, variables: list[str]
    ) -> None:
        fields = {
            "Channel": channel,
            "ChannelId": leg,
            "Context": "talk-asked",
            "Exten": exten,
            "Priority": "1",
            "Timeout": str(round(ring_s * 1000)),
            "CallerID": who,
            "Async": "true",
            "Variable": variables,
        }
        self._asked.add(leg)
        self._ringing[leg] = False
        self._refusals.rings(leg)
        try:
            answer = await self._link.action("Originate", fields)
        except BaseException:
            self._asked.discard(leg)
            self._ringing.pop(leg, None)
            self._refusals.answered(leg)
            raise
        self._rung[answer.action_id] = leg
        if (early := self._early.pop(answer.action_id, None)) is not None:
            self._responded(early)

    async def hang_up(self, leg: OfferId) -> None:
        with suppress(PhoneFailed):  # it is gone already
            await self._link.action("Hangup", {"Channel": leg, "Cause": "26"})

    async def part(self, leg: OfferId, colleague: OfferId) -> None:
        await self._done(colleague)
        await self._both(leg, JOIN, "s", colleague, DONE, "s")

    async def give(self, leg: OfferId, colleague: OfferId) -> None:
        await self._done(leg)
        await self._both(leg, DONE, "s", colleague, JOIN, "s")

    async def confer(self, leg: OfferId, colleague: OfferId, caller: CallId) -> None:
        await self._redirect(caller, ROOM, "caller")
        await self._both(leg, ROOM, "staff", colleague, ROOM, "staff")

    async def send(self, leg: OfferId, caller: CallId, place: Place, line: str = "", says: str = "") -> None:
        await self._done(leg, says)
        await self._variable(caller, "IVR_LINE", line)
        await self._both(caller, PLACES[place], "s", leg, DONE, "s")

    async def away(self, leg: OfferId, caller: CallId, specialist: OfferId, says: str) -> None:
        await self._done(leg, says)
        await self._variable(caller, "SHARED(IVR_HOLDER)", specialist)
        await self._both(caller, AWAY, "s", leg, DONE, "s")

    async def back(self, caller: CallId) -> None:
        await self._redirect(caller, PLACES[Place.LINE], "s")

    async def warn(self, leg: OfferId, caller: CallId) -> None:
        await self._both(caller, "talk-warned", "caller", leg, "talk-warned", "operator")

    def adopt(self, leg: OfferId) -> None:
        self._asked.discard(leg)
        self._legs.adopt(leg)

    async def spy(self, supervisor: CallId, leg: OfferId, mode: Mode) -> None:
        await self._variable(supervisor, "IVR_SPIED", leg)
        self._spies.add(supervisor)
        await self._redirect(supervisor, SPY, MODES[mode])

    async def ring_to_spy(self, supervisor: OperatorId, leg: OfferId, mode: Mode) -> CallId:
        call_id = CallId(f"spy-{uuid4().hex}")
        fields = {
            "Channel": f"PJSIP/{supervisor}",
            "ChannelId": call_id,
            "Context": SPY,
            "Exten": MODES[mode],
            "Priority": "1",
            "Timeout": str(RING_TO_SPY_S * 1000),
            "CallerID": shown(SHOWN[mode], supervisor),
            "Async": "true",
            "Variable": [f"IVR_SPIED={leg}"],
        }
        self._spies.add(call_id)
        await self._link.action("Originate", fields)
        return call_id

    # ── Asterisk's side ──

    async def _channel(self, caller: CallId) -> str:
        """The name of his channel; a customer whom we rang back has not come to us with it."""
        if (channel := self._channel_of(caller)) is not None:
            return channel
        answer = await self._link.action("Getvar", {"Channel": caller, "Variable": "CHANNEL(name)"})
        return answer.get("Value")

    async def _set(self, leg: str, says: str, rings: bool = False) -> None:
        await self._variable(leg, "IVR_SAYS", says)
        await self._variable(leg, "IVR_RINGS", "1" if rings else "")

    async def _done(self, leg: str, says: str = "") -> None:
        await self._set(leg, says)
        await self._variable(leg, "IVR_DONE", "1")

    async def _variable(self, leg: str, name: str, value: str) -> None:
        await self._link.action("Setvar", {"Channel": leg, "Variable": name, "Value": value})

    async def _redirect(self, leg: str, context: str, exten: str) -> None:
        where = {"Channel": leg, "Context": context, "Exten": exten, "Priority": "1"}
        await self._link.action("Redirect", where)

    async def _both(self, one: str, context: str, exten: str, other: str, context2: str, exten2: str) -> None:
        fields = {"Channel": one, "Context": context, "Exten": exten, "Priority": "1"}
        more = {"ExtraChannel": other, "ExtraContext": context2, "ExtraExten": exten2, "ExtraPriority": "1"}
        await self._link.action("Redirect", fields | more)

    def _event(self, event: Event) -> None:
        match event:
            case DtmfEnd(uniqueid=leg, digit=key, received=True):
                self._key(OfferId(leg), key)
            case OriginateResponse():
                self._responded(event)
            case Hangup(uniqueid=leg, cause=cause) if leg in self._asked:
                self._refusals.hung_up(leg, cause)
                if leg in self._ringing:  # the answer to his Originate is yet to come
                    self._ringing[OfferId(leg)] = True
                else:
                    self._gone(OfferId(leg))
            case Hangup(uniqueid=call_id) if call_id in self._spies:
                self._spies.discard(call_id)
                self._spy_ended(CallId(call_id))

    def _responded(self, response: OriginateResponse) -> None:
        leg = self._rung.pop(response.action_id, None)
        if leg is None:
            self._early = {response.action_id: response}
            return
        gone = self._ringing.pop(leg, False)
        if not response.answered:
            return self._refusals.failed(leg, response.reason, partial(self._not_reached, leg))
        self._refusals.answered(leg)
        self._told_rang(leg, None)
        if gone:
            self._gone(leg)

    def _not_reached(self, leg: OfferId, failure: Failure) -> None:
        self._asked.discard(leg)
        self._told_rang(leg, failure)

    def _gone(self, leg: OfferId) -> None:
        self._asked.discard(leg)
        self._ended(leg)

    async def _connected(self) -> None:
        """After a (re)connect: who of those asked is not there any more. Raises LinkDown, PhoneFailed."""
        alive = await calls_alive(self._link)
        self._rung = {action: leg for action, leg in self._rung.items() if leg in alive}
        for leg in [leg for leg in self._asked if leg not in alive]:
            self._refusals.answered(leg)
            if self._ringing.pop(leg, None) is None:
                self._gone(leg)
            else:
                self._not_reached(leg, Failure.UNREACHABLE)
