"""What callers who speak do: one reading each, told in every way there is. Every story says what must be stored."""

import itertools

from ivr.dialogue.wording.numbers import cardinal
from tests.acceptance.readings import last_reading
from tests.acceptance.speakers import Caller, Story, digit_by_digit, spoken_reading

STORIES: dict[str, Story] = {}
"""The longest first: ten lines are all there are."""


def told(story: Story) -> Story:
    STORIES[story.__name__] = story
    return story


def last(caller: Caller, register: int = 1) -> int:
    return last_reading(caller.centre, caller.account, register)


async def confirmed(caller: Caller, count: int = 1, verdict: str = "accepted", answer: str = "да") -> None:
    """His answer when his reading is read back for the `count`th time."""
    await caller.step(f"reply reading_check {verdict}", count)
    await caller.leg.wait(1.5)
    await caller.answer(answer)


async def served(caller: Caller) -> None:
    await caller.step("settled done accepted")
    await caller.leg.hang_up()


@told
async def three_registers(caller: Caller) -> None:
    values = [last(caller, register) + 60 + register for register in (1, 2, 3)]
    await caller.identified()
    for count, value in enumerate(values, start=1):
        await caller.leg.wait(2.0 if count == 1 else 6.5)  # the last one's thanks, and which comes next
        await caller.answer(cardinal(value))
        await confirmed(caller, count)
        caller.stores.append(value)
        await caller.step("reply reading_submit", count)
    await served(caller)


@told
async def a_lower_reading(caller: Caller) -> None:
    low, value = last(caller) - 100, last(caller) + 150
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(digit_by_digit(str(low)))  # asked again once: it is more likely misheard than meant
    await caller.step("reply reading_check refused lower_than_last")
    await caller.leg.wait(2.0)
    await caller.answer(cardinal(value))
    caller.stores = [value]
    await confirmed(caller)
    await served(caller)


@told
async def everything_by_voice(caller: Caller) -> None:
    value = last(caller) + 150
    await caller.leg.press("1")
    await caller.step("readings entered")
    await caller.leg.wait(0.6)
    await caller.answer(digit_by_digit(caller.account))
    await caller.step(f"reading_account match {caller.account} speech")
    await caller.leg.wait(1.5)
    await caller.answer("да")
    await caller.step("reply account")
    await caller.leg.wait(1.0)
    await caller.answer(digit_by_digit(caller.proof))
    await caller.step("reply proof proven")
    await caller.leg.wait(2.0)
    await caller.answer(cardinal(value))
    caller.stores = [value]
    await confirmed(caller)
    await served(caller)


@told
async def a_no_with_its_correction(caller: Caller) -> None:
    wrong = last(caller) // 100 * 100 + 246
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(wrong))
    await confirmed(caller, answer="нет, сорок семь")
    caller.stores = [wrong + 1]
    await confirmed(caller, 2)
    await served(caller)


@told
async def a_no_and_the_whole_number_again(caller: Caller) -> None:
    value = last(caller) + 180
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(value + 10))
    await confirmed(caller, answer="нет")
    await caller.step("readings match 2")
    await caller.leg.wait(1.5)
    await caller.answer(digit_by_digit(str(value)))
    caller.stores = [value]
    await confirmed(caller, 2, answer="верно")
    await served(caller)


@told
async def speech_into_the_prompt(caller: Caller) -> None:
    value = last(caller) + 160
    await caller.identified()
    await caller.leg.wait(0.7)  # the last reading is being told
    await caller.answer(cardinal(value))
    caller.stores = [value]
    await confirmed(caller)
    await served(caller)


@told
async def a_yes_that_is_said_and_keyed(caller: Caller) -> None:
    value = last(caller) + 155
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(value))
    caller.stores = [value]
    await confirmed(caller)
    await caller.leg.press("1")
    await served(caller)


@told
async def silence(caller: Caller) -> None:
    await caller.identified()
    await caller.step("operator ended silence", within_s=50)
    await caller.leg.hang_up()


@told
async def words_and_keys(caller: Caller) -> None:
    value = last(caller) + 170
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(value + 7))
    await caller.step("reply reading_check accepted")
    await caller.leg.wait(0.6)
    await caller.leg.press("2")
    await caller.step("readings match 2 tones")
    await caller.leg.wait(0.6)
    await caller.leg.press_quickly(f"{value}#")
    caller.stores = [value]
    await confirmed(caller, 2)
    await served(caller)


@told
async def an_improbable_reading(caller: Caller) -> None:
    value = last(caller) + 30000
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(value))
    await confirmed(caller, verdict="improbable")
    await caller.step("readings match 1")
    await caller.leg.wait(1.5)
    caller.stores = [value]
    await caller.answer("да")
    await served(caller)


@told
async def hung_up_before_the_yes(caller: Caller) -> None:
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(last(caller) + 150))
    await caller.step("reply reading_check accepted")
    await caller.leg.wait(2.0)
    await caller.leg.hang_up()


@told
async def denials_in_other_words(caller: Caller) -> None:
    """«Точно» and «правильно» are in them, and words that the recogniser does not know for a no."""
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.answer(cardinal(last(caller) + 150))
    await caller.step("reply reading_check accepted")
    await caller.leg.wait(1.5)
    for words in ("это не точно", "разве это правильно"):
        await caller.say(words)
        await caller.leg.wait(4.0)
    await caller.leg.hang_up()


@told
async def a_cough_and_other_peoples_talk(caller: Caller) -> None:
    await caller.identified()
    await caller.leg.wait(1.0)
    await caller.leg.say(caller.throats.cough())
    await caller.leg.wait(4.0)
    await caller.answer(cardinal(last(caller) + 150))
    await caller.step("reply reading_check accepted")
    await caller.leg.wait(1.0)
    for words in ("вчера мы ходили в магазин за хлебом", "позови бабушку пусть сама поговорит"):
        await caller.say(words)
        await caller.leg.wait(2.0)
    await caller.leg.hang_up()


@told
async def who_asks_for_an_operator(caller: Caller) -> None:
    await caller.identified()
    await caller.leg.wait(1.5)
    await caller.say("соедините с оператором")
    await caller.step("operator ended asked")
    await caller.leg.hang_up()


def one_of_many(form: str, used: int) -> Story:
    """A caller who tells his reading, says no to another number and yes to his own; after three tries he hangs up."""

    async def story(caller: Caller) -> None:
        value = last(caller) + used
        await caller.identified()
        for count in itertools.count(1):
            await caller.leg.wait(1.5)
            await caller.answer(spoken_reading(value, form))
            await caller.step("reply reading_check", count)
            await caller.leg.wait(1.5)
            if f"readings match {value} speech" in caller.steps():
                break
            await caller.answer("нет")
        caller.stores = [value]
        await caller.answer("да")
        await served(caller)

    return story
