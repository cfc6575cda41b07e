from datetime import date

import pytest

from ivr.domain.call import CallId
from ivr.service.proofs import MOST_WRONG_IN_A_CALL, MOST_WRONG_IN_A_DAY, Proofs

DAY = date(2026, 3, 1)
NEXT_DAY = date(2026, 3, 2)
CALL = CallId("c")


@pytest.mark.parametrize("contract", ["0012345678", "00-1234/56.78", "5678"])
def test_the_last_four_digits_are_the_proof(contract: str) -> None:
    proofs = Proofs()
    assert proofs.prove(CALL, "1", contract, "5678", DAY)
    assert proofs.proven(CALL, "1")


@pytest.mark.parametrize(
    ("contract", "given"), [("12345678", "8765"), ("12345678", ""), ("12345678", "٥٦٧٨"), ("678", "678"), ("", "")]
)
def test_anything_else_is_none(contract: str, given: str) -> None:
    proofs = Proofs()
    assert not proofs.prove(CALL, "1", contract, given, DAY)
    assert not proofs.proven(CALL, "1")


def test_a_proof_holds_for_its_call_and_its_account_until_the_call_ends() -> None:
    proofs = Proofs()
    proofs.prove(CALL, "1", "5678", "5678", DAY)
    assert not proofs.proven(CALL, "2")
    assert not proofs.proven(CallId("d"), "1")
    proofs.forget(CALL)
    assert not proofs.proven(CALL, "1")


def test_a_call_may_be_wrong_only_so_often() -> None:
    proofs = Proofs()
    for account in range(MOST_WRONG_IN_A_CALL):
        assert not proofs.prove(CALL, str(account), "5678", "0000", DAY)
    assert not proofs.prove(CALL, "other", "5678", "5678", DAY)
    assert proofs.prove(CallId("d"), "other", "5678", "5678", DAY)


def test_an_account_may_be_guessed_at_only_so_often_in_a_day() -> None:
    proofs = Proofs()
    for call in range(MOST_WRONG_IN_A_DAY):
        assert not proofs.prove(CallId(str(call)), "1", "5678", "0000", DAY)
    assert not proofs.prove(CALL, "1", "5678", "5678", DAY)
    assert proofs.prove(CallId("d"), "1", "5678", "5678", NEXT_DAY)
