"""Whether the words so far are a whole answer: then its end needs no long pause."""

from collections.abc import Sequence

from ivr.dialogue.understanding.asides import EARLIER_KEYS, NOW_KEYS
from ivr.dialogue.understanding.heard import hypothesis, plain
from ivr.dialogue.understanding.number_words import Part, symbols
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.replies import reply
from ivr.dialogue.understanding.reply_words import Polarity

_LAST = (Part.ZERO, Part.UNIT, Part.TEEN, Part.FIGURE, Part.COUNTED)
"""What a number can end with: after «сорок» a unit may still come."""
PLAIN = 1.0
"""Cost up to which a number is said plainly."""


def number_complete(words: Sequence[str], digits: int) -> bool:
    """All `digits` of a number have been said, its last word lets nothing follow, and it is not the one before."""
    said = {plain(word) for word in words}
    if said & EARLIER_KEYS and not said & NOW_KEYS:
        return False
    last = symbols(plain(words[-1])) if words else ()
    if not last or last[-1].part not in _LAST:
        return False
    found = candidates([hypothesis(" ".join(words))])  # none, where a word of fractions stands amid the number
    return bool(found) and len(found[0].digits) == digits and found[0].cost <= PLAIN


def reply_complete(words: Sequence[str], correction: bool = False) -> bool:
    """A yes or a no that stands. correction: after a no its correction may follow; then only a yes is complete."""
    if not words or plain(words[-1]) == "не":
        return False
    answer = reply([hypothesis(" ".join(words))])
    if answer.number:
        return False
    return answer.polarity is Polarity.YES or (answer.polarity is Polarity.NO and not correction)
