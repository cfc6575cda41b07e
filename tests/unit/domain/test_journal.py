from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.call import Call, CallId, Outcome
from ivr.domain.journal import JournalLine, close, outcome_of, parse

ANSWERED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ENDED = datetime(2026, 3, 1, 9, 32, tzinfo=UTC)
LINE = JournalLine(CallId("1772357400.7"), "+79990000001", "88005550100", ANSWERED, ENDED, "", "", "", 0, True, "a.raw")
TEXT = "1772357400.7,+79990000001,88005550100,1772357400,1772357520,,,,0,1,a.raw"
KNOWN = Call(LINE.call_id, "+79990000001", "88005550100", ANSWERED, "rosatom", "1", account="0000000001")


def test_a_line_is_read() -> None:
    assert parse(TEXT + "\r\n") == LINE
    full = "7.1,,8,1772357400.5,1772357520,operator,TIMEOUT,op-1,61,,"
    assert parse(full) == JournalLine(
        CallId("7.1"),
        "",
        "8",
        ANSWERED.replace(microsecond=500000),
        ENDED,
        "operator",
        "TIMEOUT",
        "op-1",
        61,
        False,
        "",
    )


def test_a_call_never_answered_lasted_no_time() -> None:
    assert parse(TEXT.replace("1772357400,", ",")).answered_at == ENDED


def test_no_talk_is_no_seconds() -> None:
    assert parse(TEXT.replace(",0,1,", ",,1,")).talk_s == 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "1 columns"),
        (TEXT + ",more", "12 columns"),
        (TEXT.replace("1772357400.7", ""), "no call id"),
        (TEXT.replace("1772357400.7", "x" * 129), "no call id"),
        (TEXT.replace("1772357400.7", "a\x00b"), "no call id"),
        (TEXT.replace("1772357400,", "soon,"), "answered_epoch"),
        (TEXT.replace("1772357520", ""), "ended_epoch"),
        (TEXT.replace("1772357520", "nan"), "ended_epoch"),
        (TEXT.replace("1772357520", "1e300"), "ended_epoch"),
        (TEXT.replace(",0,1,", ",-5,1,"), "talk_s"),
        (TEXT.replace(",0,1,", ",12345678,1,"), "talk_s"),
        (TEXT.replace(",,,,0", ",done,,,0"), "ivr_result"),
    ],
)
def test_garbage_is_told_without_its_content(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as refused:
        parse(text)
    assert "9990000001" not in str(refused.value)


@given(st.text())
def test_any_text_is_a_line_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("ivr_result", "queue_status", "operator", "notice", "outcome", "reason"),
    [
        ("hang_up", "", "", True, Outcome.SERVED, "flow_ended"),
        ("abusive", "", "101", True, Outcome.ABUSIVE, "abusive"),
        ("operator", "", "op-1", True, Outcome.OPERATOR, "answered"),
        ("talked", "", "101", True, Outcome.OPERATOR, "answered"),
        ("missed", "", "", True, Outcome.OPERATOR_MISSED, "nobody_came"),
        ("operator", "TIMEOUT", "", True, Outcome.OPERATOR_MISSED, "timeout"),
        ("operator", "", "", True, Outcome.OPERATOR_MISSED, "caller_hung_up"),
        ("", "", "op-1", True, Outcome.OPERATOR, "answered"),
        ("lost", "", "op-1", True, Outcome.FALLBACK, "engine_lost"),
        ("", "JOINEMPTY", "", True, Outcome.FALLBACK_MISSED, "joinempty"),
        ("lost", "", "", True, Outcome.FALLBACK_MISSED, "caller_hung_up"),
        ("", "", "", True, Outcome.ABANDONED, "caller_hung_up"),
        ("", "", "", False, Outcome.ABANDONED, "hung_up_before_notice"),
    ],
)
def test_the_outcome_of_a_line(
    ivr_result: str, queue_status: str, operator: str, notice: bool, outcome: Outcome, reason: str
) -> None:
    line = replace(LINE, ivr_result=ivr_result, queue_status=queue_status, operator=operator, notice=notice, talk_s=5)
    assert outcome_of(line) == Call(
        LINE.call_id,
        "+79990000001",
        "88005550100",
        ANSWERED,
        ended_at=ENDED,
        outcome=outcome,
        reason=reason,
        operator=operator,
        operators=operator,
        talk_s=5,
        recording="a.raw",
    )


TALKED = replace(LINE, ivr_result="operator", operator="op-1", talk_s=61)


def test_a_call_the_engine_never_knew_is_as_the_journal_tells() -> None:
    assert close(None, TALKED) == outcome_of(TALKED)


def test_an_open_call_is_closed_and_keeps_what_the_engine_knew() -> None:
    talked = replace(KNOWN, operator="op-1", operators="op-1", talk_s=61)
    closed = replace(talked, ended_at=ENDED, outcome=Outcome.OPERATOR, recording="a.raw")
    assert close(KNOWN, TALKED) == replace(closed, reason="answered")
    assert close(replace(KNOWN, reason="asked_for"), TALKED) == replace(closed, reason="asked_for")


@pytest.mark.parametrize("outcome", [Outcome.SERVED, Outcome.ABANDONED, Outcome.FAILED])
def test_what_the_engine_saw_stays(outcome: Outcome) -> None:
    known = replace(KNOWN, ended_at=ANSWERED, outcome=outcome, reason="own")
    assert close(known, LINE) == replace(known, ended_at=ENDED, recording="a.raw")


def test_a_call_thought_lost_is_what_the_journal_tells() -> None:
    known = replace(KNOWN, ended_at=ANSWERED, outcome=Outcome.LOST, reason="asterisk_gone")
    found = close(known, TALKED)
    assert (found.outcome, found.reason, found.ended_at) == (Outcome.OPERATOR, "answered", ENDED)


def test_closing_twice_changes_nothing() -> None:
    once = close(KNOWN, TALKED)
    assert close(once, TALKED) == once


def test_hold_and_transfers_stand_at_the_end_of_a_line_and_old_lines_have_none() -> None:
    assert outcome_of(parse(TEXT)) == replace(outcome_of(parse(TEXT + ",12,1")), held_s=0, transfers=0)
    told = close(None, parse(TEXT + ",12,1"))
    assert (told.held_s, told.transfers) == (12, 1)
    with pytest.raises(ValueError, match="transfers"):
        parse(TEXT + ",1,x")


def test_all_who_talked_stand_last_and_the_safety_nets_operator_is_one() -> None:
    told = outcome_of(parse(TEXT + ",12,1,101-meter_lab"))
    assert (told.operators, told.transfers) == ("101 meter_lab", 1)
    assert outcome_of(TALKED).operators == TALKED.operator
    assert close(replace(KNOWN, operators="101"), LINE).operators == "101"
