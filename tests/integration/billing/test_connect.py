from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.adapters.db.engine import Database
from ivr.billing import Connector, connect
from ivr.config import Centre, Secrets
from ivr.domain.errors import ConfigurationError
from tests.integration.billing.conftest import Billing, Clock

Make = Callable[[dict[str, Any]], Connector | None]


@pytest.fixture
def make(database: Database, clock: Clock, tmp_path: Path) -> Make:
    keys = Secrets(ami_secret="x" * 16, operator_secret="y" * 16, billing_token="known")

    def build(billing: dict[str, Any]) -> Connector | None:
        centre = Centre.model_validate({"billing": billing, "home": tmp_path})
        return connect(centre, keys, database, clock, ZoneInfo("Europe/Moscow"))

    return build


async def test_the_connector_is_what_the_configuration_says(make: Make, billing: Billing) -> None:
    connector = make({"url": billing.url + "/", "retries": 0, "mapping": {"customer": "address"}})
    assert connector is not None
    account = await connector.customers.account("1000000001")
    assert account is not None and account.customer == account.address
    assert await connector.delivery.deliver() == 0
    assert billing.tokens == {"Bearer known"}
    await connector.http.close()


def test_without_an_address_there_is_none(make: Make) -> None:
    assert make({}) is None


def test_a_field_that_is_none_is_told(make: Make) -> None:
    with pytest.raises(ConfigurationError, match=r"'dept' is no field; .* debt"):
        make({"url": "http://127.0.0.1:1", "mapping": {"dept": "x"}})
