"""Take the readings of the caller's meters: every register asked, checked, read back, confirmed, stored once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.asks import RegisterValue, YesNo
from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Digits, Fact, Request
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.nodes.confirm import YES, confirmation
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn, text_of, whole
from ivr.domain.customer import serial_ends

OUTSIDE_WINDOW = "outside_window"
SPARE_DIGITS = 2  # what the dial has not is let in, so that it can be explained instead of being cut off
ASK, CHECK, CONFIRM, DOUBT, DOUBT_AGAIN, SUBMIT = "ask", "check", "confirm", "doubt", "doubt_again", "submit"


@dataclass(frozen=True, slots=True)
class ReadingNode(Node):
    """Words may use {meter_end:digits} (end of the serial number), {tariff:tariff}, {digits:number}, {last:number},
    {last_on:date}, {value:number}, {used_kwh:kwh}, {usual_kwh:kwh}.

    On a day on which no readings are taken it says so before anything is asked.


    meter, tariff:       which of several meters or tariffs is asked for.
    last, first:         the last reading, or that there is none.
    read_back, used:     what was understood, and what it means; `confirm` asks 1 yes, 2 again.
    improbable, usual, sure, really: the number is unusual; asked twice.
    refused_next:        where to go when no other value could help (outside the window).
    unproven:            the identify node (with a proof) for who has not proven the account to be his; it is nobody
                         else's business what was used.
    """

    meter: Texts
    tariff: Texts
    last: Texts
    first: Texts
    ask: Texts
    silence: Texts
    read_back: Texts
    used: Texts
    confirm: Texts
    improbable: Texts
    usual: Texts
    sure: Texts
    really: Texts
    refused: Mapping[str, Texts]
    refused_other: Texts
    accepted: Texts
    not_stored: Texts
    no_meter: Texts
    failure: Texts
    refused_next: str
    unproven: str
    next: str
    kind = "reading"
    breaths = (
        ("accepted", "meter", "tariff", "last", "ask"),
        ("meter", "tariff", "last", "ask"),
        ("meter", "tariff", "first", "ask"),
        ("read_back", "used", "confirm"),
        ("read_back", "improbable", "usual", "sure"),
        ("refused_too_many_digits", "ask"),
        ("refused_lower_than_last", "ask"),
        ("refused_other", "ask"),
    )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            meter=fields.texts("meter"),
            tariff=fields.texts("tariff"),
            last=fields.texts("last"),
            first=fields.texts("first", required=False),
            ask=fields.texts("ask"),
            silence=fields.silence("silence", "ask"),
            read_back=fields.texts("read_back"),
            used=fields.texts("used", required=False),
            confirm=fields.texts("confirm"),
            improbable=fields.texts("improbable"),
            usual=fields.texts("usual", required=False),
            sure=fields.texts("sure"),
            really=fields.texts("really"),
            refused={
                reason: fields.texts(f"refused_{reason}")
                for reason in ("too_many_digits", "lower_than_last", OUTSIDE_WINDOW)
            },
            refused_other=fields.texts("refused_other"),
            accepted=fields.texts("accepted"),
            not_stored=fields.texts("not_stored"),
            no_meter=fields.texts("no_meter"),
            failure=fields.texts("failure", required=False),
            refused_next=fields.target("refused_next", asked=True),
            unproven=fields.proving_target("unproven"),
            next=fields.target("next", asked=True),
        )

    @property
    def ways(self) -> tuple[Way, ...]:
        return (((), self.unproven), (self.refused[OUTSIDE_WINDOW], self.refused_next))

    @property
    def questions(self) -> tuple[Texts, ...]:
        which = self.meter + self.tariff
        return (which + self.last + self.ask, which + self.first + self.ask)

    @property
    def confirmations(self) -> tuple[Texts, ...]:
        usual = self.read_back + self.used + self.confirm
        return (usual, self.read_back + self.improbable + self.usual + self.sure, self.really)

    @property
    def leaving(self) -> tuple[Way, ...]:
        return ((self.accepted, self.next), (self.refused[OUTSIDE_WINDOW], self.refused_next))

    def enter(self, turn: Turn) -> Move:
        if turn.facts.get("readings_taken") is False:
            return self._not_today(turn)
        if turn.facts.get("proven") is not True:
            return Go(self.unproven)
        if not whole(turn.facts, "registers"):
            turn.say(self.no_meter)
            return Go(turn.flow.operator, "no_meter")
        ends = _ends(turn.facts)
        if len(ends) > 1 and (len(set(ends.values())) < len(ends) or "" in ends.values()):
            turn.say(self.refused_other)  # a number keyed for one might be taken for the other's
            return Go(turn.flow.operator, "meters_alike")
        turn.state.update(phase=ASK, register=1)
        return Ask()

    def question(self, turn: Turn) -> Question:
        phase, local = turn.state["phase"], self._local(turn)
        asks = RegisterValue(whole(local, "digits") or 1, *(whole(local, name) for name in ("last", "usual", "most")))
        if phase == CONFIRM:
            used = self.used if local["used_kwh"] is not None else ()
            return confirmation(turn, self.read_back + used + self.confirm, local, YesNo(asks))
        if phase == DOUBT:
            usual = self.usual if local["usual_kwh"] else ()
            numbers = self.improbable + usual if local["used_kwh"] is not None else ()
            return confirmation(turn, self.read_back + numbers + self.sure, local, YesNo(asks))
        if phase == DOUBT_AGAIN:
            return confirmation(turn, self.really, local, YesNo(asks))
        known = local["last"] is not None and local["last_on"] is not None
        told = () if turn.state.get("told") else self._which(turn) + (self.last if known else self.first)
        help = turn.words(self.silence, local)
        return Question(turn.words(told + self.ask, local), help, Digits(1, asks.digits + SPARE_DIGITS), asks=asks)

    def answered(self, turn: Turn, value: str) -> Move:
        phase = turn.state["phase"]
        if phase == ASK:
            return self._keyed(turn, value)
        if value != YES:
            turn.state["phase"] = ASK
            return Ask(fresh=True)
        if phase == DOUBT:
            turn.state["phase"] = DOUBT_AGAIN
            return Ask(fresh=True)
        turn.state["phase"] = SUBMIT
        return Request(
            "reading_submit",
            {
                "account": turn.facts.get("account"),
                "register_id": self._local(turn)["register_id"],
                "value": turn.state["value"],
                **turn.kept_words,
            },
        )

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if turn.state["phase"] == SUBMIT:
            stored = whole(facts, "reading_id") is not None
            return self._stored(turn) if stored else self.failed(turn, "no_reading_id")
        for name in ("used_kwh", "usual_kwh"):
            turn.state[name] = whole(facts, name)
        match facts.get("verdict"):
            case "accepted":
                turn.state["phase"] = CONFIRM
            case "improbable":
                turn.state["phase"] = DOUBT
            case "refused":
                return self._refuse(turn, text_of(facts, "reason"))
            case _:
                return self.failed(turn, "no_verdict")
        return Ask(fresh=True)

    def failed(self, turn: Turn, code: str) -> Move:
        """Whatever failed, the caller must know that nothing was accepted."""
        turn.say(self.not_stored + self.failure)
        return Go(turn.flow.operator, code)

    def _keyed(self, turn: Turn, keyed: str) -> Move:
        local = self._local(turn)
        turn.state["value"] = int(keyed)
        turn.keep_words()
        if len(keyed) > (whole(local, "digits") or len(keyed)):
            # Leading zeros would hide it: 012345 on a dial of five is more likely 1234.5 than 12345.
            return self._refuse(turn, "too_many_digits")
        turn.state["phase"] = CHECK
        return Request(
            "reading_check",
            {"account": turn.facts.get("account"), "register_id": local["register_id"], "value": int(keyed)},
        )

    def _refuse(self, turn: Turn, reason: str) -> Move:
        if reason == OUTSIDE_WINDOW:
            return self._not_today(turn)
        turn.state["phase"] = ASK
        local = self._local(turn)
        why = self.refused.get(reason, self.refused_other)
        if turn.count("refusals") >= turn.flow.tries.mistakes:
            turn.say(why, local)
            return Go(turn.flow.operator, "refused")
        turn.state["told"] = True  # which register, and its last reading: not over again
        return Ask(lead=turn.words(why, local), fresh=True)

    def _not_today(self, turn: Turn) -> Move:
        turn.say(self.refused[OUTSIDE_WINDOW])
        turn.settle("refused", OUTSIDE_WINDOW)
        return Go(self.refused_next)

    def _stored(self, turn: Turn) -> Move:
        register, value = turn.number("register"), turn.state["value"]
        last = register >= (whole(turn.facts, "registers") or 0)
        if last:
            turn.settle("done", "accepted")  # before the words: who hangs up while they are said has submitted
        turn.say(self.accepted, self._local(turn))
        turn.facts[f"register_{register}_last"] = value
        turn.facts[f"register_{register}_last_on"] = turn.facts.get("today")
        if last:
            return Go(self.next)
        turn.state.clear()
        turn.state.update(phase=ASK, register=register + 1)
        return Ask()

    def _which(self, turn: Turn) -> Texts:
        """Words that tell the register from the account's others; none when it is the only one."""
        here = f"register_{turn.number('register')}_"
        tariff = self.tariff if text_of(turn.facts, here + "tariff") not in ("", "single") else ()
        return (self.meter if len(_ends(turn.facts)) > 1 else ()) + tariff

    @staticmethod
    def _local(turn: Turn) -> dict[str, Fact]:
        """Facts of the register asked for now, and of the value keyed."""
        here = f"register_{turn.number('register')}_"
        facts, state = turn.facts, turn.state
        return {
            "register_id": facts.get(here + "id"),
            "meter_end": _ends(facts).get(text_of(facts, here + "meter")),
            "tariff": facts.get(here + "tariff"),
            "digits": facts.get(here + "digits"),
            "last": facts.get(here + "last"),
            "last_on": facts.get(here + "last_on"),
            "usual": facts.get(here + "usual"),
            "most": facts.get(here + "most"),
            "value": state.get("value"),
            "used_kwh": state.get("used_kwh"),
            "usual_kwh": state.get("usual_kwh"),
        }


def _ends(facts: Mapping[str, Fact]) -> dict[str, str]:
    """By what each of the account's meters is called."""
    count = whole(facts, "registers") or 0
    return serial_ends(text_of(facts, f"register_{number}_meter") for number in range(1, count + 1))
