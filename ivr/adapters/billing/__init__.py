"""The supplier's billing system over HTTP: the source of accounts, the taker of readings. `docs/billing.md`."""

from ivr.adapters.billing.customers import BillingCustomers
from ivr.adapters.billing.http import BillingHttp, BillingSettings

__all__ = ["BillingCustomers", "BillingHttp", "BillingSettings"]
