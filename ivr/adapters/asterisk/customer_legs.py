"""Customers' telephones: dialled through the carrier's trunk, joined by Asterisk to the operator who listens
(`[callback]` in the dialplan).

The id of the try is the call's unique id, so that it can be found and hung up, and is known again after a restart.
"""

import re
from contextlib import suppress
from functools import partial

from ivr.adapters.asterisk.ami_events import Event, Hangup, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.callers import calls_alive
from ivr.adapters.asterisk.refusals import Refusals
from ivr.domain.acd.events import Failure
from ivr.domain.call import CallId
from ivr.domain.errors import PhoneFailed
from ivr.service.queue.callback_tries import CallbackTries
from ivr.service.queue.telephones import Dial

TRUNK = "carrier"
CONTEXT = "callback"
NOT_REACHED = "not_reached"
DIALABLE = re.compile(r"\+\d{8,15}\Z", re.ASCII)


class CustomerLegs:
    """`shown` is the number that customers see: the centre's own."""

    def __init__(self, link: AmiLink, shown: str) -> None:
        self._link = link
        self._shown = shown
        self._tries: CallbackTries | None = None
        self._rung: dict[str, CallId] = {}  # by the id of the Originate that rings
        self._early: dict[str, OriginateResponse] = {}  # answers that came before that to their Originate
        self._refusals = Refusals()
        self._legs: set[CallId] = set()

    def serve(self, tries: CallbackTries) -> None:
        """Tell what becomes of the calls from now on."""
        self._tries = tries
        self._link.on_event(self._event)
        self._link.on_connected(self._connected)

    async def dial(self, dial: Dial) -> None:
        if not DIALABLE.match(dial.number):
            raise PhoneFailed("no number that may be dialled")
        self._legs.add(dial.leg)
        self._refusals.rings(dial.leg)
        answer = await self._link.action(
            "Originate",
            {
                "Channel": f"PJSIP/{dial.number}@{TRUNK}",
                "ChannelId": dial.leg,
                "Context": CONTEXT,
                "Exten": "s",
                "Priority": "1",
                "Timeout": str(round(dial.ring_s * 1000)),
                "CallerID": self._shown,
                "Async": "true",
                "Variable": [
                    f"IVR_CUSTOMER={dial.number}",
                    f"IVR_DIALLED={self._shown}",
                    f"IVR_LISTENS={dial.offer}",
                    f"IVR_LISTENER={dial.operator}",
                    f"IVR_TOLD={dial.told}",
                ],
            },
        )
        self._rung[answer.action_id] = dial.leg
        if (early := self._early.pop(answer.action_id, None)) is not None:
            self._responded(early)

    async def hang_up(self, leg: CallId) -> None:
        with suppress(PhoneFailed):  # it is gone already
            await self._link.action("Hangup", {"Channel": leg, "Cause": "16"})

    async def alive(self) -> set[str]:
        return await calls_alive(self._link)

    def _event(self, event: Event) -> None:
        assert self._tries is not None
        match event:
            case OriginateResponse():
                self._responded(event)
            case Hangup(uniqueid=uniqueid, cause=cause) if uniqueid in self._legs:
                self._refusals.hung_up(uniqueid, cause)
                self._legs.discard(CallId(uniqueid))
                self._tries.gone(CallId(uniqueid))

    def _responded(self, response: OriginateResponse) -> None:
        assert self._tries is not None
        leg = self._rung.pop(response.action_id, None)
        if leg is None:
            self._early = {response.action_id: response}
        elif response.answered:
            self._refusals.answered(leg)
            self._tries.answered(leg)
        else:
            self._refusals.failed(leg, response.reason, partial(self._failed, leg))

    def _failed(self, leg: CallId, failure: Failure) -> None:
        assert self._tries is not None
        self._tries.failed(leg, NOT_REACHED if failure is Failure.UNREACHABLE else failure.value)

    async def _connected(self) -> None:
        """After a (re)connect: who was being rung and is not there any more. Raises LinkDown, PhoneFailed."""
        assert self._tries is not None
        alive = await self.alive()
        for action, leg in [(action, leg) for action, leg in self._rung.items() if leg not in alive]:
            del self._rung[action]
            self._refusals.answered(leg)
            self._tries.failed(leg, NOT_REACHED)
