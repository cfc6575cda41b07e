"""Accounts from billing, each with a copy in the centre's own tables.

What billing tells is put into the tables first and read from there, so that registers have one identity whoever the
source is, a reading taken a moment ago is in the history at once, and there is something to go by while billing is
down: then the copy is given, marked `stale` and without what changes from day to day.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo

import structlog

from ivr.adapters.billing import fields
from ivr.adapters.billing.http import BillingDown, BillingHttp
from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.customers import MOST_ACCOUNTS, SqlCustomers
from ivr.adapters.db.engine import Database
from ivr.adapters.phone_numbers import e164
from ivr.domain.customer import Account
from ivr.domain.customer_row import CustomerRow

log = structlog.get_logger()


class BillingCustomers:
    """Implements Customers. `clock` gives aware UTC times; `zone` is the supplier's."""

    def __init__(self, billing: BillingHttp, database: Database, clock: Callable[[], datetime], zone: tzinfo) -> None:
        self._billing = billing
        self._database = database
        self._copies = SqlCustomers(database)
        self._clock = clock
        self._zone = zone
        self._fetched: OrderedDict[str, datetime] = OrderedDict()

    async def account(self, number: str) -> Account | None:
        if self._fresh(number):
            return await self._copies.account(number)
        try:
            document = await self._billing.account(number)
            if document is None:
                return None
            rows = self._rows(document, number)
        except BillingDown as error:
            copy = await self._copies.account(number)
            if copy is None:
                raise
            log.warning("stale_account_given", error=str(error))
            return replace(copy, balance=None, tariff=None, phones=(), stale=True)
        today = self._clock().astimezone(self._zone).date()
        store = SqlCustomerImport(self._database, fields.COLUMNS_GIVEN, today, self._zone, channel="billing")
        mistakes = await store.put(rows)
        if mistakes:
            log.error("billing_account_in_part", columns=sorted({mistake.column for mistake in mistakes}))
        else:
            await store.remove_missing(frozenset())
        self._remember(number)
        return await self._copies.account(number)

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        number = e164(phone)
        if number is None:
            return ()
        try:
            reply = await self._billing.accounts_of(number)
            try:
                return fields.numbers(reply, self._billing.mapping)[:MOST_ACCOUNTS]
            except fields.Garbled as error:
                raise BillingDown(str(error)) from error
        except BillingDown as error:
            log.warning("stale_telephones_used", error=str(error))
            return await self._copies.by_phone(number)

    def _rows(self, document: object, number: str) -> list[CustomerRow]:
        try:
            return fields.rows(document, self._billing.mapping, number)
        except fields.Garbled as error:
            log.error("billing_garbled", what=str(error))
            raise BillingDown(str(error)) from error

    def _fresh(self, number: str) -> bool:
        at = self._fetched.get(number)
        return at is not None and (self._clock() - at).total_seconds() < self._billing.settings.cache_s

    def _remember(self, number: str) -> None:
        self._fetched[number] = self._clock()
        self._fetched.move_to_end(number)
        while len(self._fetched) > self._billing.settings.cache_size:
            self._fetched.popitem(last=False)
