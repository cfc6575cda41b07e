"""What an operator is told of a call before its first word: in his ear, and on his telephone's display."""

from dataclasses import dataclass
from textwrap import shorten

from ivr.dialogue.listening.heard import UNKNOWN
from ivr.dialogue.model import Fact, Phrase, Session
from ivr.dialogue.understanding.commands import OPERATOR
from ivr.dialogue.understanding.wordlist import phrases
from ivr.dialogue.wording import phrase
from ivr.service.queue.topics import ANY, TOPICS

REGISTERS = {"day": "день", "night": "ночь", "peak": "пик", "half_peak": "полупик"}
"""Short names of tariffs; a meter of one tariff needs none."""
LONGEST_WISH = 60
"""Characters: a telephone's display is small."""
_CALLS = frozenset(phrases(OPERATOR))


@dataclass(frozen=True, slots=True)
class Unstored:
    """A reading that the caller gave and that is not stored: not confirmed yet, denied, refused, or the store is away.
    `tariff` of the register, as facts name it."""

    value: int
    tariff: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """account: only when it was proven to be the caller's. wished: his own words for what no topic names."""

    topic: str = ""
    unstored: Unstored | None = None
    account: str = ""
    wished: str = ""


def unstored(session: Session, operator: str, before: Unstored | None) -> Unstored | None:
    """The reading that is being talked of now; at the flow's node `operator` that of `before`."""
    if session.node == operator:
        return before
    value, register = session.state.get("value"), session.state.get("register")
    if not isinstance(value, int) or register is None:
        return None
    return Unstored(value, str(session.facts.get(f"register_{register}_tariff") or ""))


def wish_of(said: str) -> str:
    """What was said to a menu, as a display shows it; empty: only that he wants an operator."""
    known = " ".join(word for word in said.split() if word != UNKNOWN)
    return "" if known in _CALLS else shorten(known, LONGEST_WISH, placeholder=" …")


def whispered(known: Understood) -> Phrase:
    """What the operator hears."""
    topic = TOPICS.get(known.topic, ANY)
    if known.unstored is None:
        return topic
    register = ", {tariff:tariff}" if known.unstored.tariff in REGISTERS else ""
    facts: dict[str, Fact] = {"value": known.unstored.value, "tariff": known.unstored.tariff}
    said = phrase(f"Названо{register}: {{value:number}}. Не записано.", facts)
    return Phrase(f"{topic.text} {said.text}")


def displayed(known: Understood) -> str:
    """What his telephone shows beside the number: the shortest first."""
    parts = [TOPICS[known.topic].text.rstrip(".")] if known.topic in TOPICS else []
    if known.wished:
        parts.append(f"«{known.wished}»")
    if known.unstored is not None:
        register = REGISTERS.get(known.unstored.tariff, "")
        parts.append(f"{register} {known.unstored.value} не записано".strip())
    if known.account:
        parts.append(f"счёт {known.account}")
    return ", ".join(parts)
