"""Prompts, keys and hang-ups on one leg, over a real FastAGI connection."""

import pytest

from ivr.adapters.asterisk.phone import NOTICE
from ivr.dialogue.model import Choice, Digits, Ending, EndingKind, Gather, Match, NoInput, NoMatch, Phrase, Prompt
from ivr.domain.errors import CallerHungUp, PhoneFailed

from .line import ENDPOS, a_phone

MENU = Choice(frozenset("123"))


def prompt(*names: str) -> Prompt:
    return tuple(Phrase(name, name) for name in names)


def ask(*names: str, grammar: Choice | Digits = MENU, interruptible: bool = True, fresh: bool = False) -> Gather:
    """A question that waits a moment only: silence is not what these tests are about."""
    return Gather(prompt(*names), grammar, 0.02, 0.02, interruptible=interruptible, fresh=fresh)


async def test_who_calls_whom() -> None:
    async with a_phone() as (phone, _):
        assert (phone.call_id, phone.caller, phone.dialled) == ("centre-1.1", "+79990000001", "88005550100")
    async with a_phone(caller="unknown", dialled="") as (phone, _):
        assert (phone.caller, phone.dialled) == ("", "88005550100")


async def test_a_key_stops_the_prompt_and_answers() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"one": "2"}
        assert await phone.gather(ask("one", "two")) == Match("2")
        assert line.did == ["one"]


async def test_silence_after_the_whole_prompt_is_no_input() -> None:
    async with a_phone() as (phone, line):
        assert await phone.gather(ask("one", "two")) == NoInput()
        assert line.did[:3] == ["one", "two", "wait"]


async def test_waiting_for_long_is_played_as_quiet() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"4": "1"}
        assert await phone.gather(Gather(prompt("one"), MENU, 4.5, 4.5)) == Match("1")
        assert line.did == ["one", "4"]


async def test_one_who_knows_the_way_hears_no_prompt_on_it() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"welcome": "12"}
        await phone.say(prompt("welcome", "news"), interruptible=True)
        line.tones.from_ami("2")
        await phone.say(prompt("more"), interruptible=True)
        assert await phone.gather(ask("one")) == Match("1")
        assert await phone.gather(ask("two")) == Match("2")
        assert line.did == ["welcome"]


async def test_what_must_be_heard_is_heard_and_its_keys_count() -> None:
    async with a_phone() as (phone, line):
        line.keys = {NOTICE: "3"}
        await phone.say(prompt(NOTICE, "rules"), interruptible=False)
        assert await phone.gather(ask("one")) == Match("3")
        assert line.did == [NOTICE, "rules"]
        assert line.variables == {"IVR_NOTICE": "1"}


async def test_a_question_that_must_be_heard_keeps_the_keys() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"one": "1"}
        assert await phone.gather(ask("one", "two", interruptible=False)) == Match("1")
        assert line.did == ["one", "two"]


async def test_nobody_confirms_in_advance() -> None:
    async with a_phone() as (phone, line):
        line.tones.from_ami("1")
        line.keys = {"two": "2"}
        assert await phone.gather(ask("one", "two", fresh=True)) == Match("2")
        assert line.did == ["one", "two"]


async def test_a_habitual_hash_after_a_full_number_does_not_cut_the_next_words() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"number": "1", "wait": "2", "answer": "#3"}
        assert await phone.gather(ask("number", grammar=Digits(1, 2))) == Match("12")
        await phone.say(prompt("answer", "next"), interruptible=True)
        assert line.did == ["number", "wait", "answer", f"answer@{ENDPOS}"]
        assert await phone.gather(ask("next")) == Match("3")


async def test_a_key_outside_the_question_is_no_match() -> None:
    async with a_phone() as (phone, line):
        line.keys = {"one": "7"}
        assert await phone.gather(ask("one")) == NoMatch("7")


async def test_without_the_link_keys_come_from_agi_alone() -> None:
    async with a_phone(link_up=False) as (phone, line):
        line.ami = False
        line.keys = {"number": "4", "wait": "2"}
        assert await phone.gather(ask("number", grammar=Digits(1, 2))) == Match("42")


async def test_a_key_whose_event_never_comes_counts_all_the_same() -> None:
    async with a_phone() as (phone, line):
        line.ami = False
        line.keys = {"one": "3"}
        assert await phone.gather(ask("one")) == Match("3")


async def test_a_sound_that_asterisk_cannot_play_is_named() -> None:
    async with a_phone() as (phone, line):
        line.missing = "one"
        with pytest.raises(PhoneFailed, match=r"one\.wav.*is it there and readable"):
            await phone.gather(ask("one"))
        await phone.say(prompt("apology"), interruptible=False)  # the leg lives


async def test_a_phrase_without_a_sound_ends_a_prompt_that_has_begun() -> None:
    async with a_phone() as (phone, line):
        with pytest.raises(PhoneFailed, match="no sound for it"):
            await phone.say((*prompt("one"), Phrase("без имени")), interruptible=True)
        assert line.did == ["one"]


async def test_a_hang_up_ends_what_is_said_and_all_that_follows() -> None:
    async with a_phone() as (phone, line):
        line.hang_up = "two"
        with pytest.raises(CallerHungUp):
            await phone.say(prompt("one", "two", "three"), interruptible=True)
        with pytest.raises(CallerHungUp):
            await phone.finish(Ending(EndingKind.HANG_UP, "served"))
        assert line.did == ["one", "two"]
        assert line.variables == {}


@pytest.mark.parametrize("kind", EndingKind)
async def test_the_ending_is_left_to_the_dialplan(kind: EndingKind) -> None:
    async with a_phone() as (phone, line):
        await phone.finish(Ending(kind, "served"))
        assert line.variables == {"IVR_RESULT": kind.value}


async def test_an_operators_telephone_shows_that_identification_is_locked() -> None:
    async with a_phone() as (phone, line):
        await phone.finish(Ending(EndingKind.OPERATOR, "identity_locked"))
        assert line.variables == {"CALLERID(name)": "Проверка закрыта: подбор данных", "IVR_RESULT": "operator"}
