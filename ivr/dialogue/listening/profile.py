"""How long a question listens. One profile per kind of question; seconds. Sources: the figures of each line's note."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Times of one question.

    first_timeout_s: silence after the prompt that is no answer.
    end_s:           silence that ends a phrase which is not known to be complete.
    complete_s:      silence that ends a phrase whose words are complete; 0: no silence is needed.
    foresee_s:       silence after which words that are not known to be complete may be all: their answer is made ready.
    stable_s:        how long the words of a partial result must stand unchanged to be believed; complete ones need not,
                     once the voice has been quiet for `complete_s`.
    guard_s:         start of the prompt that nobody's voice stops: the tail of the last answer, echo.
    voice_s:         voice that stops a prompt.
    onset_s:         voice that begins a phrase when no prompt is said.
    preroll_s:       sound before the voice that the recogniser still gets.
    reach_s:         how far back a word may have begun that is only now in the partial result.
    cough_s:         a voice without a word by then, and quiet again, was no answer: the prompt goes on.
    talk_s:          voice longer than this is speech even when no word of it is known.
    longest_s:       a phrase is ended here in any case.
    comfort_s:       the recogniser's answer takes longer: a comfort sound is played …
    answer_s:        … and without the answer by then the question falls back to tones.
    audio_s:         without any sound from the caller by then the line is deaf: tones.
    hiss:            not a time: white noise laid under what the recogniser gets, RMS in steps of 16 bits (8: -72 dB).
    """

    first_timeout_s: float = 5.0
    end_s: float = 0.8
    complete_s: float = 0.8
    foresee_s: float = 0.25
    stable_s: float = 0.15
    guard_s: float = 0.3
    voice_s: float = 0.25
    onset_s: float = 0.1
    preroll_s: float = 0.4
    reach_s: float = 0.8
    cough_s: float = 1.0
    talk_s: float = 0.8
    longest_s: float = 20.0
    comfort_s: float = 0.7
    answer_s: float = 4.0
    audio_s: float = 2.0
    hiss: float = 0.0


YES_NO = Profile(end_s=0.8, complete_s=0.35, longest_s=8.0, hiss=8.0)
"""A whole "да" or "нет" ends 0.35 s after it; anything else may still go on. The hiss: a lone «да» after absolute
silence, or over a hum and nothing else, is hardly heard without (docs/understanding.md)."""
NUMBER = Profile(end_s=1.0, complete_s=0.2, longest_s=25.0)
"""People pause between groups of digits; a number with all its digits needs hardly any pause. It needs one: a word is
in the partial result before it is said to its end, and a recogniser that is stopped then takes it back."""
TOPIC = Profile(end_s=0.8, complete_s=0.8)
