"""Collects tones into one answer. Pure: the phone feeds keys and times, and asks what they mean.

A number ends by `#`, by its full length, or by a pause. A key outside the grammar is a NoMatch at once.
"""

from ivr.dialogue.model import Choice, Digits, Grammar, Match, NoInput, NoMatch

END = "#"

Answer = Match | NoMatch | NoInput


class DigitCollector:
    """One question's answer. Times are seconds of any steady clock; `None` means "not decided yet".

    Silence is counted from the end of the prompt or from the last key, whichever came later: `prompt_ended` is told
    too when a key stopped the prompt, and when there was no prompt at all.
    """

    def __init__(self, grammar: Grammar, first_timeout_s: float, next_timeout_s: float) -> None:
        self._grammar = grammar
        self._first_timeout_s = first_timeout_s
        self._next_timeout_s = next_timeout_s
        self._keyed = ""
        self._prompt_ended_at: float | None = None
        self._last_key_at = 0.0
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer | None:
        return self._answer

    @property
    def ended_by_length(self) -> bool:
        """The number ended by its full length: a `#` keyed right after it, out of habit, still belongs to it."""
        grammar, answer = self._grammar, self._answer
        return isinstance(grammar, Digits) and isinstance(answer, Match) and len(answer.value) == grammar.at_most > 1

    def press(self, key: str, now: float) -> Answer | None:
        """One key. Raises RuntimeError after the answer: a later key belongs to the next question."""
        if self._answer is not None:
            raise RuntimeError("the question is answered; this key belongs to the next one")
        self._last_key_at = now
        if isinstance(self._grammar, Choice):
            self._answer = Match(key) if key in self._grammar.keys else NoMatch(key)
        else:
            self._answer = self._number(key, self._grammar)
        return self._answer

    def prompt_ended(self, now: float) -> None:
        """From here silence is counted. A second call changes nothing."""
        if self._prompt_ended_at is None:
            self._prompt_ended_at = now

    def deadline(self) -> float | None:
        """When `tick` will decide. None while the prompt runs or after the answer."""
        if self._prompt_ended_at is None or self._answer is not None:
            return None
        if self._keyed:
            return max(self._last_key_at, self._prompt_ended_at) + self._next_timeout_s
        return self._prompt_ended_at + self._first_timeout_s

    def tick(self, now: float) -> Answer | None:
        """The answer, when its deadline has come: silence, or the number keyed so far."""
        deadline = self.deadline()
        if deadline is not None and now >= deadline:
            self._answer = self._entered(self._grammar) if isinstance(self._grammar, Digits) else NoInput()
        return self._answer

    def _number(self, key: str, grammar: Digits) -> Answer | None:
        if key in grammar.commands and (key != END or not self._keyed):
            return Match(key)
        if key == END:
            return self._entered(grammar) if self._keyed else NoMatch(key)
        if key not in "0123456789":
            return NoMatch(self._keyed + key)
        self._keyed += key
        return Match(self._keyed) if len(self._keyed) == grammar.at_most else None

    def _entered(self, grammar: Digits) -> Answer:
        if not self._keyed:
            return NoInput()
        return Match(self._keyed) if len(self._keyed) >= grammar.at_least else NoMatch(self._keyed)
