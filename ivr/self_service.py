"""Wires what callers serve themselves with: identity, readings, facts, news. Used by the engine alone."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from ivr.adapters import pin
from ivr.adapters.db.announcements import SqlAnnouncements
from ivr.adapters.db.customers import SqlNews
from ivr.adapters.db.engine import Database
from ivr.adapters.db.supply import SqlServiceRequests, SqlSupply
from ivr.adapters.db.tallies import SqlTallies
from ivr.adapters.files.announcements import AnnouncementFolder
from ivr.config import Centre, Secrets
from ivr.domain.call import Audit
from ivr.domain.identity import IdentityRules, Proof
from ivr.domain.readings import ReadingRules
from ivr.places import Places
from ivr.service.announcements import NewsDesk
from ivr.service.identity import Identity
from ivr.service.ports import Customers, Readings
from ivr.service.selfservice import SelfService, Timetable
from ivr.service.told import Told


def identity_rules(centre: Centre) -> IdentityRules:
    own = centre.identity
    return IdentityRules(
        proofs=tuple(Proof(name) for name in own.proofs),
        most_failures=own.most_failures,
        within=timedelta(minutes=own.within_minutes),
        lock=timedelta(minutes=own.lock_minutes),
        most_offers=own.most_offers,
    )


def reading_rules(centre: Centre, zone: tzinfo) -> ReadingRules:
    own = centre.readings
    return ReadingRules(
        window=own.window,
        deviations=own.deviations,
        floor_kwh_day=own.floor_kwh_day,
        unknown_kwh_day=own.unknown_kwh_day,
        rollover_from=own.rollover_from,
        zone=zone,
    )


def self_service(
    centre: Centre,
    secrets: Secrets,
    database: Database,
    sources: tuple[Customers, Readings],
    audit: Callable[[Audit], None],
    timetable: Timetable,
    clock: Callable[[], datetime],
    zone: tzinfo,
) -> SelfService:
    """`sources` are where accounts come from and readings go: the database's own, or billing's."""
    customers, readings = sources
    rules, tallies, announcements = identity_rules(centre), SqlTallies(database), SqlAnnouncements(database)
    identity = Identity(customers, tallies, audit, rules, clock)
    folder = AnnouncementFolder(Places.of(centre).announcements)
    folder.sweep()
    verify = pin.verifier(secrets.news_pin_hash.get_secret_value())
    told = Told(customers, SqlSupply(database), SqlServiceRequests(database), identity, clock, zone)
    return SelfService(
        customers,
        readings,
        SqlNews(database),
        timetable,
        reading_rules(centre, zone),
        clock,
        zone,
        identity=identity,
        more={"tell": told.tell},
        desk=NewsDesk(announcements, folder, verify, tallies, audit, rules, clock, zone),
        recorded=announcements,
    )
