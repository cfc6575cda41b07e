"""How many spoken numbers are understood: python -m tests.unit.dialogue.understanding.measure [NUMBERS] [SEED]

Each number is said in every form, bare and dressed, with and without its leading noughts, on a plausible register.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.ranking import Accepted, AskWhich, ReadingContext, decide, rank
from tests.unit.dialogue.understanding.spoken import FORMS, dressed, numbers, register


@dataclass(frozen=True, slots=True)
class Sample:
    number: int
    form: str
    said: str
    context: ReadingContext


@dataclass
class Outcome:
    """Counts of samples: all; the number among the candidates, ranked first; what was decided."""

    said: int = 0
    among: int = 0
    first: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    missed: list[Sample] = field(default_factory=list)
    second: list[Sample] = field(default_factory=list)


def samples(drawn: Iterable[int], r: random.Random, forms: Iterable[str]) -> Iterator[Sample]:
    for number in drawn:
        for form in forms:
            yield sample(number, form, r)


def sample(number: int, form: str, r: random.Random) -> Sample:
    context = register(number, r)
    digits = str(number).zfill(context.digits) if r.random() < 0.2 else str(number)
    said = FORMS[form](digits, r)
    return Sample(number, form, " ".join(dressed(said, r) if r.random() < 0.5 else said), context)


def measured(heard: Iterable[Sample]) -> Outcome:
    outcome = Outcome()
    for each in heard:
        ranked = rank(candidates([hypothesis(each.said)]), each.context)
        values = [one.candidate.value for one in ranked]
        outcome.said += 1
        outcome.among += each.number in values
        outcome.first += values[:1] == [each.number]
        if each.number not in values:
            outcome.missed.append(each)
        elif values[0] != each.number:
            outcome.second.append(each)
        match decide(ranked):
            case Accepted(candidate):
                outcome.decided["read back" if candidate.value == each.number else "read back wrong"] += 1
            case AskWhich(first, second):
                right = each.number in (first.value, second.value)
                outcome.decided["asked which" if right else "asked which, neither right"] += 1
            case _:
                outcome.decided["asked again"] += 1
    return outcome


def main(count: int, seed: int) -> None:
    r = random.Random(seed)
    total = Counter[str]()
    for form in FORMS:
        outcome = measured(samples(numbers(count, r), r, [form]))
        shares = ", ".join(f"{name} {times / outcome.said:.3%}" for name, times in sorted(outcome.decided.items()))
        print(f"{form}: {outcome.said} said, among {outcome.among / outcome.said:.3%}, ", end="")
        print(f"first {outcome.first / outcome.said:.3%}; {shares}")
        total.update({"said": outcome.said, "among": outcome.among, "first": outcome.first})
        for each in (*outcome.missed[:3], *outcome.second[:2]):
            print(f"    {each.number}: {each.said} ({each.context})")
    print(f"all: among {total['among'] / total['said']:.4%}, first {total['first'] / total['said']:.4%}")


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "20000", "1"][:2]))
