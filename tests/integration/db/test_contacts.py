"""Contacts, the append-only audit, locks and recorded news, on both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.announcements import SqlAnnouncements
from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.contacts import SqlContacts
from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import audit
from ivr.adapters.db.tallies import SqlTallies
from ivr.adapters.files.spool import FileSpool
from ivr.domain.call import Audit, CallId, Contact, Record, Result
from ivr.domain.errors import StoreUnavailable
from ivr.domain.identity import IdentityRules, Judged
from ivr.service.announcements import Announcement
from ivr.service.calllog import DurableCallLog
from ivr.service.identity import Tallies, TalliesInMemory

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
BEGUN = Contact(CallId("c.1"), 1, "+79990000001", "", "readings", AT, AT)
ENDED = replace(
    BEGUN, account="1", identified_at=LATER, settled_at=LATER, ended_at=LATER, result=Result.DONE, detail="accepted"
)
LOOK = Audit("a1", AT, "c.1", "caller", "balance", "1000000001", "told")


class TestContacts:
    async def test_a_matter_keeps_the_furthest_it_came(self, database: Database) -> None:
        calls, contacts = SqlCallLog(database), SqlContacts(database)
        records: list[Record] = [BEGUN, ENDED, BEGUN]
        await calls.write(records)
        await calls.write([BEGUN])
        assert await contacts.find() == [ENDED]

    async def test_they_are_found_by_number_topic_and_time_and_counted(self, database: Database) -> None:
        calls, contacts = SqlCallLog(database), SqlContacts(database)
        other = replace(ENDED, call_id=CallId("c.2"), caller="", account="2", topic="balance", began_at=LATER)
        third = replace(other, number=2, began_at=LATER + timedelta(seconds=1), result=Result.OPERATOR)
        await calls.write([ENDED, other, third])
        assert await contacts.find() == [third, other, ENDED]
        assert await contacts.find(number="1") == [ENDED] == await contacts.find(number="+79990000001")
        assert await contacts.find(topic="balance", limit=1) == [third]
        assert await contacts.find(topic="readings", since=LATER) == []
        counted = {("readings", Result.DONE): 1, ("balance", Result.DONE): 1, ("balance", Result.OPERATOR): 1}
        assert await contacts.report(AT) == counted

    async def test_what_the_database_did_not_take_comes_back_from_the_spool(
        self, database: Database, tmp_path: Path
    ) -> None:
        class Away(SqlCallLog):
            away = True

            async def write(self, records: object) -> None:
                if self.away:
                    raise StoreUnavailable("away")
                await super().write(records)  # type: ignore[arg-type]

        store = Away(database)
        calls = DurableCallLog(store, FileSpool(tmp_path / "spool", lambda: AT))
        await calls.write([ENDED, LOOK])
        store.away = False
        assert await calls.replay() == 2
        contacts = SqlContacts(database)
        assert await contacts.find() == [ENDED] and await contacts.looks() == [LOOK]


class TestAudit:
    async def test_a_look_is_written_once_and_found(self, database: Database) -> None:
        calls, contacts = SqlCallLog(database), SqlContacts(database)
        later = replace(LOOK, id="a2", at=LATER, subject="2")
        await calls.write([LOOK, later])
        await calls.write([LOOK])
        assert await contacts.looks() == [later, LOOK]
        assert await contacts.looks(subject="1000000001") == [LOOK]
        assert await contacts.looks(since=LATER) == [later]

    @pytest.mark.parametrize("change", [update(audit).values(result="nothing"), delete(audit)])
    async def test_nobody_changes_or_removes_one(self, database: Database, change: object) -> None:
        await SqlCallLog(database).write([LOOK])

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(change)  # type: ignore[call-overload]

        with pytest.raises(StoreUnavailable):
            await database.write(work)
        assert await SqlContacts(database).looks() == [LOOK]


RULES = IdentityRules()


class TestTalliesInMemory:
    """What tallies promise; the database's are held to the same below."""

    @pytest.fixture
    def tallies(self) -> Tallies:
        return TalliesInMemory()

    async def test_five_failures_lock_every_subject_of_theirs(self, tallies: Tallies) -> None:
        both = ["caller:+79990000001", "account:1"]
        told = [await tallies.judge(both, False, AT, RULES) for _ in range(6)]
        assert [one.allowed for one in told] == [True] * 5 + [False]
        assert [one.locked for one in told] == [False] * 4 + [True] * 2
        assert await tallies.locked(["account:1"], LATER) and await tallies.locked(["account:2", both[0]], LATER)
        assert not (await tallies.judge(["account:2", "account:1"], True, LATER, RULES)).allowed
        assert not await tallies.locked(["account:2"], LATER)
        assert not await tallies.locked(both, AT + RULES.lock)
        assert (await tallies.judge(both, False, AT + RULES.lock, RULES)).allowed

    async def test_right_ones_count_for_nothing_and_forgive_nothing(self, tallies: Tallies) -> None:
        for right in (True, False, True, False, True, False, True, False, True):
            assert await tallies.judge(["account:1"], right, AT, RULES) == Judged(allowed=True, locked=False)
        assert await tallies.judge(["account:1"], False, AT, RULES) == Judged(allowed=True, locked=True)


class TestSqlTallies(TestTalliesInMemory):
    @pytest.fixture
    def tallies(self, database: Database) -> Tallies:  # type: ignore[override]
        return SqlTallies(database)


async def test_of_tries_at_the_same_moment_none_is_free(database: Database) -> None:
    tallies = SqlTallies(database)
    subjects = [["account:1", f"caller:{number}"] for number in range(12)]
    told = await asyncio.gather(*(tallies.judge(pair, False, AT, RULES) for pair in subjects))
    assert sum(one.allowed for one in told) == RULES.most_failures


async def test_a_lock_survives_the_engine(url: str) -> None:
    for engine in range(2):
        database = Database(url, 10.0)
        tallies = SqlTallies(database)
        for _ in range(5):
            assert (await tallies.judge(["account:1"], False, AT, RULES)).allowed == (engine == 0)
        await database.close()


class TestAnnouncements:
    async def test_news_are_in_force_between_their_days_unless_taken_back(self, database: Database) -> None:
        store = SqlAnnouncements(database)
        one = Announcement("news-1.wav", AT, AT, LATER, author="news")
        number = await store.publish(one)
        assert await store.publish(one) == number
        lasting = await store.publish(Announcement("news-2.wav", AT, LATER, title="Своё"))
        assert [news.sound for news in await store.current(AT)] == ["news-1.wav"]
        assert [news.sound for news in await store.standing(AT)] == ["news-2.wav", "news-1.wav"]
        assert await store.current(LATER) == [Announcement("news-2.wav", AT, LATER, title="Своё", id=lasting)]
        assert await store.withdraw(lasting) and not await store.withdraw(lasting)
        assert await store.current(LATER) == []
