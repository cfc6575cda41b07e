from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.customer import Account, CustomerKind
from ivr.domain.identity import IdentityRules, Judged, Proof, Tally, expected, failed, judged, proof_of, proves

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = IdentityRules()
HOUR = timedelta(hours=1)
ONE = Account("1", "00-12345678", "Имя", CustomerKind.PERSON, "г. Примерск, ул. Новая, дом 12, квартира 34", "Север")


@pytest.mark.parametrize(
    ("contract", "digits"), [("0012345678", "5678"), ("00-1234/56.78", "5678"), ("5678", "5678"), ("678", ""), ("", "")]
)
def test_the_end_of_the_contract_proves(contract: str, digits: str) -> None:
    assert expected(replace(ONE, contract=contract), Proof.CONTRACT) == digits


@pytest.mark.parametrize(
    ("address", "digits"),
    [
        ("Примерск, улица Новая, дом 12, квартира 34", "1234"),
        ("ул. Новая, д. 12, кв. 34", "1234"),
        ("ул. Новая, д.12/3, кв.5а", "1235"),
        ("улица 8 Марта, дом № 7", ""),
        ("ул. Мира, д. 1, кв. 2", ""),
        ("улица 8 Марта, дом № 117", "117"),
        ("проспект Садовый, Дом 7б, ОФИС 12", "712"),
        ("площадь Ленина, 5", ""),
        ("ул. Новая, д. 123456, кв. 789", ""),
        ("кв. 5", ""),
    ],
)
def test_the_digits_of_house_and_flat_prove(address: str, digits: str) -> None:
    assert expected(replace(ONE, address=address), Proof.HOUSE) == digits


@pytest.mark.parametrize(
    ("number", "contract", "proof"),
    [
        ("4007001234", "4007001234", "house"),
        ("4007001234", "ДОГ-4007001234/19", "contract"),
        ("4007001234", "7-001", "house"),
        ("4007001234", "00-12345678", "contract"),
        ("4007001234", "00-4321", "contract"),
        ("4007000034", "00-0034", "house"),
        ("4007001212", "4007001212", "none"),
    ],
)
def test_what_the_accounts_number_tells_proves_nothing(number: str, contract: str, proof: str) -> None:
    account = replace(ONE, number=number, contract=contract, address="ул. Новая, д. 12, кв. 12")
    found = proof_of(account, tuple(Proof), RULES)
    assert (found.value if found else "none") == proof
    assert not proves(account, Proof.CONTRACT, number[-4:])


def test_an_answer_is_compared_whole() -> None:
    assert proves(ONE, Proof.CONTRACT, "5678")
    assert not proves(ONE, Proof.CONTRACT, "٥٦٧٨")
    assert not proves(ONE, Proof.HOUSE, "123")
    assert not proves(replace(ONE, contract=""), Proof.CONTRACT, "")


def test_the_best_proof_that_is_allowed_asked_and_known() -> None:
    both = (Proof.HOUSE, Proof.CONTRACT)
    assert proof_of(ONE, both, RULES) is Proof.CONTRACT
    assert proof_of(ONE, both, replace(RULES, proofs=(Proof.HOUSE,))) is Proof.HOUSE
    assert proof_of(replace(ONE, contract=""), both, RULES) is Proof.HOUSE
    assert proof_of(replace(ONE, contract=""), (Proof.CONTRACT,), RULES) is None


def failures(times: int, tally: Tally | None = None, at: datetime = NOW) -> Tally:
    tally = tally or Tally()
    for _ in range(times):
        tally = failed(tally, at, RULES)
    return tally


def test_the_fifth_failure_locks_for_an_hour() -> None:
    assert not failures(4).locked(NOW)
    tally = failures(5)
    assert tally.locked(NOW) and tally.locked(NOW + HOUR - timedelta(seconds=1))
    assert failed(tally, NOW, RULES) == tally
    assert not tally.locked(NOW + HOUR)
    assert failures(1, tally, NOW + HOUR) == Tally(1, NOW + HOUR)


def test_failures_are_forgotten_after_their_time() -> None:
    later = NOW + HOUR + timedelta(seconds=1)
    assert failures(1, failures(4), later) == Tally(1, later)
    assert failures(1, failures(4), NOW + HOUR).locked(NOW + HOUR)


def test_a_right_try_changes_nothing_and_a_wrong_one_counts_against_all() -> None:
    known = {"a": failures(4), "b": Tally()}
    assert judged(known, True, NOW, RULES) == (Judged(allowed=True, locked=False), {})
    assert judged({"b": Tally()}, False, NOW, RULES) == (Judged(allowed=True, locked=False), {"b": failures(1)})
    outcome, after = judged(known, False, NOW, RULES)
    assert outcome == Judged(allowed=True, locked=True) and after == {"a": failures(5), "b": failures(1)}


@pytest.mark.parametrize("right", [True, False])
def test_a_locked_try_is_neither_judged_nor_counted(right: bool) -> None:
    known = {"a": failures(5), "b": Tally()}
    assert judged(known, right, NOW, RULES) == (Judged(allowed=False, locked=True), {})
