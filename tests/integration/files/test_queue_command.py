"""`ivr queue` as it is typed, on a day that was stored as the engine stores one."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from ivr.adapters.db.callbacks import SqlCallbacks
from ivr.adapters.db.engine import Database
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.db.schema import upgrade
from ivr.adapters.files.sample import load_sample
from ivr.cli import app
from ivr.config import Centre, load
from ivr.domain.acd.model import EntryId, Need, OperatorId, State
from ivr.domain.acd.records import Hindrance, Note, Waits, What
from ivr.domain.callback import Callback
from ivr.domain.wait import Foretold, Outcome, Promise
from ivr.service.queue.foresight import Kept

REPOSITORY = Path(__file__).resolve().parents[3]
DAY = "2026-03-02"
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Europe/Moscow")).timestamp()
CALLS = 60
ROSTER = """
operators:
  - {name: Анна, extension: "101", queues: [persons]}
  - {name: Борис, extension: "102", queues: [companies], skills: {billing: 7}}
  - {name: Вера, extension: "103", queues: [persons], reserve: true}
"""


def recorded() -> list[Note | Waits | Kept]:
    """An hour: each minute one comes, waits 20 s and talks 60 s; every tenth leaves after half a minute."""
    rows: list[Note | Waits | Kept] = []
    for number in range(CALLS):
        entry, at = EntryId(f"call-{number}"), NINE + 60.0 * number
        rows.append(Waits(at, entry, Hindrance.NOBODY_FREE, {State.TALKING: 2}))
        if number % 10 == 9:
            rows.append(Note(at + 30, What.LEFT, entry))
            continue
        operator = OperatorId(str(101 + number % 2))
        rows.append(Note(at + 20, What.ANSWERED, entry, operator))
        rows.append(Note(at + 80, What.TALK_ENDED, entry))
    promise = Promise.of("call-1", NINE, 2, Foretold(30.0, 5.0))
    return [
        *rows,
        Kept(NINE + 40, promise.came_true(NINE + 40, answered=True)),
        Kept(NINE, Outcome(promise, 9.0, False)),
    ]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(f"database: {{url: 'sqlite+aiosqlite:///ivr.db'}}\ndialplans: {REPOSITORY / 'dialplans'}\n")
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "operators.yaml").write_text(ROSTER)
    upgrade(load(path).database_url)
    return path


def store(config: Path, rows: Sequence[Note | Waits | Kept], *callbacks: Callback) -> None:
    async def work() -> None:
        database = Database(load(config).database_url, 10.0)
        if rows:
            await SqlQueue(database).write(rows)
        for callback in callbacks:
            await SqlCallbacks(database).put(callback)
        await database.close()

    asyncio.run(work())


def ivr(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "220"})
    return done.exit_code, done.output


def test_who_waited_how_long_and_why(config: Path) -> None:
    store(config, recorded())
    code, told = ivr("queue", "log", "--date", DAY, "--config", config)
    assert code == 0 and told.count("nobody_free: talking 2") == CALLS
    assert "call-9 " in told and " left " in told and "09:59:00" in told
    code, told = ivr("queue", "log", "call-3", "--date", DAY, "--config", config)
    assert code == 0 and [word in told for word in ("waits", "answered", "talk_ended", "call-4")] == [True] * 3 + [
        False
    ]
    code, told = ivr("queue", "log", "--date", DAY, "--json", "--config", config)
    figures = json.loads(told)
    assert code == 0 and (figures["entries"], figures["answered"], figures["lost"]) == (CALLS, 54, 6)
    assert (figures["wait_s"], figures["longest_s"]) == (20.0, 20.0)


def test_an_entry_is_written_whole_where_no_terminal_is(config: Path) -> None:
    entry = EntryId("centre-1795292321.48")
    store(config, [Waits(NINE, entry, Hindrance.NOBODY_FREE, {State.TALKING: 2, State.UNREACHABLE: 1})])
    told = CliRunner().invoke(app, ["queue", "log", "--date", DAY, "--config", str(config)], env={"COLUMNS": "80"})
    assert told.exit_code == 0 and entry in told.output


def test_without_a_database_it_is_told_what_makes_one(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"database: {{url: 'sqlite+aiosqlite:///ivr.db'}}\ndialplans: {REPOSITORY / 'dialplans'}\n")
    for command in (("log",), ("promises",), ("replay", DAY), ("callbacks",), ("storm", "show")):
        code, told = ivr("queue", *command, "--config", config)
        assert code == 2 and "start the centre, which makes it" in told
    assert not (tmp_path / "ivr.db").exists()


def test_promises_and_what_came_true(config: Path) -> None:
    store(config, recorded())
    code, told = ivr("queue", "promises", "--date", DAY, "--json", "--config", config)
    figures = json.loads(told)
    assert code == 0 and (figures["promises"], figures["judged"], figures["gave_up"]) == (2, 1, 1)
    assert (figures["kept_share"], figures["bias_s"]) == (1.0, 10.0)
    code, told = ivr("queue", "promises", "--config", config)
    assert code == 0 and "rmse_s" in told and "–" in told


def test_a_recorded_day_is_replayed_with_other_staff(config: Path) -> None:
    store(config, recorded())
    code, told = ivr("queue", "replay", DAY, "--json", "--config", config)
    usual = json.loads(told)
    assert code == 0 and usual["entries"] == CALLS and usual["replayed_answered"] >= 50
    code, told = ivr("simulate", "queue", "--replay", DAY, "--json", "--config", config)
    total = json.loads(told)["total"]
    assert code == 0 and total["calls"] == CALLS
    code, told = ivr("simulate", "queue", "--replay", DAY, "--operators", 1, "--json", "--config", config)
    fewer = json.loads(told)["total"]
    assert code == 0 and fewer["lost"] > total["lost"] and fewer["wait_s"] > total["wait_s"]
    code, told = ivr("simulate", "queue", "--replay", DAY, "--operators", 3, "--even", "--json", "--config", config)
    assert code == 0 and json.loads(told)["total"]["operators"] == pytest.approx(3, abs=0.1)


def test_a_recorded_day_is_replayed_with_the_centres_own_rules_or_others(config: Path, tmp_path: Path) -> None:
    store(config, recorded())
    other = tmp_path / "other.yaml"

    def simulated(*more: object) -> dict[str, float]:
        asked = ("--replay", DAY, "--operators", 1, "--json", "--config", config)
        code, told = ivr("simulate", "queue", *asked, *more)
        assert code == 0, told
        total: dict[str, float] = json.loads(told)["total"]
        return total

    usual = simulated()
    other.write_text("queue: {wrap_up_s: 15}\n")
    assert simulated("--rules", other) == usual  # what the centre has when it sets nothing
    other.write_text("queue: {wrap_up_s: 0}\n")
    assert simulated("--rules", other)["answered"] > usual["answered"]
    other.write_text("queue: {wrap_up_s: 120}\n")
    longer = simulated("--rules", other)
    assert longer["answered"] < usual["answered"]
    config.write_text(config.read_text() + other.read_text())
    assert simulated() == longer
    _, told = ivr("queue", "replay", DAY, "--operators", 1, "--json", "--config", config)
    assert json.loads(told)["replayed_answered"] == longer["answered"]
    other.write_text("queue: {wrap_up_s: 0}\n")
    _, told = ivr("queue", "replay", DAY, "--operators", 1, "--json", "--config", config, "--rules", other)
    assert json.loads(told)["replayed_answered"] > usual["answered"]
    other.write_text("queue: {wrap_up_s: -1}\n")
    code, told = ivr("simulate", "queue", "--replay", DAY, "--config", config, "--rules", other)
    assert code == 2 and "wrap_up_s" in told


def of_two_queues(needs: tuple[Need, ...] = ()) -> list[Waits | Note]:
    """Anna has a caller of persons every ten minutes; Boris of companies every minute, which is more than he can do.
    Each talks two minutes."""
    rows: list[Waits | Note] = []
    for number in range(60):
        callers = [("companies", "102", needs)] + ([("persons", "101", ())] if number % 10 == 0 else [])
        for queue, operator, asked in callers:
            entry, at = EntryId(f"{queue}-{number}"), NINE + 60.0 * number
            rows.append(Waits(at, entry, Hindrance.NOBODY_FREE, {State.TALKING: 1}, queue, asked))
            rows.append(Note(at + 60.0, What.ANSWERED, entry, OperatorId(operator)))
            rows.append(Note(at + 180.0, What.TALK_ENDED, entry))
    return sorted(rows, key=lambda row: row.at)


def test_each_queue_of_a_recorded_day_has_its_own_operators_until_the_rules_say_otherwise(
    config: Path, tmp_path: Path
) -> None:
    store(config, of_two_queues())

    def replayed(*more: object) -> dict[str, float]:
        code, told = ivr("queue", "replay", DAY, "--json", "--config", config, *more)
        assert code == 0, told
        figures: dict[str, float] = json.loads(told)
        return figures

    alone = replayed()
    assert (alone["persons_entries"], alone["companies_entries"]) == (6, 60)
    assert alone["persons_replayed_wait_s"] < 15 and alone["companies_replayed_wait_s"] > 600
    other = tmp_path / "other.yaml"
    other.write_text("queue: {overflow: {companies: {to: persons, after_s: 30}}}\n")
    helped = replayed("--rules", other)
    assert helped["companies_replayed_wait_s"] < alone["companies_replayed_wait_s"] / 2
    assert helped["persons_replayed_wait_s"] > alone["persons_replayed_wait_s"]
    other.write_text("queue: {overflow: {companies: {to: persons, after_s: 30}}, priority: {persons: 0}}\n")
    assert replayed("--rules", other)["persons_replayed_wait_s"] < helped["persons_replayed_wait_s"]
    code, told = ivr("simulate", "queue", "--replay", DAY, "--config", config)
    assert code == 0 and "companies" in told and "persons" in told
    other.write_text("queue: {overflow: {companies: {to: person, after_s: 30}}}\n")
    code, told = ivr("queue", "replay", DAY, "--config", config, "--rules", other)
    assert code == 2 and "neither that day nor the flow has a queue person" in told and "persons" in told
    code, told = ivr("simulate", "queue", "--replay", DAY, "--config", config, "--talk-cv", 1, "--calls", 9)
    assert code == 2 and told.startswith("✗ --calls, --talk-cv: a recorded day has its own callers")


def test_skills_asked_for_on_a_recorded_day_are_asked_for_again(config: Path, tmp_path: Path) -> None:
    """Boris has them; Anna, who may take companies now, has not."""
    store(config, of_two_queues((Need("billing", 5),)))
    agents = tmp_path / "agents" / "operators.yaml"
    agents.write_text(ROSTER.replace('"101", queues: [persons]', '"101", queues: [persons, companies]'))
    other = tmp_path / "other.yaml"
    waits = []
    for seconds in (3600, 20):
        other.write_text(f"queue: {{skills_for_s: {seconds}}}\n")
        code, told = ivr("queue", "replay", DAY, "--json", "--config", config, "--rules", other)
        assert code == 0, told
        waits.append(json.loads(told)["companies_replayed_wait_s"])
    assert waits[0] > 2 * waits[1]


def test_a_day_without_callers_is_not_replayed(config: Path) -> None:
    code, told = ivr("queue", "replay", DAY, "--config", config)
    assert code == 2 and "nobody waited on that day" in told


def test_callbacks_are_listed_and_taken_back(config: Path) -> None:
    now = datetime.now().timestamp()
    store(config, [], Callback("centre-1.1", "+79991234567", "persons", "readings", now - 9000, now - 9000, now - 9000))
    code, told = ivr("queue", "callbacks", "--config", config)
    assert code == 0 and "+79991234567" in told and "waiting late" in told
    assert ivr("queue", "withdraw", "+79991234567", "--config", config) == (0, "")
    code, told = ivr("queue", "callbacks", "--waiting", "--config", config)
    assert code == 0 and "+79991234567" not in told
    code, told = ivr("queue", "withdraw", "+79991234567", "--config", config)
    assert code == 1 and "no callback" in told


def test_a_storm_is_switched_on_and_off(config: Path) -> None:
    assert ivr("queue", "storm", "show", "--config", config) == (0, "no storm\n")
    on = ivr("queue", "storm", "on", "Авария  в сети.", "--hours", 2, "--config", config)
    assert on == (0, "told to everybody for 2 h\n")
    code, told = ivr("queue", "storm", "show", "--config", config)
    assert code == 0 and told.startswith("everywhere, until ") and told.endswith(": Авария в сети.\n")
    code, told = ivr("queue", "storm", "on", "А" * 301, "--config", config)
    assert code == 2 and "1 to 300 letters" in told
    assert ivr("queue", "storm", "off", "--config", config) == (0, "")
    code, told = ivr("queue", "storm", "off", "--config", config)
    assert code == 1 and "no storm" in told


def test_a_storm_is_of_districts_that_accounts_are_of(config: Path) -> None:
    code, told = ivr("queue", "storm", "on", "Авария.", "--district", "Северный", "--config", config)
    assert code == 2 and "there are: none at all" in told
    asyncio.run(fill(load(config)))
    on = ("queue", "storm", "on", "Авария.", "--district")
    code, told = ivr(*on, "Марсианский", "--config", config)
    assert code == 2 and "no account is of Марсианский; there are: " in told
    north, south = (name.strip() for name in told.partition("there are: ")[2].split(",")[:2])
    assert ivr(*on, north.upper(), "--district", south, "--config", config)[0] == 0
    code, told = ivr("queue", "storm", "show", "--config", config)
    assert [line.split(",")[0] for line in told.splitlines()] == [north, south]
    assert ivr("queue", "storm", "off", "--district", north, "--config", config) == (0, "")
    code, told = ivr("queue", "storm", "off", "--district", north, "--config", config)
    assert code == 1 and told == f"✗ there is no storm of {north}; storms rage: {south}\n"
    assert ivr("queue", "storm", "off", "--district", "Марсианский", "--config", config)[0] == 2
    assert ivr("queue", "storm", "show", "--config", config)[1].startswith(south)


async def fill(centre: Centre) -> None:
    database = Database(centre.database_url, 10.0)
    await load_sample(database, datetime(2026, 3, 2, tzinfo=UTC), UTC)
    await database.close()
