"""A talk of Anna with a caller, telephones that remember what was asked of them, and a specialist outside."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ivr.dialogue.model import Phrase
from ivr.domain.acd import QueueRules
from ivr.domain.acd.model import EntryId, OfferId
from ivr.domain.call import Audit, CallId
from ivr.domain.errors import LinkDown
from ivr.domain.talk.notes import TalkNote
from ivr.domain.talk.specialists import Specialist, SpecialistId
from ivr.service.queue.live_talks import LiveTalk, LiveTalks
from ivr.service.queue.talk_desk import TalkDesk
from ivr.service.queue.talk_phones import OutsideCall
from tests.unit.service.queue.stage import ANNA, BORIS, Q, Stage

ONE = EntryId("one")
LAB = Specialist(SpecialistId("meter_lab"), "Лаборатория", "+74951234567", "901")


class Phones:
    """Remembers what was asked, in order; `down`: the control link is gone; `refused`: what alone is not done.
    `meanwhile`: what happens while the first thing is done."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.rung: list[Any] = []
        self.said: list[str] = []
        self.down = False
        self.refused = ""
        self.meanwhile: Callable[[], None] | None = None

    def __getattr__(self, name: str) -> Callable[..., Awaitable[CallId]]:
        async def ask(*arguments: Any, **more: Any) -> CallId:
            if self.down or name == self.refused:
                raise LinkDown("away")
            self.asked.append(name)
            if self.meanwhile is not None:
                self.meanwhile()
                self.meanwhile = None
            if name in ("ring", "ring_outside"):
                self.rung.append(arguments[0])
            self.said += [word for word in arguments if isinstance(word, str) and word.startswith("/sounds/")]
            return CallId("spy-1")

        return ask

    def adopt(self, leg: OfferId) -> None:
        self.asked.append("adopt")


class Voice:
    async def sound(self, phrase: Phrase) -> Path:
        return Path(f"/sounds/{phrase.name}.wav")

    async def seconds(self, phrase: Phrase) -> float:
        return 1.0


class Room(Stage):
    """Anna talks with a caller; Boris is ready. `trunk`: there is a carrier to ring specialists by."""

    def __init__(self, *, trunk: bool = True, wrap_up_s: float = 0, ring_s: float = 15) -> None:
        super().__init__(QueueRules(wrap_up_s=wrap_up_s))
        self.phones, self.notes, self.audits = Phones(), list[TalkNote](), list[Audit]()
        self.talks = LiveTalks(self.line, self.phones, Voice(), self.clock, self.notes.extend, self.audits.append)
        queues, lines = (Q, "companies"), ("readings_line",)
        self.desk = TalkDesk(self.talks, self.duty.state, [ANNA, BORIS], queues, lines, [LAB], ring_s, trunk=trunk)

    async def talk(self) -> LiveTalk:
        self.on_duty(ANNA)
        await self.caller("one", whisper="/sounds/topic")
        await self.answers(self.last)
        self.on_duty(BORIS)
        live = self.talks.of(ANNA)
        assert live is not None and live.call_id == "one"
        return live

    async def consults(self) -> OfferId:
        await self.desk.consult(ANNA, BORIS)
        return OfferId(self.phones.rung[-1].leg)

    @property
    def outside(self) -> OutsideCall:
        """The specialist's telephone that was rung last."""
        call = self.phones.rung[-1]
        assert isinstance(call, OutsideCall)
        return call

    def audited(self) -> list[tuple[str, str, str]]:
        return [(audit.actor, audit.subject, audit.result) for audit in self.audits]
