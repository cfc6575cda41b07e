"""What the acceptance tests of readings share."""

from ivr.simulate.city.people import Leg
from tests.acceptance.harness import CentreUnderTest


def last_reading(centre: CentreUnderTest, account: str, register: int = 1) -> int:
    rows = centre.rows(
        """SELECT r.id, (SELECT value FROM readings WHERE register_id = r.id AND replaced_by IS NULL
                         ORDER BY taken_at DESC LIMIT 1) AS value
           FROM registers r JOIN meters m ON m.id = r.meter_id JOIN accounts a ON a.id = m.account_id
           WHERE a.number = ? ORDER BY r.id""",
        account,
    )
    return int(rows[register - 1]["value"])


def of_call(centre: CentreUnderTest, call_id: str) -> list[int]:
    return [row["value"] for row in centre.rows("SELECT value FROM readings WHERE call_id = ? ORDER BY id", call_id)]


def call_id_of(centre: CentreUnderTest, caller: str) -> str:
    return str(centre.call_of(caller)["id"])


async def to_account(leg: Leg, account: str) -> None:
    await leg.hears("main_menu")
    await leg.press("1")
    await leg.hears("account_ask")
    await leg.press_quickly(account)
    await leg.wait(1.0)
    await leg.press("1")  # the account was read back
    await leg.hears("proof_ask")
    await leg.press(account[-1] * 4)
