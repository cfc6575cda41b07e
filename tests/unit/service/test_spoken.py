"""Questions that words may answer, on a phone that hears, and on one that does not."""

from dataclasses import replace

import pytest

from ivr.dialogue.asks import RegisterValue, YesNo
from ivr.dialogue.flow import Keys
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.model import (
    DEAF,
    Choice,
    Digits,
    Gather,
    Match,
    Mode,
    NoInput,
    NoMatch,
    Note,
    Phrase,
    Record,
    Request,
    Say,
    Session,
    Spoken,
    Sprint,
    Unheard,
)
from ivr.service.spoken import SpokenDialogue

VALUE = RegisterValue(5, last=12345, usual=210, most=600)
ASK = Gather((Phrase("Показание?"),), Digits(1, 7), fresh=True, asks=VALUE)
CONFIRM = Gather((Phrase("Верно?"),), Choice(frozenset("12")), fresh=True, asks=YesNo(VALUE))


def say(text: str) -> Spoken:
    return Spoken((Hypothesis(tuple(Word(word, 0, 0, 1) for word in text.split()), 1.0),), (), 4000)


class Line:
    """Answers gathers in turn; one that is None is deaf, and all that follow are."""

    def __init__(self, *answers: Match | NoMatch | NoInput | Spoken | None, hears: bool = True) -> None:
        self.hears = hears
        self.gathers: list[Gather] = []
        self.answered_keys: list[str] = []
        self._answers = list(answers)

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken | Unheard:
        self.gathers.append(gather)
        answer = self._answers.pop(0)
        if answer is None:
            self.hears = False
            return Unheard(DEAF)
        return answer

    def answered(self, key: str) -> None:
        self.answered_keys.append(key)


def dialogue(line: Line) -> tuple[SpokenDialogue, list[Note]]:
    notes: list[Note] = []
    return SpokenDialogue(line, Keys(), notes.append), notes  # type: ignore[arg-type]


async def test_words_answer_and_are_noted() -> None:
    line = Line(say("кошка"), say("двенадцать тысяч пятьсот шестьдесят семь"), say("да"))
    asking, notes = dialogue(line)
    answer = await asking.ask("reading", ASK)
    assert isinstance(answer, Match)
    assert (answer.value, answer.mode, answer.at_ms) == ("12567", Mode.SPEECH, 4000)
    assert await asking.ask("reading", CONFIRM) == Match("1", Mode.SPEECH, 1.0, "да", 4000)
    assert [(note.heard, note.result) for note in notes] == [
        ("кошка", "asked again"),
        ("двенадцать тысяч пятьсот шестьдесят семь", "understood"),
        ("да", "understood"),
    ]
    assert [gather.fresh for gather in line.gathers] == [True, False, True]
    assert all(gather.listen is not None for gather in line.gathers)


async def test_a_yes_that_is_said_is_the_key_that_means_it_and_a_number_is_none() -> None:
    line = Line(say("двенадцать тысяч пятьсот шестьдесят семь"), say("кошка"), say("да"))
    asking, _ = dialogue(line)
    await asking.ask("reading", ASK)
    assert line.answered_keys == []
    await asking.ask("reading", CONFIRM)
    assert line.answered_keys == ["1"]


async def test_the_phone_knows_beforehand_what_will_be_said() -> None:
    class Foreseeing(Line):
        async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken | Unheard:
            assert gather.listen is not None
            for words in ("двенадцать тысяч пятьсот шестьдесят семь", "двенадцать нет тринадцать тысяч", "кошка", ""):
                prompt = gather.listen.foresee(tuple(words.split()), ())
                foreseen.append(" ".join(phrase.text for phrase in prompt))
            return await super().gather(gather)

    def then(answer: Match | NoMatch | NoInput | Unheard) -> Sprint:
        assert isinstance(answer, Match)
        session = Session("flow", "1", "reading", {})
        confirm = replace(CONFIRM, prompt=(Phrase(f"{answer.value}. Верно?"),))
        return Sprint(session, (Say((Phrase("Записано."),)), Note("reading", "match")), wait=confirm)

    foreseen: list[str] = []
    asking, notes = dialogue(Foreseeing(say("двенадцать тысяч пятьсот шестьдесят семь"), say("да")))
    answer = await asking.ask("reading", ASK, then)
    assert isinstance(answer, Match) and answer.value == "12567"
    assert foreseen[0] == "Записано. 12567. Верно?"
    assert foreseen[2] == foreseen[3] == "Простите, не получилось разобрать. Назовите показание ещё раз."
    assert [note.result for note in notes] == ["understood"], "a guess leaves no trace"
    foreseen.clear()
    assert await asking.ask("reading", CONFIRM) == Match("1", Mode.SPEECH, 1.0, "да", 4000)
    assert foreseen[2].startswith("Простите"), "what needs no flow is foreseen without it"


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (None, "До свидания."),
        (Request("submit"), "До свидания."),
        (Record((Phrase("Говорите."),)), "До свидания. Говорите."),
    ],
)
async def test_what_follows_an_answer_may_be_no_question(wait: Request | Record | None, said: str) -> None:
    class Foreseeing(Line):
        async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken | Unheard:
            assert gather.listen is not None
            prompt = gather.listen.foresee(("да",), ())
            assert " ".join(phrase.text for phrase in prompt) == said
            return await super().gather(gather)

    def then(answer: Match | NoMatch | NoInput | Unheard) -> Sprint:
        return Sprint(Session("flow", "1", "end", {}), (Say((Phrase("До свидания."),)),), wait=wait)

    asking, _ = dialogue(Foreseeing(say("да")))
    assert await asking.ask("reading", CONFIRM, then) == Match("1", Mode.SPEECH, 1.0, "да", 4000)


async def test_keys_answer_at_any_moment() -> None:
    line = Line(say("кошка"), Match("12567"), Match("1"))
    asking, _ = dialogue(line)
    assert await asking.ask("reading", ASK) == Match("12567")
    assert await asking.ask("reading", CONFIRM) == Match("1")


async def test_what_is_not_understood_is_left_to_keys() -> None:
    asking, notes = dialogue(Line(say("кошка"), say("кошка"), say("кошка")))
    assert await asking.ask("reading", ASK) == Unheard("nothing")
    assert [note.result for note in notes] == ["asked again", "asked again", "by keys"]


async def test_silence_is_helped_and_then_left_to_keys() -> None:
    asking, notes = dialogue(Line(NoInput(), NoInput()))
    assert await asking.ask("reading", ASK) == Unheard("silence")
    assert [note.result for note in notes] == ["silence", "silence"]


async def test_a_line_that_turns_out_to_be_deaf_is_asked_by_keys() -> None:
    line = Line(None, Match("12567"))
    asking, _ = dialogue(line)
    assert await asking.ask("reading", ASK) == Unheard(DEAF)
    assert await asking.ask("reading", ASK) == Match("12567")
    assert [gather.listen is not None for gather in line.gathers] == [True, False]


async def test_a_question_that_asks_for_no_words_is_put_as_it_is() -> None:
    line = Line(NoMatch("7"))
    asking, _ = dialogue(line)
    plain = Gather((Phrase("Меню."),), Choice(frozenset("1")))
    assert await asking.ask("main", plain) == NoMatch("7")
    assert line.gathers == [plain]


async def test_what_proves_is_not_noted() -> None:
    asking, notes = dialogue(Line(say("двенадцать тысяч пятьсот шестьдесят семь")))
    await asking.ask("proof", Gather((), Digits(1, 7), secret=True, asks=VALUE))
    assert [note.heard for note in notes] == ["•"]
