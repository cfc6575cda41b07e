import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.dialogue.asks import Asks, KeyName, Number, RegisterValue, Wish, YesNo
from ivr.dialogue.flow import Keys
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.model import Choice, Digits, Gather, Match, NoInput, NoMatch, Note, Spoken
from ivr.domain.call import Audit, CallId
from ivr.domain.errors import StoreUnavailable
from ivr.service.evaluating import Register
from ivr.service.phrases import MOST_WAITING, HeardPhrase, KeptPhrase, PhraseDesk, PhraseKeeper, UnknownPhrase, Why
from ivr.service.spoken import SpokenDialogue

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
VALUE = RegisterValue(5, last=12345, usual=210, most=600)
ASK = Gather((), Digits(1, 7), asks=VALUE)
CONFIRM = Gather((), Choice(frozenset("12")), asks=YesNo(VALUE))
NUMBER = "двенадцать тысяч пятьсот шестьдесят семь"


def say(text: str, confidence: float = 1.0, cut: bool = False) -> Spoken:
    words = tuple(Word(word, 0, 0, confidence) for word in text.split())
    return Spoken((Hypothesis(words, 1.0),), (), 4000, cut, b"\x01\x00" * 80)


class Shelf:
    """A store in memory. `gate`: what writing waits for."""

    def __init__(self, *rows: KeptPhrase, broken: bool = False) -> None:
        self.kept: list[HeardPhrase] = []
        self.rows = list(rows)
        self.purged: list[datetime] = []
        self.gate = threading.Event()
        self.gate.set()
        self._broken = broken

    def keep(self, phrase: HeardPhrase) -> None:
        self.gate.wait(10)
        if self._broken:
            raise OSError(28, "No space left on device", "двенадцать.wav")
        self.kept.append(phrase)

    def all(self) -> list[KeptPhrase]:
        return self.rows

    def label(self, file: str, said: str, number: str) -> KeptPhrase:
        return KeptPhrase(file, "c", NOW, "reading", "n", "", "", 0.0, "refused", said, number)

    def sound(self, file: str) -> bytes:
        return b"RIFF"

    def delete(self, file: str) -> None:
        self.rows = [row for row in self.rows if row.file != file]

    def purge(self, before: datetime) -> int:
        self.purged.append(before)
        return 2


class Line:
    hears = True

    def __init__(self, *answers: Match | NoMatch | NoInput | Spoken) -> None:
        self._answers = list(answers)

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken:
        return self._answers.pop(0)

    def answered(self, key: str) -> None: ...


async def conversation(shelf: Shelf, *turns: tuple[Gather, list[Match | NoMatch | NoInput | Spoken]]) -> list[Note]:
    keeper = PhraseKeeper(shelf, days=30)
    notes: list[Note] = []
    line = Line(*(answer for _, answers in turns for answer in answers))
    phrases = keeper.of(CallId("call-1"), lambda: NOW)
    asking = SpokenDialogue(line, Keys(), notes.append, phrases)  # type: ignore[arg-type]
    for gather, _ in turns:
        await asking.ask("reading", gather)
    await keeper.close()
    return notes


async def test_what_is_not_understood_is_kept_with_what_is_known_of_it() -> None:
    shelf = Shelf()
    await conversation(shelf, (ASK, [say("кошка"), say(NUMBER)]))
    assert shelf.kept == [
        HeardPhrase(
            "call-1",
            NOW,
            "reading",
            "reading",
            b"\x01\x00" * 80,
            "кошка",
            "",
            0.0,
            Why.REFUSED,
            Register(5, 12345, 210, 600),
        )
    ]


async def test_what_is_understood_with_little_confidence_is_kept() -> None:
    shelf = Shelf()
    await conversation(shelf, (ASK, [say(NUMBER, 0.5)]))
    assert [(one.why, one.understood, one.confidence) for one in shelf.kept] == [(Why.UNCERTAIN, "12567", 0.5)]


@pytest.mark.parametrize("no", [say("нет"), Match("2")])
async def test_what_was_plainly_heard_and_then_denied_is_kept(no: Match | Spoken) -> None:
    shelf = Shelf()
    await conversation(shelf, (ASK, [say(NUMBER)]), (CONFIRM, [no]))
    assert [(one.why, one.heard) for one in shelf.kept] == [(Why.DENIED, NUMBER)]


async def test_what_is_plain_and_confirmed_is_not_kept_and_an_older_phrase_is_not_blamed() -> None:
    shelf = Shelf()
    await conversation(shelf, (ASK, [say(NUMBER)]), (CONFIRM, [say("да")]), (CONFIRM, [say("нет")]))
    assert shelf.kept == []


@pytest.mark.parametrize(
    ("asks", "secret", "kind"),
    [
        (Number(4, 4, "contract"), True, None),
        (KeyName(), False, None),
        (Number(10, 10, "account"), False, "account"),
        (Number(2, 4, "house"), False, "address"),
        (YesNo(), False, "reply"),
        (Wish({"balance": ("узнать баланс",)}, {"balance": "1"}), False, "wish"),
    ],
)
async def test_what_proves_is_never_kept(asks: Asks, secret: bool, kind: str | None) -> None:
    shelf = Shelf()
    grammar = Choice(frozenset("12")) if isinstance(asks, KeyName | YesNo | Wish) else Digits(1, 10)
    gather = Gather((), grammar, secret=secret, asks=asks)
    await conversation(shelf, (gather, [say("кошка"), Match("1")]))
    assert [one.question for one in shelf.kept] == ([kind] if kind else [])


async def test_a_menu_that_understood_is_not_blamed_for_a_later_no() -> None:
    menu = Gather((), Choice(frozenset("1")), asks=Wish({"balance": ("узнать баланс",)}, {"balance": "1"}))
    shelf = Shelf()
    await conversation(shelf, (menu, [say("узнать баланс")]), (CONFIRM, [say("нет")]))
    assert shelf.kept == []


async def test_speaking_into_the_prompt_is_noted() -> None:
    notes = await conversation(Shelf(), (ASK, [say(NUMBER, cut=True)]))
    assert [note.result for note in notes] == ["understood, over the prompt"]


def heard(at: datetime = NOW) -> HeardPhrase:
    return HeardPhrase("c", at, "reading", "n", b"\0\0", "двенадцать", "", 0.0, Why.REFUSED)


async def test_nothing_is_kept_where_it_is_not_allowed() -> None:
    keeper = PhraseKeeper(None)
    assert keeper.of(CallId("c"), lambda: NOW) is None
    keeper.keep(heard())
    await keeper.close()


async def test_old_phrases_go_once_a_day() -> None:
    shelf = Shelf()
    keeper = PhraseKeeper(shelf, days=7)
    for at in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        keeper.keep(heard(at))
        await keeper.close()
    assert shelf.purged == [NOW - timedelta(days=7), NOW - timedelta(days=6)]


async def test_a_full_disk_is_told_without_what_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    keeper = PhraseKeeper(Shelf(broken=True))
    keeper.keep(heard())
    await keeper.close()
    told = capsys.readouterr()
    assert "phrase_not_kept" in told.out + told.err
    assert "двенадцать" not in told.out + told.err


async def test_a_slow_disk_costs_phrases_and_no_memory() -> None:
    shelf = Shelf()
    shelf.gate.clear()
    keeper = PhraseKeeper(shelf)
    for _ in range(MOST_WAITING + 5):
        keeper.keep(heard())
    shelf.gate.set()
    await keeper.close()
    assert len(shelf.kept) == MOST_WAITING


async def test_a_phrase_without_sound_teaches_nothing() -> None:
    shelf = Shelf()
    keeper = PhraseKeeper(shelf)
    keeper.keep(HeardPhrase("c", NOW, "reading", "n", b"", "x", "", 0.0, Why.REFUSED))
    await keeper.close()
    assert shelf.kept == []


def kept(file: str, said: str = "") -> KeptPhrase:
    return KeptPhrase(file, f"call of {file}", NOW, "reading", "n", "x", "", 0.0, "refused", said)


def desk(shelf: Shelf, looks: list[Audit]) -> PhraseDesk:
    return PhraseDesk(shelf, 30, "anna", looks.extend, NOW)


def test_every_phrase_shown_and_labelled_is_in_the_audit() -> None:
    looks: list[Audit] = []
    at = desk(Shelf(kept("a.wav"), kept("b.wav", "сорок")), looks)
    assert [one.file for one in at.listed(unlabelled=True)] == ["a.wav"]
    assert at.label("b.wav", "сорок один", "41").number == "41"
    assert [(one.actor, one.action, one.subject, one.call_id) for one in looks] == [
        ("anna", "phrase_listed", "a.wav", "call of a.wav"),
        ("anna", "phrase_labelled", "b.wav", "call of b.wav"),
    ]
    with pytest.raises(UnknownPhrase):
        at.label("c.wav", "x", "")


def test_what_may_no_longer_be_kept_is_not_shown() -> None:
    shelf = Shelf()
    assert desk(shelf, []).listed() == []
    assert shelf.purged == [NOW - timedelta(days=30)]


def test_what_a_person_forgets_is_in_the_audit() -> None:
    looks: list[Audit] = []
    old = replace(kept("old.wav"), at=NOW - timedelta(days=31))
    desk(Shelf(old, kept("new.wav")), looks).purge()
    assert [(one.action, one.subject, one.result) for one in looks] == [("phrase_deleted", "old.wav", "done")]


def test_nobody_looks_unseen() -> None:
    def away(looks: object) -> None:
        raise StoreUnavailable("the database does not answer")

    with pytest.raises(StoreUnavailable):
        PhraseDesk(Shelf(kept("a.wav")), 30, "anna", away, NOW).listed()
