"""Offers, proofs and locks, over tallies in memory; tests/integration/db holds the database's to the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.dialogue.model import Fact
from ivr.domain.call import Audit, Call, CallId
from ivr.domain.customer import Account, CustomerKind
from ivr.domain.identity import IdentityRules, Proof
from ivr.service.answers import CannotAnswer
from ivr.service.identity import Identity, TalliesInMemory

PHONE = "+79990000001"
CALL = CallId("c")
ONE = Account("1000000001", "5678", "Имя", CustomerKind.PERSON, "ул. Новая, дом 12, квартира 34", "Север")
TWO = replace(ONE, number="1000000002", contract="9999")


class Customers:
    def __init__(self) -> None:
        self.phones = {PHONE: (ONE.number, TWO.number)}

    async def account(self, number: str) -> Account | None:
        return {account.number: account for account in (ONE, TWO)}.get(number)

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        return self.phones.get(phone, ())


class World:
    def __init__(self, rules: IdentityRules | None = None) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.customers = Customers()
        self.audit: list[Audit] = []
        rules = rules or IdentityRules()
        self.identity = Identity(self.customers, TalliesInMemory(), self.audit.append, rules, lambda: self.now)
        self.ring()

    def ring(self, caller: str = PHONE, call_id: CallId = CALL) -> CallId:
        self.identity.begin(Call(call_id, caller, "1", self.now))
        return call_id

    async def prove(self, given: str, account: str = ONE.number, call_id: CallId = CALL) -> dict[str, Fact]:
        return await self.identity.proof(call_id, {"account": account, "given": given})

    @property
    def seen(self) -> list[tuple[str, str, str]]:
        return [(look.action, look.subject, look.result) for look in self.audit]


@pytest.fixture
def world() -> World:
    return World()


async def test_accounts_of_the_number_are_offered_by_their_ends_alone(world: World) -> None:
    told = await world.identity.offers(CALL, {})
    assert told == {"identity_locked": False, "offers": 2, "offer_1_end": "0001", "offer_2_end": "0002"}
    assert world.seen == [("offered", ONE.number, ""), ("offered", TWO.number, "")]
    found = await world.identity.find(CALL, {"offer": 2})
    assert found == TWO and world.identity.account_of(CALL) == TWO.number
    assert world.seen[-1] == ("identified", TWO.number, "offered")


@pytest.mark.parametrize("caller", ["", "anonymous", "101", "+79990000002"])
async def test_a_hidden_or_unknown_number_is_offered_nothing(world: World, caller: str) -> None:
    world.customers.phones[""] = world.customers.phones["101"] = (ONE.number,)
    assert await world.identity.offers(world.ring(caller), {}) == {"identity_locked": False, "offers": 0}


async def test_too_many_accounts_are_not_offered() -> None:
    world = World(IdentityRules(most_offers=1))
    assert (await world.identity.offers(CALL, {}))["offers"] == 0


async def test_accounts_that_end_alike_are_not_offered(world: World) -> None:
    world.customers.phones[PHONE] = (ONE.number, "99" + ONE.number[2:])
    assert (await world.identity.offers(CALL, {}))["offers"] == 0


@pytest.mark.parametrize("offer", [0, 3, "1", None, True])
async def test_what_was_not_offered_cannot_be_chosen(world: World, offer: Fact) -> None:
    await world.identity.offers(CALL, {})
    with pytest.raises(CannotAnswer, match="bad_request"):
        await world.identity.find(CALL, {"offer": offer})


async def test_a_proof_holds_for_its_call_and_its_account_until_the_call_ends(world: World) -> None:
    assert await world.prove("5678") == {"proven": True, "identity_locked": False}
    assert world.seen == [("proof", ONE.number, "contract right")]
    assert world.identity.proven(CALL, ONE.number)
    assert not world.identity.proven(CALL, TWO.number)
    assert not world.identity.proven(CallId("d"), ONE.number)
    world.identity.forget(CALL)
    assert not world.identity.proven(CALL, ONE.number)


async def test_the_flow_may_ask_for_house_and_flat(world: World) -> None:
    asked: dict[str, Fact] = {"account": ONE.number, "proofs": "house nonsense"}
    assert world.identity.proof_kind(ONE, asked) is Proof.HOUSE
    assert (await world.identity.proof(CALL, {**asked, "given": "1234"}))["proven"] is True


async def test_a_contract_that_is_the_accounts_number_leaves_the_house_or_the_operator(world: World) -> None:
    same = replace(ONE, contract=ONE.number)
    both: dict[str, Fact] = {"proofs": "contract house"}
    assert world.identity.proof_kind(same, both) is Proof.HOUSE
    assert world.identity.proof_kind(same, {"proofs": "contract"}) is None
    assert world.identity.proof_kind(replace(same, address="ул. Мира, д. 1"), both) is None


async def test_without_a_possible_proof_nothing_proves(world: World) -> None:
    told = await world.identity.proof(CALL, {"account": ONE.number, "proofs": "nonsense", "given": "5678"})
    assert told["proven"] is False and world.seen == [("proof", ONE.number, "none wrong")]


async def test_a_proof_of_an_unknown_account_is_no_try(world: World) -> None:
    with pytest.raises(CannotAnswer, match="unknown_account"):
        await world.prove("5678", "9")


async def test_five_failures_of_a_number_lock_it_in_any_call_and_for_any_account(world: World) -> None:
    for number in range(4):
        await world.prove("0000", ONE.number if number % 2 else TWO.number, world.ring(call_id=CallId(str(number))))
    world.ring(call_id=CALL)
    assert await world.identity.find(CALL, {"number": "7"}) is None
    assert world.seen[-1] == ("identified", "", "unknown_account")
    assert await world.identity.locked(CALL) == {"identity_locked": True}
    assert await world.identity.offers(CALL, {}) == {"identity_locked": True}
    assert await world.prove("5678") == {"proven": False, "identity_locked": True}
    assert world.seen[-1] == ("locked", ONE.number, "identity_locked")
    other = world.ring("+79990000002", CallId("other"))
    assert await world.identity.locked(other) is None
    world.now += timedelta(hours=1)
    assert await world.identity.locked(CALL) is None
    assert (await world.prove("5678"))["proven"] is True


async def test_the_fifth_failure_tells_of_the_lock_at_once(world: World) -> None:
    told = [await world.prove("0000") for _ in range(5)]
    assert [answer["identity_locked"] for answer in told] == [False] * 4 + [True]


async def test_five_failures_about_an_account_lock_it_for_every_number(world: World) -> None:
    for number in range(5):
        await world.prove("0000", call_id=world.ring(f"+7999000010{number}", CallId(str(number))))
    other = world.ring("+79990000009", CallId("other"))
    assert (await world.prove("5678", call_id=other))["identity_locked"] is True
    assert await world.identity.locked(other) is None
    assert (await world.prove("9999", TWO.number, other))["proven"] is True


async def test_hidden_numbers_share_one_count_an_account_and_none_else(world: World) -> None:
    world.ring("")
    for _ in range(9):
        assert await world.identity.find(CALL, {"number": "7"}) is None
    for _ in range(5):
        await world.prove("0000")
    assert (await world.prove("5678"))["identity_locked"] is True
    assert await world.identity.locked(CALL) is None
    assert (await world.prove("9999", TWO.number))["proven"] is True


async def test_a_proof_of_ones_own_buys_no_free_tries(world: World) -> None:
    for _ in range(4):
        await world.prove("0000")
        await world.prove("9999", TWO.number)
    assert (await world.prove("0000"))["identity_locked"] is True


async def test_no_audit_holds_what_was_keyed(world: World) -> None:
    await world.prove("4321")
    await world.identity.find(CALL, {"number": "7654321"})
    assert "4321" not in str([look.result for look in world.audit]) + str([look.subject for look in world.audit])
