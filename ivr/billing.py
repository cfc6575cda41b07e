"""The billing connector as config.yaml wants it: what the wiring needs of it, in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ivr.adapters.billing import BillingCustomers, BillingHttp, BillingSettings
from ivr.adapters.billing.fields import DEFAULTS
from ivr.adapters.db.engine import Database
from ivr.adapters.db.reading_outbox import SqlOutbox
from ivr.config import Centre, Secrets
from ivr.domain.errors import ConfigurationError
from ivr.service.readings_delivery import ReadingDelivery


@dataclass(frozen=True, slots=True)
class Connector:
    """`delivery.run()` is a part of the engine; `http.close()` belongs to its end."""

    http: BillingHttp
    customers: BillingCustomers
    delivery: ReadingDelivery


def mistakes(centre: Centre) -> list[str]:
    """What is wrong in the section `billing`, besides what its model finds."""
    remedy = f"the names are {', '.join(DEFAULTS)}"
    unknown = sorted(centre.billing.mapping.keys() - DEFAULTS.keys())
    return [f"billing.mapping: '{name}' is no field; {remedy}" for name in unknown]


def connect(
    centre: Centre, secrets: Secrets, database: Database, clock: Callable[[], datetime], zone: tzinfo
) -> Connector | None:
    """The connector; None where config.yaml names no billing. Raises ConfigurationError."""
    given = centre.billing
    if wrong := mistakes(centre):
        raise ConfigurationError(wrong)
    if not given.url:
        return None
    http = BillingHttp(BillingSettings(token=secrets.billing_token.get_secret_value(), **given.model_dump()))
    return Connector(
        http,
        BillingCustomers(http, database, clock, zone),
        ReadingDelivery(SqlOutbox(database, zone, clock), http, clock),
    )
