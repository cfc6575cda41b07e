"""Take readings of an account that cannot be looked up now: nothing is told or judged here, billing judges later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.asks import KeyName, RegisterValue, YesNo
from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice, Digits, Fact, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.confirm import YES, confirmation
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn, whole

TARIFFS: Mapping[str, tuple[str, ...]] = {
    "1": ("single",),
    "2": ("day", "night"),
    "3": ("peak", "half_peak", "night"),
}
"""The registers of a meter, by the key that tells how many it has."""

LONGEST_DIAL = 8
VALUE = RegisterValue(LONGEST_DIAL)
COUNT, ASK, CONFIRM, SUBMIT = "count", "ask", "confirm", "submit"


@dataclass(frozen=True, slots=True)
class Unchecked(Node):
    """Words may use {account_unchecked:account}, {tariff:tariff} and {value:number}.

    count:     how many tariffs the meter has: 1, 2 (day, night) or 3 (peak, half-peak, night).
    tariff:    which of several is asked for.
    read_back: what was understood; `confirm` asks 1 yes, 2 again.
    """

    intro: Texts
    count: Texts
    count_silence: Texts
    tariff: Texts
    ask: Texts
    silence: Texts
    read_back: Texts
    confirm: Texts
    accepted: Texts
    not_stored: Texts
    failure: Texts
    next: str
    kind = "unchecked"
    breaths = (("intro", "count"), ("tariff", "ask"), ("read_back", "confirm"))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            intro=fields.texts("intro"),
            count=fields.texts("count"),
            count_silence=fields.silence("count_silence", "count"),
            tariff=fields.texts("tariff"),
            ask=fields.texts("ask"),
            silence=fields.silence("silence", "ask"),
            read_back=fields.texts("read_back"),
            confirm=fields.texts("confirm"),
            accepted=fields.texts("accepted"),
            not_stored=fields.texts("not_stored"),
            failure=fields.texts("failure", required=False),
            next=fields.target("next", asked=True),
        )

    def enter(self, turn: Turn) -> Move:
        turn.say(self.intro)
        turn.state.update(phase=COUNT)
        return Ask()

    def question(self, turn: Turn) -> Question:
        match turn.state["phase"]:
            case "count":
                keys = Choice(frozenset(TARIFFS))
                return Question(turn.words(self.count), turn.words(self.count_silence), keys, asks=KeyName())
            case "confirm":
                return confirmation(turn, self.read_back + self.confirm, self._local(turn), YesNo(VALUE))
        told = self.tariff if len(self._tariffs(turn)) > 1 else ()
        local = self._local(turn)
        help = turn.words(self.silence, local)
        return Question(turn.words(told + self.ask, local), help, Digits(1, LONGEST_DIAL), asks=VALUE)

    def answered(self, turn: Turn, value: str) -> Move:
        match turn.state["phase"]:
            case "count":
                turn.state.update(phase=ASK, tariffs=value, register=1)
                return Ask()
            case "ask":
                turn.state.update(phase=CONFIRM, value=int(value))
                turn.keep_words()
                return Ask(fresh=True)
        if value != YES:
            turn.state["phase"] = ASK
            return Ask(fresh=True)
        turn.state["phase"] = SUBMIT
        local = self._local(turn)
        return Request(
            "reading_unchecked",
            {
                "account": turn.facts.get("account_unchecked"),
                "tariff": local["tariff"],
                "value": local["value"],
                **turn.kept_words,
            },
        )

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if whole(facts, "reading_id") is None:
            return self.failed(turn, "no_reading_id")
        last = turn.number("register") >= len(self._tariffs(turn))
        if last:
            turn.settle("done", "unchecked")  # before the words: who hangs up while they are said has submitted
        turn.say(self.accepted, self._local(turn))
        if last:
            return Go(self.next)
        turn.state.update(phase=ASK, register=turn.number("register") + 1)
        return Ask()

    def failed(self, turn: Turn, code: str) -> Move:
        """Whatever failed, the caller must know that nothing was accepted."""
        turn.say(self.not_stored + self.failure)
        return Go(turn.flow.operator, code)

    @staticmethod
    def _tariffs(turn: Turn) -> tuple[str, ...]:
        return TARIFFS[str(turn.state["tariffs"])]

    def _local(self, turn: Turn) -> dict[str, Fact]:
        return {"tariff": self._tariffs(turn)[turn.number("register") - 1], "value": turn.state.get("value")}
