"""Turns as callers take them: a script of voice, words, keys and the prompt, in frames of 20 ms."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.listening.commands import (
    Comfort,
    Command,
    Conclude,
    End,
    Finish,
    Foresee,
    Hear,
    Rest,
    ResumePrompt,
    StopPrompt,
)
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis, Word
from ivr.dialogue.listening.profile import NUMBER, TOPIC, YES_NO, Profile
from ivr.dialogue.listening.turn import Complete, State, Turn

FRAME = 0.02
YES = Hypothesis((Word("да", 0.4, 0.6, 0.9),), 0.95)


def never(words: Sequence[str]) -> bool:
    return False


def is_yes(words: Sequence[str]) -> bool:
    return words[:1] == ("да",)


def five(words: Sequence[str]) -> bool:
    return len(words) == 5


def about(*times: float) -> Any:
    """These times, give or take one frame."""
    return pytest.approx(list(times), abs=FRAME + 0.001)


class Caller:
    """Runs a turn against a script. `voice`: spans; `soft`: spans in which nothing is louder than the background;
    `words`: from when the partial result says what; `at`: things that happen once. The prompt lasts `prompt_s` of
    saying. The recogniser answers `answer_s` after it is asked."""

    def __init__(
        self,
        profile: Profile,
        *,
        complete: Complete = never,
        prompt_s: float = 0.0,
        barge_in: bool = True,
        answer_s: float | None = 0.04,
        answer: Sequence[Hypothesis] = (YES,),
        tail: bool = False,
    ) -> None:
        self.turn = Turn(profile, complete, barge_in=barge_in, prompt=prompt_s > 0, tail=tail)
        self.did: list[tuple[float, Command]] = []
        self._left_s = prompt_s
        self._saying = prompt_s > 0
        self._answer_s, self._answer = answer_s, answer
        self._asked: float | None = None

    def run(
        self,
        until: float,
        voice: Sequence[tuple[float, float]] = (),
        words: Sequence[tuple[float, str]] = (),
        at: Sequence[tuple[float, Callable[[Turn, float], list[Command]]]] = (),
        mute: Sequence[tuple[float, float]] = (),
        soft: Sequence[tuple[float, float]] = (),
    ) -> "Caller":
        events = list(at)
        self._note(0.0, self.turn.start(0.0))
        for count in range(1, round(until / FRAME) + 1):
            if self.over:
                break
            now = round(count * FRAME, 3)
            if self._saying:
                self._left_s -= FRAME
                if self._left_s < FRAME / 2:
                    self._saying = False
                    self._note(now, self.turn.prompt_said(now))
            if not any(start < now <= end for start, end in mute):
                loud = not any(start < now <= end for start, end in soft)
                self._note(now, self.turn.frame(any(start < now <= end for start, end in voice), now, loud=loud))
            said = [text for when, text in words if when <= now]
            self._note(now, self.turn.partial(tuple(said[-1].split()) if said else (), now))
            while events and events[0][0] <= now:
                self._note(now, events.pop(0)[1](self.turn, now))
            self._note(now, self.turn.tick(now))
            if self._asked is not None and self._answer_s is not None and now >= self._asked + self._answer_s - 1e-6:
                self._asked = None
                self._note(now, self.turn.final(self._answer, now))
        return self

    def _note(self, now: float, commands: list[Command]) -> None:
        for command in commands:
            self.did.append((now, command))
            match command:
                case Conclude():
                    self._asked = now
                case StopPrompt():
                    self._saying = False
                case ResumePrompt():
                    self._saying = True

    def times(self, kind: type[Any]) -> list[float]:
        return [now for now, command in self.did if isinstance(command, kind)]

    def hears(self) -> list[float]:
        return [command.since for _, command in self.did if isinstance(command, Hear)]

    @property
    def end(self) -> Finish:
        [finish] = [command for _, command in self.did if isinstance(command, Finish)]
        return finish

    @property
    def over(self) -> bool:
        return self.turn.state is State.OVER


def key(turn: Turn, now: float) -> list[Command]:
    return turn.key(now)


def failed(turn: Turn, now: float) -> list[Command]:
    return turn.failed(now)


# ── A voice without a known word, and then one ──


@pytest.mark.parametrize(("muttered_s", "begins", "muttered"), [(0.5, 1.5, True), (0.2, 1.5, False), (0.5, 3.5, False)])
def test_a_voice_without_a_word_shortly_before_a_phrase_is_told(
    muttered_s: float, begins: float, muttered: bool
) -> None:
    voice = [(0.2, 0.2 + muttered_s), (begins, begins + 0.4)]
    caller = Caller(YES_NO, complete=is_yes).run(8, voice=voice, words=[(begins + 0.3, "да")])
    assert caller.end == Finish(End.HEARD, (YES,), muttered=muttered)


# ── Others who talk behind him ──


def test_words_of_the_background_do_not_stop_the_prompt() -> None:
    caller = Caller(NUMBER, prompt_s=4).run(12, words=[(2.0, "сорок")], soft=[(0.0, 12.0)])
    assert caller.times(StopPrompt) == caller.times(Finish) == about(4 + NUMBER.first_timeout_s)
    assert caller.end == Finish(End.SILENCE)


def test_words_of_the_background_begin_no_phrase_after_it() -> None:
    caller = Caller(NUMBER).run(12, words=[(1.0, "сорок")], soft=[(0.0, 12.0)])
    assert caller.end == Finish(End.SILENCE)
    assert caller.times(Finish) == about(NUMBER.first_timeout_s)


def test_a_word_found_shortly_after_something_loud_is_the_callers() -> None:
    caller = Caller(YES_NO, complete=is_yes, prompt_s=10).run(4, words=[(2.0, "да")], soft=[(0.0, 0.9), (1.2, 4.0)])
    assert caller.times(StopPrompt)[0] == pytest.approx(2.0 + YES_NO.stable_s, abs=FRAME)
    assert caller.end == Finish(End.HEARD, (YES,), True)


def test_a_word_that_comes_long_after_it_is_not() -> None:
    caller = Caller(YES_NO, complete=is_yes).run(8, words=[(2.8, "да")], soft=[(0.0, 0.9), (1.2, 8.0)])
    assert caller.end == Finish(End.SILENCE)


def test_a_word_that_is_not_yet_sure_when_the_time_is_over_is_waited_for() -> None:
    late = YES_NO.first_timeout_s - 0.04
    caller = Caller(YES_NO, complete=is_yes).run(8, words=[(late, "да")])
    assert caller.end == Finish(End.HEARD, (YES,))


# ── While nothing is to be heard ──


def test_a_silent_line_is_not_listened_to() -> None:
    caller = Caller(NUMBER, prompt_s=2).run(12, soft=[(0.0, 12.0)])
    assert caller.hears() == caller.times(Rest) == []
    assert caller.end == Finish(End.SILENCE)


def test_the_recogniser_begins_before_the_first_loud_sound_and_rests_a_while_after_it() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(6, soft=[(0.0, 2.0), (2.2, 6.0)])
    assert caller.hears() == about(2.02 - NUMBER.preroll_s)
    assert caller.times(Rest) == about(2.2 + NUMBER.reach_s + NUMBER.preroll_s + FRAME)


def test_what_was_loud_before_the_guard_was_over_is_heard_from_there() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(1, soft=[(0.1, 1.0)])
    assert caller.hears() == about(NUMBER.guard_s)


# ── A prompt that is interrupted ──


def test_a_quarter_of_a_second_of_voice_stops_the_prompt_and_the_first_sound_is_kept() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(2, voice=[(1.0, 2.0)])
    assert caller.times(StopPrompt) == about(1.26)
    assert caller.hears() == pytest.approx([0.3, 1.0 - 0.4])


def test_a_shorter_voice_does_not_stop_it() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(4, voice=[(1.0, 1.22), (2.0, 2.22)])
    assert caller.times(StopPrompt) == []


def test_stops_between_sounds_of_a_word_do_not_end_a_voice() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(2, voice=[(1.0, 1.1), (1.18, 1.28), (1.36, 1.5)])
    assert caller.times(StopPrompt) == about(1.42)
    assert caller.hears()[1] == pytest.approx(0.6)


def test_a_word_that_stands_stops_it_without_any_voice() -> None:
    caller = Caller(YES_NO, prompt_s=10).run(1.9, words=[(1.0, "да")])
    assert caller.times(StopPrompt) == about(1.16)
    assert caller.hears()[1] == pytest.approx(1.16 - 0.8 - 0.4)


def test_a_word_found_in_a_long_voice_reaches_back_to_its_start() -> None:
    profile = replace(NUMBER, voice_s=9.0)
    caller = Caller(profile, prompt_s=10).run(3, voice=[(0.5, 3)], words=[(1.8, "пять")])
    assert caller.hears()[1] == pytest.approx(0.5 - 0.4)


def test_a_word_that_comes_and_goes_does_not() -> None:
    flicker = [(1.0, "да"), (1.1, ""), (1.2, "нет"), (1.3, "да"), (1.4, "")]
    caller = Caller(YES_NO, prompt_s=10).run(2, words=flicker)
    assert caller.times(StopPrompt) == []


def test_what_is_none_of_the_words_does_not() -> None:
    caller = Caller(YES_NO, prompt_s=10).run(3, words=[(1.0, UNKNOWN)])
    assert caller.times(StopPrompt) == []


def test_nothing_stops_it_within_the_guard_but_what_goes_on_after_it_does() -> None:
    caller = Caller(NUMBER, prompt_s=10).run(2, voice=[(0.0, 0.4)], words=[(0.0, "пять"), (0.29, "")])
    assert caller.times(StopPrompt) == []
    caller = Caller(NUMBER, prompt_s=10).run(2, voice=[(0.1, 2.0)])
    assert caller.times(StopPrompt) == about(0.56)
    assert caller.hears()[1] <= 0.1


def test_a_prompt_that_must_be_heard_is_not_stopped_and_what_was_said_in_it_is_no_answer() -> None:
    caller = Caller(NUMBER, prompt_s=2, barge_in=False).run(9, voice=[(0.5, 1.5)], words=[(1.0, "пять"), (1.9, "")])
    assert caller.hears() == [2.0]
    assert caller.end == Finish(End.SILENCE)
    assert caller.times(Finish) == about(7.0)


def test_a_short_prompt_opens_the_ears_before_the_guard_is_over() -> None:
    caller = Caller(NUMBER, prompt_s=0.1).run(1)
    assert caller.hears() == [0.1]


# ── What was no answer ──


def test_after_a_cough_the_prompt_goes_on() -> None:
    caller = Caller(NUMBER, prompt_s=5).run(8, voice=[(1.0, 1.4)])
    assert caller.times(StopPrompt) == about(1.26)
    assert caller.times(ResumePrompt) == about(2.26)
    assert caller.turn.state is State.WAITING  # the prompt has been said since


def test_after_a_cough_voice_alone_stops_it_no_more_but_a_word_does() -> None:
    caller = Caller(NUMBER, prompt_s=9).run(5, voice=[(1.0, 1.4), (3.0, 3.6)])
    assert len(caller.times(StopPrompt)) == 1
    caller = Caller(NUMBER, prompt_s=9).run(4.5, voice=[(1.0, 1.4), (3.0, 3.6)], words=[(3.4, "пять")])
    assert caller.times(StopPrompt) == about(1.26, 3.56)


def test_a_prompt_is_not_stopped_for_ever_by_words_that_are_none() -> None:
    words = [(when, text) for at in range(1, 30, 3) for when, text in ((at, "да"), (at + 0.3, ""))]
    caller = Caller(YES_NO, prompt_s=20).run(30, words=words)
    assert len(caller.times(StopPrompt)) == 4  # the last one ends the turn
    assert [command.again for _, command in caller.did if isinstance(command, ResumePrompt)] == [True, False, False]
    assert caller.end == Finish(End.SILENCE)


def test_a_noise_that_never_pauses_lets_the_prompt_go_on() -> None:
    caller = Caller(NUMBER, prompt_s=9).run(9, voice=[(1.0, 9)])
    assert caller.times(ResumePrompt) == about(5.0)


def test_speech_that_nobody_taught_us_is_an_answer_that_is_not_understood() -> None:
    voice = [(1.0, 1.6), (1.8, 2.4), (2.6, 3.0)]
    caller = Caller(NUMBER, prompt_s=9, answer=()).run(5, voice=voice, words=[(1.8, UNKNOWN)])
    assert caller.times(Conclude) == about(4.0)
    assert caller.end == Finish(End.HEARD, prompt_cut=True)
    assert caller.times(ResumePrompt) == []


def test_a_few_words_that_nobody_taught_us_are_not_silence() -> None:
    caller = Caller(NUMBER, prompt_s=0.5).run(9, voice=[(1.0, 1.5)], words=[(1.5, UNKNOWN)])
    assert caller.end == Finish(End.HEARD)
    assert caller.times(Finish) == about(4.5)


def test_nor_are_they_when_they_come_late() -> None:
    caller = Caller(NUMBER, prompt_s=0.5).run(9, voice=[(5.0, 5.5)], words=[(5.5, UNKNOWN)])
    assert caller.end == Finish(End.HEARD)
    assert caller.times(Finish) == about(6.12)


def test_what_was_said_so_in_the_prompt_is_no_answer_to_it() -> None:
    caller = Caller(NUMBER, prompt_s=4).run(20, voice=[(1.0, 1.5)], words=[(1.5, UNKNOWN)])
    assert caller.end == Finish(End.SILENCE)


def test_a_click_after_the_prompt_does_not_keep_the_question_open() -> None:
    caller = Caller(NUMBER, prompt_s=0.5).run(9, voice=[(2.0, 2.16)])
    assert caller.times(StopPrompt) == caller.times(Finish) == about(5.5)
    assert caller.end == Finish(End.SILENCE)


def test_a_noise_after_the_prompt_does_not_keep_the_question_open() -> None:
    caller = Caller(NUMBER).run(20, voice=[(0.0, 20)])
    assert caller.end == Finish(End.SILENCE)
    assert caller.times(Finish) == about(8.02)


# ── The end of a phrase ──


def test_silence_after_the_words_ends_the_phrase_by_the_questions_profile() -> None:
    caller = Caller(TOPIC, prompt_s=0.5).run(4, voice=[(1.0, 2.0)], words=[(1.4, "счёт"), (2.2, "счёт за свет")])
    assert caller.times(Conclude) == about(2.8)
    assert caller.end == Finish(End.HEARD, (YES,))


def test_a_whole_yes_ends_sooner_than_what_may_go_on() -> None:
    said: dict[str, Any] = {"voice": [(1.0, 1.3)]}
    assert Caller(YES_NO, complete=is_yes).run(3, words=[(1.4, "да")], **said).times(Conclude) == about(1.66)
    assert Caller(YES_NO, complete=is_yes).run(3, words=[(1.4, "ну")], **said).times(Conclude) == about(2.1)


def test_a_pause_within_a_number_does_not_end_it() -> None:
    words = [(0.8, "двенадцать"), (1.2, "двенадцать тысяч"), (2.4, "двенадцать тысяч триста")]
    caller = Caller(NUMBER).run(5, voice=[(0.5, 1.2), (2.1, 2.6)], words=words)
    assert caller.times(Conclude) == about(3.6)


FIVE = [(1.0, "один два"), (1.5, "один два три четыре"), (1.9, "один два три четыре пять")]


def test_a_number_with_all_its_digits_needs_hardly_a_pause() -> None:
    caller = Caller(NUMBER, complete=five).run(5, voice=[(0.5, 2.2)], words=FIVE)
    assert caller.times(Conclude) == about(2.4)


def test_a_whole_number_that_is_found_after_the_pause_need_not_stand() -> None:
    late = [*FIVE[:-1], (2.6, FIVE[-1][1])]
    caller = Caller(NUMBER, complete=five).run(5, voice=[(0.5, 2.2)], words=late)
    assert caller.times(Conclude) == about(2.6)


def test_the_answer_to_whole_words_is_made_ready_while_they_are_waited_for() -> None:
    caller = Caller(YES_NO, complete=is_yes).run(3, voice=[(0.5, 0.9)], words=[(0.9, "да")])
    assert caller.times(Foresee) == about(0.9)
    assert caller.times(Conclude) == about(1.25)


def test_words_that_may_go_on_are_answered_beforehand_in_a_pause() -> None:
    words = [(0.9, "двенадцать"), (2.1, "двенадцать тысяч"), (2.9, "двенадцать тысяч")]
    caller = Caller(NUMBER).run(6, voice=[(0.5, 1.2), (1.9, 2.6)], words=words)
    assert caller.times(Foresee) == about(1.45, 2.85)
    assert caller.times(Conclude) == about(3.6)


def test_another_phrase_is_foreseen_anew() -> None:
    caller = Caller(YES_NO, complete=is_yes, prompt_s=20)
    caller.run(9, voice=[(1.0, 1.4), (5.0, 5.4)], words=[(1.4, "да"), (1.5, ""), (5.4, "да")])
    assert caller.times(Foresee) == about(1.4, 5.4 + YES_NO.stable_s)


def test_its_last_word_is_said_to_the_end() -> None:
    """A word is in the partial result as soon as its beginning is; what is cut off there is taken back."""
    caller = Caller(NUMBER, complete=five).run(2.8, voice=[(0.5, 5)], words=FIVE)
    assert caller.times(Conclude) == []


def test_a_question_may_need_no_pause_at_all() -> None:
    caller = Caller(replace(NUMBER, complete_s=0), complete=five).run(5, voice=[(0.5, 5)], words=FIVE)
    assert caller.times(Conclude) == about(2.06)


def test_a_short_yes_that_no_voice_was_heard_in_is_an_answer() -> None:
    caller = Caller(YES_NO, complete=is_yes, prompt_s=1).run(5, words=[(2.0, "да")])
    assert caller.hears()[-1] == pytest.approx(2.16 - 1.2)
    assert caller.times(Conclude) == about(2.54)
    assert caller.end == Finish(End.HEARD, (YES,))


def test_in_a_noise_the_words_end_the_phrase() -> None:
    caller = Caller(TOPIC).run(9, voice=[(0.0, 9)], words=[(1.0, "счёт"), (1.5, "счёт за свет")])
    assert caller.times(Conclude) == about(2.7)


def test_nobody_speaks_for_ever() -> None:
    words = [(0.5 + 0.1 * at, f"слово{at}") for at in range(300)]
    caller = Caller(TOPIC).run(25, voice=[(0.1, 25)], words=words)
    assert caller.times(Conclude) == about(20.22)


# ── Keys, silence, a deaf line ──


@pytest.mark.parametrize("at", [0.1, 0.7, 1.5, 2.9, 3.5, 3.82])
def test_a_key_takes_over_at_any_moment(at: float) -> None:
    """In the guard, in the prompt, in speech, after it, while the recogniser thinks."""
    caller = Caller(TOPIC, prompt_s=9, answer_s=None)
    caller.run(4, voice=[(1.0, 3.0)], words=[(1.3, "счёт")], at=[(at, key)])
    assert caller.end.end is End.KEYED
    assert caller.times(Finish) == about(at)
    assert caller.times(StopPrompt)[-1] == at


def test_a_key_after_the_turn_changes_nothing() -> None:
    caller = Caller(NUMBER).run(3, at=[(1.0, key)])
    assert caller.end == Finish(End.KEYED, prompt_cut=False)
    assert caller.turn.key(4.0) == []


REST = {"voice": [(0.0, 1.5), (1.7, 2.0), (3.0, 3.5)], "words": [(3.3, "да")]}


def test_the_rest_of_what_keys_cut_short_does_not_answer_the_next_question() -> None:
    """He keyed while he spoke, and speaks on over the read-back; what he says after a pause counts."""
    caller = Caller(YES_NO, complete=is_yes, prompt_s=9, tail=True).run(9, **REST)
    assert caller.times(StopPrompt)[:1] == about(3.25)
    assert all(since >= 2.3 for since in caller.hears())
    assert caller.end == Finish(End.HEARD, (YES,), prompt_cut=True)
    assert Caller(YES_NO, complete=is_yes, prompt_s=9).run(9, **REST).times(StopPrompt)[0] < 1


def test_a_noise_that_goes_on_after_keys_makes_nobody_dumb() -> None:
    caller = Caller(TOPIC, prompt_s=9, tail=True).run(6, voice=[(0.0, 6.0)])
    assert caller.times(StopPrompt) == about(4.25)


def test_who_is_quiet_after_his_keys_is_heard_as_ever() -> None:
    caller = Caller(TOPIC, prompt_s=9, tail=True).run(2, voice=[(0.5, 2.0)])
    assert caller.times(StopPrompt) == about(0.75)
    mute = Caller(TOPIC, prompt_s=9, tail=True).run(2, voice=[(0.5, 2.0)], mute=[(0, 0.45)])
    assert mute.times(StopPrompt) == about(0.75)


def test_keys_in_a_prompt_that_must_be_heard_take_over_after_it() -> None:
    caller = Caller(NUMBER, prompt_s=2, barge_in=False).run(4, at=[(0.5, key), (0.7, key)])
    assert (caller.end.end, caller.times(Finish)) == (End.KEYED, about(2.0))


def test_silence_is_counted_from_the_end_of_the_prompt() -> None:
    caller = Caller(replace(NUMBER, first_timeout_s=3.0), prompt_s=2).run(8)
    assert (caller.end, caller.times(Finish)) == (Finish(End.SILENCE), about(5.0))


def test_somebody_who_begins_at_the_last_moment_is_heard_out() -> None:
    caller = Caller(NUMBER).run(9, voice=[(4.94, 6.0)], words=[(5.6, "пять")])
    assert caller.end == Finish(End.HEARD, (YES,))
    caller = Caller(NUMBER).run(9, words=[(4.9, "пять")])
    assert caller.end == Finish(End.HEARD, (YES,))


def test_a_line_without_any_sound_is_left_to_tones() -> None:
    caller = Caller(NUMBER, prompt_s=5).run(4, mute=[(0, 9)])
    assert (caller.end, caller.times(Finish)) == (Finish(End.DEAF, prompt_cut=True), about(2.0))


def test_a_line_that_sends_nothing_in_silence_is_not_deaf() -> None:
    caller = Caller(NUMBER).run(9, voice=[(1.0, 1.5)], words=[(1.6, "пять")], mute=[(0.1, 1), (1.5, 9)])
    assert (caller.end.end, caller.times(Conclude)) == (End.HEARD, about(2.5))


@pytest.mark.parametrize(("at", "prompt_cut"), [(0.5, True), (1.5, True), (4.0, False)])
def test_a_recogniser_that_fails_leaves_the_question_to_tones(at: float, prompt_cut: bool) -> None:
    caller = Caller(NUMBER, prompt_s=2.8).run(6, voice=[(1.0, 1.4)], at=[(at, failed), (at + 0.5, failed)])
    assert caller.end == Finish(End.DEAF, prompt_cut=prompt_cut)
    assert caller.times(Finish) == about(at)


# ── The answer ──


def test_an_answer_that_takes_long_is_waited_for_with_a_comfort_sound() -> None:
    caller = Caller(TOPIC, answer_s=2.0).run(6, voice=[(0.5, 1.0)], words=[(0.9, "счёт")])
    assert caller.times(Conclude) == about(1.8)
    assert caller.times(Comfort) == about(2.5)
    assert caller.end == Finish(End.HEARD, (YES,))


def test_an_answer_that_never_comes_leaves_the_question_to_tones() -> None:
    caller = Caller(TOPIC, answer_s=None).run(9, voice=[(0.5, 1.0)], words=[(0.9, "счёт")])
    assert (caller.end, caller.times(Finish)) == (Finish(End.DEAF), about(5.8))


def test_an_answer_that_nobody_asked_for_is_ignored() -> None:
    turn = Turn(NUMBER, never)
    turn.start(0.0)
    assert turn.final([YES], 1.0) == []


def test_after_the_end_nothing_happens() -> None:
    caller = Caller(NUMBER).run(1, at=[(0.5, key), (0.6, key), (0.7, failed)], voice=[(0.6, 1)], words=[(0.6, "пять")])
    assert caller.over
    turn = caller.turn
    assert turn.prompt_said(2.0) == turn.tick(2.0) == turn.key(2.0) == turn.failed(2.0) == []
    assert caller.times(Finish) == about(0.5)


def test_known_words_are_those_of_the_grammar() -> None:
    heard = Hypothesis((Word(UNKNOWN, 0, 1, 0.5), Word("да", 1, 2, 0.9)), 1.0)
    assert heard.known == ("да",)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(0.02, 3)), max_size=12),
    st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["", "да", "нет", "один два", UNKNOWN])), max_size=12),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 4.0]),
    st.sampled_from([YES_NO, NUMBER, TOPIC]),
    st.sampled_from([None, 0.02, 1.5]),
)
def test_every_turn_ends_once_and_in_time(
    spans: list[tuple[float, float]],
    words: list[tuple[float, str]],
    barge_in: bool,
    prompt_s: float,
    profile: Profile,
    answer_s: float | None,
) -> None:
    caller = Caller(profile, complete=is_yes, prompt_s=prompt_s, barge_in=barge_in, answer_s=answer_s)
    caller.run(80, voice=[(start, start + long) for start, long in spans], words=sorted(words))
    assert caller.over
    assert caller.did[-1][1] == caller.end
    paired = [type(command) for _, command in caller.did if isinstance(command, StopPrompt | ResumePrompt)]
    assert ResumePrompt not in [one for one, after in pairwise(paired) if one is after]
    assert all(command.since <= now for now, command in caller.did if isinstance(command, Hear))
