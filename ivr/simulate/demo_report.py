"""What came of the demo's calls: the rows that the centre stored, its recordings, and whether all was as expected."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.customers import SqlCustomers
from ivr.adapters.db.engine import Database
from ivr.config import Centre
from ivr.domain.call import Call
from ivr.places import Places
from ivr.simulate.city.ear import Ear, silences
from ivr.simulate.city.encounter import Encounter
from ivr.simulate.demo_people import CALLER, OPERATOR, Person

CLOSED_WITHIN_S = 30.0
"""A row is closed, and its recording finished, soon after the hang-up; later than this something is wrong."""
FINISHED = ".wav"
"""Ending of a recording that is finished; before, the row names the raw one."""
LONGEST_SILENCE_S = 12.0
"""Longer dead air in a caller's ear is never right: the longest pause for a key is 10 s."""


@dataclass(frozen=True)
class Row:
    """A call as the centre stored it. `readings` are values stored by this very call."""

    call: str
    caller: str
    outcome: str
    reason: str
    operator: str
    talk_s: int
    steps: int
    readings: tuple[int, ...]
    recording: str

    def document(self) -> dict[str, Any]:
        return asdict(self)


async def stored_rows(centre: Centre, database: Database, cast: Sequence[Person], begun: datetime) -> dict[str, Row]:
    """Rows of this demo's calls by caller. Waits until they are closed; an open one is given as it is in the end."""
    log = SqlCallLog(database)
    callers = {person.caller: person for person in cast}
    deadline = asyncio.get_running_loop().time() + CLOSED_WITHIN_S
    while True:
        recent = await log.recent(200)
        calls = {call.caller: call for call in recent if call.caller in callers and call.answered_at >= begun}
        done = [call for call in calls.values() if call.ended_at is not None and call.recording.endswith(FINISHED)]
        if len(done) == len(cast) or asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.2)
    return {
        person.caller: await _row(centre, database, log, calls[person.caller], person)
        for person in cast
        if person.caller in calls
    }


async def _row(centre: Centre, database: Database, log: SqlCallLog, call: Call, person: Person) -> Row:
    account = await SqlCustomers(database).account(person.account) if person.account else None
    readings = tuple(
        reading.value
        for meter in (account.meters if account else ())
        for register in meter.registers
        for reading in register.history
        if reading.call_id == call.id
    )
    recording = Places.of(centre).recordings / call.recording if call.recording else None
    return Row(
        call=call.id,
        caller=call.caller,
        outcome=call.outcome.value,
        reason=call.reason,
        operator=call.operator,
        talk_s=call.talk_s,
        steps=len(await log.steps(call.id)),
        readings=readings,
        recording=str(recording) if recording and recording.is_file() else "",
    )


def judge(
    person: Person, encounter: Encounter, talks: Sequence[Encounter], row: Row | None, ear: Ear
) -> dict[str, Any]:
    """What was expected of one person, what happened, and every way in which it differs."""
    wrong = [*_wrong_on_the_line(person, encounter, talks, ear), *_wrong_in_the_rows(person, row)]
    pressed = [moment.words for moment in encounter.moments if moment.what == "pressed"]
    happened = [f"pressed {', '.join(pressed) or 'nothing'}"]
    if row is not None:
        happened.append(f"outcome {row.outcome}, {row.steps} steps")
        if row.readings:
            happened.append(f"stored {', '.join(map(str, row.readings))} kWh")
        if row.operator:
            happened.append(f"talked with {row.operator} for {row.talk_s} s")
    return {
        "name": person.name,
        "caller": person.caller,
        "expected": person.expected,
        "happened": "; ".join(happened),
        "wrong": wrong,
        "ok": not wrong,
        "duration_s": round(encounter.duration_s, 1),
        "moments": [{"t": round(t, 2), "what": what, "words": words} for t, what, words in encounter.moments],
    }


def _wrong_on_the_line(person: Person, encounter: Encounter, talks: Sequence[Encounter], ear: Ear) -> list[str]:
    if not encounter.answered:
        return [f"the centre did not answer (cause {encounter.cause})"]
    wrong = [] if encounter.failure is None else [str(encounter.failure)]
    try:
        heard = encounter.heard
        wrong += [f"{name} is not in what was heard" for name in person.proofs if not ear.find(heard, name)]
        wrong += [f"told although nothing was proven: {name}" for name in person.never if ear.find(heard, name)]
        wrong += [
            f"dead air of {end - begin:.1f} s at {begin:.1f} s" for begin, end in silences(heard, LONGEST_SILENCE_S)
        ]
        if person.talks:
            talk = next((one for one in talks if one.caller == person.caller), None)
            if talk is None:
                wrong.append("no operator's telephone had this call")
            else:
                wrong += [] if ear.find(talk.heard, CALLER) else ["the operator did not hear the caller"]
                wrong += [] if talk.failure is None else [str(talk.failure)]
                wrong += [] if ear.find(heard, OPERATOR) else ["the caller did not hear the operator"]
    except OSError as error:
        wrong.append(f"a recording of the city cannot be read: {error}")
    return wrong


def _wrong_in_the_rows(person: Person, row: Row | None) -> list[str]:
    if row is None:
        return ["the centre stored no row of this call"]
    wrong = []
    if row.outcome != person.outcome.value:
        wrong.append(f"the outcome is {row.outcome}, not {person.outcome.value}")
    if not row.steps:
        wrong.append("no steps are stored")
    if row.readings != person.values:
        wrong.append(f"readings stored by this call: {row.readings or 'none'}, not {person.values or 'none'}")
    if not row.recording or Path(row.recording).stat().st_size < 10_000:
        wrong.append("there is no recording of this call")
    return wrong


def show_rows(console: Console, results: Sequence[Mapping[str, Any]], rows: Mapping[str, Row]) -> None:
    """The tables at the end: who was served, what is stored, where the recordings lie."""
    served = Table("", "who", "expected", "happened", title="Calls")
    stored = Table("caller", "call", "outcome", "steps", "reading", "operator", title="Stored rows")
    for result in results:
        style = "green" if result["ok"] else "red"
        happened = "\n".join([str(result["happened"]), *(f"✗ {wrong}" for wrong in result["wrong"])])
        served.add_row("✓" if result["ok"] else "✗", result["name"], result["expected"], happened, style=style)
    for row in rows.values():
        reading = ", ".join(map(str, row.readings))
        stored.add_row(row.caller, row.call, row.outcome, str(row.steps), reading, row.operator)
    console.print(served, stored)
    for row in rows.values():
        console.print(f"recording  {row.recording or '(none)'}", markup=False, soft_wrap=True)
