from datetime import UTC, datetime, timedelta

from ivr.domain.call import Call, CallId, Contact, Outcome, Result
from ivr.domain.contact import GENERAL, ContactBook

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Call(CallId("c"), "+79990000001", "88005550100", START)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def row(topic: str = "readings", number: int = 1, began: int = 5, **more: object) -> Contact:
    values = {"account": "", "began_at": at(began), **more}
    return Contact(CALL.id, number, CALL.caller, topic=topic, answered_at=START, **values)  # type: ignore[arg-type]


def test_a_matter_goes_through_its_stages() -> None:
    book = ContactBook(CALL)
    assert book.topic("readings", at(5)) == [row()]
    assert book.identified("1", at(20)) == [row(account="1", identified_at=at(20))]
    settled = row(account="1", identified_at=at(20), settled_at=at(40), result=Result.DONE, detail="accepted")
    assert book.settled(Result.DONE, "accepted", at(40)) == [settled]
    ended = book.ended(Outcome.SERVED, "served", at(50))
    assert (ended[0].result, ended[0].detail, ended[0].ended_at) == (Result.DONE, "accepted", at(50))


def test_it_is_done_while_the_last_matter_is() -> None:
    book = ContactBook(CALL)
    assert not book.done
    book.topic("readings", at(5))
    assert not book.done
    book.settled(Result.DONE, "accepted", at(40))
    assert book.done
    book.topic("balance", at(50))
    assert not book.done
    book.settled(Result.REFUSED, "why", at(60))
    assert not book.done


def test_the_next_matter_begins_where_the_last_ends() -> None:
    book = ContactBook(CALL)
    assert book.current == "general"
    book.topic("readings", at(5))
    assert book.current == "readings"
    book.identified("1", at(20))
    first, second = book.topic("balance", at(30))
    assert (first.result, first.ended_at) == (Result.ABANDONED, at(30))
    assert second == row("balance", 2, 30, account="1", identified_at=at(20))
    book.settled(Result.REFUSED, "why", at(35))
    third, _ = book.topic("news", at(40))
    assert (third.number, third.result) == (2, Result.REFUSED)


def test_the_same_matter_is_not_another_until_it_is_settled() -> None:
    book = ContactBook(CALL)
    book.topic("readings", at(5))
    assert book.topic("readings", at(9)) == []
    book.settled(Result.DONE, "", at(10))
    assert [contact.number for contact in book.topic("readings", at(11))] == [1, 2]
    assert [contact.number for contact in book.rows] == [1, 2]


def test_an_account_counts_from_the_matter_it_was_named_in() -> None:
    book = ContactBook(CALL)
    assert book.identified("1", at(3)) == []
    assert book.topic("balance", at(5)) == [row("balance", account="1", identified_at=at(3))]
    assert book.identified("1", at(6)) == []
    book.settled(Result.DONE, "", at(7))
    assert book.identified("2", at(8)) == []


def test_a_call_without_a_matter_is_general() -> None:
    assert ContactBook(CALL).settled(Result.DONE, "told", at(3))[0].topic == GENERAL
    left = ContactBook(CALL).ended(Outcome.ABANDONED, "caller_hung_up", at(3))
    assert left == [
        row(GENERAL, began=0, result=Result.ABANDONED, detail="caller_hung_up", ended_at=at(3)),
    ]


def test_who_goes_to_the_operators_takes_the_reason_along() -> None:
    book = ContactBook(CALL)
    book.topic("balance", at(5))
    given = book.ended(Outcome.OPEN, "identity_locked", at(9))[0]
    assert (given.result, given.detail, given.ended_at) == (Result.OPERATOR, "identity_locked", at(9))


def test_an_error_of_ours_is_a_failure_and_a_flow_that_ended_is_done() -> None:
    assert ContactBook(CALL).ended(Outcome.FAILED, "internal_error", at(3))[0].result is Result.FAILED
    assert ContactBook(CALL).ended(Outcome.SERVED, "served", at(3))[0].result is Result.DONE
