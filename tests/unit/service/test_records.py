import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.call import Audit, Began, Call, CallId, Contact, Ended, Outcome, Record, Result, Step, Stepped
from ivr.service.records import decode, encode

zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
times = st.datetimes(timezones=zones)
calls = st.builds(
    Call,
    id=st.text().map(CallId),
    caller=st.text(),
    dialled=st.text(),
    answered_at=times,
    ended_at=st.none() | times,
    outcome=st.sampled_from(Outcome),
    talk_s=st.integers(),
)
steps = st.builds(Step, number=st.integers(), at=times, node=st.text(), event=st.text(), heard=st.text())
contacts = st.builds(
    Contact,
    call_id=st.text().map(CallId),
    answered_at=times,
    began_at=times,
    identified_at=st.none() | times,
    settled_at=st.none() | times,
    ended_at=st.none() | times,
    result=st.sampled_from(Result),
)
records = (
    st.builds(Began, calls)
    | st.builds(Ended, calls)
    | st.builds(Stepped, call_id=st.text().map(CallId), step=steps)
    | contacts
    | st.builds(Audit, at=times)
)


@given(records)
def test_a_record_comes_back_from_its_line(record: Record) -> None:
    line = encode(record)
    assert "\n" not in line and line.isascii()
    assert decode(line) == record


GOOD = json.loads(encode(Stepped(CallId("c"), Step(1, datetime(2026, 3, 1, tzinfo=UTC), "menu", "entered"))))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        json.dumps({**GOOD, "kind": "other"}),
        json.dumps({**GOOD, "step": None}),
        json.dumps({**GOOD, "step": {**GOOD["step"], "more": 1}}),
        json.dumps({**GOOD, "step": {**GOOD["step"], "at": "2026-03-01T00:00:00"}}),
        json.dumps({**GOOD, "step": {**GOOD["step"], "at": "yesterday"}}),
        json.dumps({**GOOD, "step": {**GOOD["step"], "at": 5}}),
        json.dumps(GOOD)[:-9],
    ],
)
def test_anything_else_is_no_record(line: str) -> None:
    with pytest.raises(ValueError):
        decode(line)
