"""Numbers that were heard faintly, where what is known of them speaks for one.

Of a million numbers that a dial shows a few hundred agree with the last reading and the usual consumption. So what was
misheard hardly ever does, and a number that does may be trusted though it was not heard best. It is read back like
every number.
"""

from collections.abc import Sequence

from ivr.dialogue.understanding.numbers import Candidate
from ivr.dialogue.understanding.ranking import Accepted, AskWhich, Context, Decision, Ranked

MOST = 9.0
"""Nats: how unusual or uncertain speech may be here at most."""
MARGIN = 1.5
"""Nats by which one must beat the next to be read back alone."""


def backed(decision: Decision[Candidate], every: Sequence[Ranked[Candidate]], context: Context) -> Decision[Candidate]:
    """`decision` on what was plainly heard, or a better one where that is no number that the context vouches for.
    `every`: all ways to hear the phrase, the faint ones too, the best first."""
    match decision:
        case Accepted(one) if context.vouches(one.digits):
            return decision
        case Accepted(one):
            plain = next(place for place, each in enumerate(every) if _same(each, one, context))
            every = every[:plain]
    vouched = [each for each in every if context.vouches(each.candidate.digits) and each.candidate.cost <= MOST]
    near = [each for each in vouched if vouched[0].score - each.score < MARGIN]
    match near:
        case [best]:
            return Accepted(best.candidate)
        case [best, other]:
            return AskWhich(best.candidate, other.candidate)
    return decision


def _same(ranked: Ranked[Candidate], one: Candidate, context: Context) -> bool:
    return context.meaning(ranked.candidate.digits) == context.meaning(one.digits)
