"""Record company news by telephone: for an authorised person who knows the PIN."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice, Digits, Fact, Record, Request, Taken
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.confirm import YES, confirmation
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn, text_of, whole

PIN = (4, 12)
SHORTEST_S = 1.0
RECORD_NEW, WITHDRAW = "1", "2"
FURTHEST_DAYS = 180  # farther away it is a mistake: a day that has just passed


@dataclass(frozen=True, slots=True)
class Announce(Node):
    """pin: asked for first; pin_wrong; locked: after too many wrong ones.
    tasks:  1 records a new piece, 2 goes through those in force: each is played, then `keep` asks 1 delete, 2 leave.
    record: said before the beep; `#` ends it, and so do four seconds of silence or `longest_s`. It is played back, and
            `review` asks 1 publish, 2 record again.
    first, last: the days of validity, four digits each: day and month. `dates` asks to confirm them.
    """

    pin: Texts
    pin_silence: Texts
    pin_wrong: Texts
    locked: Texts
    tasks: Texts
    tasks_silence: Texts
    record: Texts
    too_short: Texts
    review: Texts
    first: Texts
    last: Texts
    day_silence: Texts
    day_wrong: Texts
    dates: Texts
    published: Texts
    keep: Texts
    withdrawn: Texts
    none: Texts
    failure: Texts
    longest_s: int
    next: str
    kind = "announce"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            pin=fields.texts("pin"),
            pin_silence=fields.silence("pin_silence", "pin"),
            pin_wrong=fields.texts("pin_wrong"),
            locked=fields.texts("locked"),
            tasks=fields.texts("tasks"),
            tasks_silence=fields.silence("tasks_silence", "tasks"),
            record=fields.texts("record"),
            too_short=fields.texts("too_short"),
            review=fields.texts("review"),
            first=fields.texts("first"),
            last=fields.texts("last"),
            day_silence=fields.texts("day_silence"),
            day_wrong=fields.texts("day_wrong"),
            dates=fields.texts("dates"),
            published=fields.texts("published"),
            keep=fields.texts("keep"),
            withdrawn=fields.texts("withdrawn"),
            none=fields.texts("none"),
            failure=fields.texts("failure", required=False),
            longest_s=fields.integer("longest_s", 120, 10, 170),
            next=fields.target("next", asked=True),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    def enter(self, turn: Turn) -> Move:
        turn.state["phase"] = "pin"
        return Ask()

    def question(self, turn: Turn) -> Question:
        match turn.state["phase"]:
            case "pin":
                return Question(turn.words(self.pin), turn.words(self.pin_silence), Digits(*PIN), secret=True)
            case "review":
                return confirmation(turn, self.review, {})
            case "keep":
                return confirmation(turn, self.keep, {})
            case "dates":
                return confirmation(turn, self.dates, turn.state)
            case "first" | "last" as which:
                asked = self.first if which == "first" else self.last
                return Question(turn.words(asked), turn.words(self.day_silence), Digits(4, 4))
        choice = Choice(frozenset({RECORD_NEW, WITHDRAW}))
        return Question(turn.words(self.tasks), turn.words(self.tasks_silence), choice)

    def answered(self, turn: Turn, value: str) -> Move:
        match turn.state["phase"]:
            case "pin":
                return Request("news_pin", {"pin": value})
            case "tasks":
                return self._record(turn) if value == RECORD_NEW else Request("news_list")
            case "first" | "last" as which:
                return self._day(turn, which, value)
            case "keep":
                return self._kept(turn, value)
            case "review":
                return self._ask(turn, "first") if value == YES else self._record(turn)
        if value != YES:
            return self._ask(turn, "first")
        about: dict[str, Fact] = {name: turn.state.get(name) for name in ("sound", "valid_first", "valid_last")}
        turn.state["phase"] = "publish"
        return Request("news_publish", about)

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        match turn.state["phase"]:
            case "pin":
                return self._let_in(turn, facts)
            case "tasks":
                turn.state.update(phase="keep", item=1)
                return self._next_item(turn)
            case "keep":
                turn.say(self.withdrawn)
                turn.count("item")
                return self._next_item(turn)
        if facts.get("news_published") is not True:
            return self.failed(turn, "not_published")
        turn.say(self.published, turn.state)
        turn.settle("done", "published")
        return Go(self.next)

    def recorded(self, turn: Turn, taken: Taken) -> Move:
        if taken.seconds < SHORTEST_S:
            turn.state["phase"] = "tasks"
            return Ask(lead=turn.words(self.too_short), fresh=True)
        turn.state.update(phase="review", sound=taken.sound)
        turn.play(taken.sound, "")
        return Ask(fresh=True)

    def _let_in(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if facts.get("identity_locked") is True:
            turn.say(self.locked)
            return Go(self.next)
        if facts.get("news_author") is True:
            return self._ask(turn, "tasks")
        if turn.count("wrong_pins") >= turn.flow.tries.mistakes:
            turn.say(self.pin_wrong)
            return Go(self.next)
        return Ask(lead=turn.words(self.pin_wrong), fresh=True)

    def _record(self, turn: Turn) -> Move:
        turn.state["phase"] = "record"
        return Record(turn.words(self.record), self.longest_s)

    @staticmethod
    def _ask(turn: Turn, phase: str) -> Move:
        turn.state["phase"] = phase
        return Ask(fresh=True)

    def _day(self, turn: Turn, which: str, keyed: str) -> Move:
        earliest = text_of(turn.state, "valid_first") if which == "last" else text_of(turn.facts, "today")
        day = _day_of(keyed, date.fromisoformat(earliest))
        if day is None:
            return Ask(lead=turn.words(self.day_wrong), fresh=True)
        turn.state[f"valid_{which}"] = day.isoformat()
        return self._ask(turn, "last" if which == "first" else "dates")

    def _kept(self, turn: Turn, value: str) -> Move:
        number = turn.number("item")
        if value == YES:
            return Request("news_withdraw", {"id": whole(turn.facts, f"recorded_{number}_id")})
        turn.count("item")
        return self._next_item(turn)

    def _next_item(self, turn: Turn) -> Move:
        number = turn.number("item")
        if number > (whole(turn.facts, "recorded_count") or 0):
            if number == 1:
                turn.say(self.none)
            return self._ask(turn, "tasks")
        turn.play(text_of(turn.facts, f"recorded_{number}_sound"), "")
        return Ask(fresh=True)


def _day_of(keyed: str, earliest: date) -> date | None:
    """The next day written as `DDMM`, from `earliest` on; None when there is none soon."""
    for year in (earliest.year, earliest.year + 1):
        try:
            day = date(year, int(keyed[2:]), int(keyed[:2]))
        except ValueError:
            continue
        if earliest <= day and (day - earliest).days <= FURTHEST_DAYS:
            return day
    return None
