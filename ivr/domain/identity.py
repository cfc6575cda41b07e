"""Who a caller is: what proves an account to be his, and how often it may be tried in vain. Pure.

The number shown by the carrier can be forged, so it proves nothing: it only offers accounts. A proof is something of
the contract that the caller must know; no question may tell its answer, nor may anything said before it.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.customer import Account

CONTRACT_DIGITS = 4
SHORTEST_PLACE, LONGEST_PLACE = 3, 8
"""Digits of house and flat: fewer are guessed in the tries that a caller has."""
_HOUSE = re.compile(r"\b(?:дом|д)\b\.?\s*№?\s*(\d[\w/-]*)", re.IGNORECASE)
_FLAT = re.compile(r"\b(?:квартира|кв|помещение|пом|офис|оф)\b\.?\s*№?\s*(\d[\w/-]*)", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")


class Proof(StrEnum):
    """What is asked for: the last four digits of the contract's number, or the digits of house and flat in a row."""

    CONTRACT = "contract"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """proofs:        the proofs the supplier allows, the best first.
    most_failures: so many failures within `within`, from one caller's number or about one account, lock it for `lock`.
    most_offers:   accounts of one number that are offered; with more of them none is, and the number is keyed in.
    """

    proofs: tuple[Proof, ...] = (Proof.CONTRACT, Proof.HOUSE)
    most_failures: int = 5
    within: timedelta = timedelta(hours=1)
    lock: timedelta = timedelta(hours=1)
    most_offers: int = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures of one subject (a caller's number, an account, the news desk). `since`: the first of them."""

    failures: int = 0
    since: datetime | None = None
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


@dataclass(frozen=True, slots=True)
class Judged:
    """allowed: nothing was locked before it. locked: something was, or is now by this failure."""

    allowed: bool
    locked: bool


def failed(tally: Tally, now: datetime, rules: IdentityRules) -> Tally:
    """The tally with one more failure; one that is locked stays as it is."""
    if tally.locked(now):
        return tally
    if tally.since is None or tally.locked_until is not None or now - tally.since > rules.within:
        tally = Tally(0, now)
    tally = replace(tally, failures=tally.failures + 1)
    full = tally.failures >= rules.most_failures
    return replace(tally, locked_until=now + rules.lock) if full else tally


def judged(
    tallies: Mapping[str, Tally], right: bool, now: datetime, rules: IdentityRules
) -> tuple[Judged, dict[str, Tally]]:
    """What becomes of one try that is about all of these subjects, and the tallies it changes. A right one changes
    none: failures stay, for whoever can prove one account of his own must not win free tries at another's."""
    if any(tally.locked(now) for tally in tallies.values()):
        return Judged(allowed=False, locked=True), {}
    if right:
        return Judged(allowed=True, locked=False), {}
    after = {subject: failed(tally, now, rules) for subject, tally in tallies.items()}
    return Judged(allowed=True, locked=any(tally.locked(now) for tally in after.values())), after


def expected(account: Account, proof: Proof) -> str:
    """The digits that prove the account; empty when its data has none of this kind that is a secret.

    Digits that the account's number tells prove nothing: the caller has just keyed it, or heard its end.
    """
    if proof is Proof.CONTRACT:
        return "" if told_by_number(account) else _end(account.contract)
    house, flat = _HOUSE.search(account.address), _FLAT.search(account.address)
    if house is None:
        return ""
    answer = "".join(_DIGITS.findall(house[1] + (flat[1] if flat else "")))
    return answer if SHORTEST_PLACE <= len(answer) <= LONGEST_PLACE and not account.number.endswith(answer) else ""


def told_by_number(account: Account) -> bool:
    """Whether the account's number tells the end of the contract, as it does where both are one number."""
    return bool(end := _end(account.contract)) and end in account.number


def _end(contract: str) -> str:
    end = "".join(_DIGITS.findall(contract))[-CONTRACT_DIGITS:]
    return end if len(end) == CONTRACT_DIGITS else ""


def proof_of(account: Account, asked: tuple[Proof, ...], rules: IdentityRules) -> Proof | None:
    """The best proof the supplier allows, the flow can ask for and the account's data has."""
    return next((proof for proof in rules.proofs if proof in asked and expected(account, proof)), None)


def proves(account: Account, proof: Proof, given: str) -> bool:
    """Whether `given` proves the account."""
    answer = expected(account, proof)
    return bool(answer) and hmac.compare_digest(answer.encode(), given.encode())
