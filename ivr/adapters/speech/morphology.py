"""Forms of Russian words by pymorphy3: «показания» also hears «показаний», «передать» also «передам»."""

from functools import cached_property

from pymorphy3 import MorphAnalyzer  # type: ignore[import-untyped]

NOT_SAID = frozenset({"PRTF", "PRTS", "GRND"})
"""Participles and gerunds: nobody asks for a service with them, and they are half of a verb's forms."""


class RussianForms:
    """All forms of a word, itself among them; of a word with several meanings, the most usual one's.

    The dictionary takes 0.3 s to load, so it is loaded with the first word.
    """

    def __call__(self, word: str) -> frozenset[str]:
        ways = self._analyzer.parse(word)
        # «данные» are data here, not a participle of «дать».
        meant = next((way for way in ways if way.tag.POS not in NOT_SAID), ways[0])
        return frozenset({word, *(form.word for form in meant.lexeme if form.tag.POS not in NOT_SAID)})

    @cached_property
    def _analyzer(self) -> MorphAnalyzer:
        return MorphAnalyzer(lang="ru")
