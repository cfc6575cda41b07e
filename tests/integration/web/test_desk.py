"""The API of operators over HTTP, with the real queue behind it: how it answers, and how it refuses."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from ivr.domain.call import Call
from ivr.service.queue.cards import Cards
from ivr.service.queue.supervision import Supervision
from ivr.web.desk import Desk, make_desk
from ivr.web.pages import Status, make_app
from tests.unit.service.queue.stage import ANNA, BORIS
from tests.unit.service.queue.talk_room import Room

TOKENS = {"token-anna": ANNA, "token-boris": BORIS}


class NobodyAbusive:
    async def before(self, number: str) -> int:
        return 0

    async def latest(self) -> list[Call]:
        return []


async def status() -> Status:
    raise AssertionError("the board is not asked")


def strict(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")


class Programme:
    """Anna's programme, and the room that it works in."""

    def __init__(self, room: Room, server: TestServer, session: ClientSession) -> None:
        self.room = room
        self._server, self._session = server, session

    async def asks(
        self, method: str, path: str, body: Any = None, token: str = "Bearer token-anna"
    ) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = self._server.make_url(f"/api/{path}")
        async with self._session.request(method, url, data=data, headers={"Authorization": token}) as answer:
            assert answer.content_type == "application/json"
            return answer.status, json.loads(await answer.text(), parse_constant=strict)

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        return await self.asks("POST", path, body)

    async def refused(self, path: str, **body: Any) -> tuple[int, str]:
        code, answer = await self.post(path, **body)
        return code, answer["error"]


@pytest.fixture
async def programme() -> AsyncIterator[Programme]:
    room = Room(wrap_up_s=300)
    supervision = Supervision(
        room.talks, [ANNA, BORIS], [BORIS], room.audits.append, lambda: datetime(2026, 11, 2, tzinfo=UTC)
    )
    desk = Desk(
        TOKENS.get,
        room.line.operators.get,
        room.duty,
        room.desk,
        supervision,
        Cards(None, lambda call_id: None),  # type: ignore[arg-type] # nobody is given to the operators here
        NobodyAbusive(),
    )
    server = TestServer(make_app(status, CollectorRegistry(), make_desk(desk)))
    async with server, ClientSession() as session:
        yield Programme(room, server, session)


async def test_a_state_without_an_end_has_none_in_json(programme: Programme) -> None:
    programme.room.duty.device(ANNA, True, False)
    code, shown = await programme.post("desk/state", state="ready")
    assert (code, shown["state"], shown["until"]) == (200, "ready", None)
    code, shown = await programme.asks("GET", "desk")
    assert (code, shown["until"]) == (200, None)
    code, shown = await programme.post("desk/state", state="pause", reason="lunch")
    assert (code, shown["until"]) == (200, programme.room.now + 3600)


async def test_nobody_is_ready_without_his_telephone(programme: Programme) -> None:
    duty = programme.room.duty
    assert await programme.refused("desk/state", state="ready") == (409, "no_phone")
    assert await programme.refused("operators/101/state", state="ready") == (403, "not_allowed")
    chief = await programme.asks("POST", "operators/101/state", {"state": "ready"}, "Bearer token-boris")
    assert chief == (409, {"error": "no_phone"})
    assert not programme.room.line.operators
    duty.device(ANNA, True, False)
    duty.log_out(ANNA)
    assert (await programme.post("desk/state", state="ready"))[1]["state"] == "ready"
    duty.device(ANNA, False, False)
    assert await programme.refused("desk/state", state="ready") == (409, "no_phone")


async def test_what_a_state_does_not_allow_is_refused_and_changes_nothing(programme: Programme) -> None:
    room = programme.room
    assert await programme.refused("desk/state", state="pause", reason="lunch") == (409, "not_now")
    assert not room.remembered
    await room.talk()
    for do in ("extend", "end"):
        assert await programme.refused("desk/wrap-up", do=do) == (409, "not_now")
    room.line.leg_ended(room.last.offer, True)
    code, before = await programme.asks("GET", "desk")
    assert (code, before["state"]) == (200, "wrap_up")
    assert (await programme.post("desk/wrap-up", do="extend"))[1]["until"] == before["until"] + 60
    assert (await programme.post("desk/wrap-up", do="extend"))[1]["until"] == before["until"] + 120  # the most there is
    assert await programme.refused("desk/wrap-up", do="extend") == (409, "not_now")
    assert (await programme.post("desk/wrap-up", do="end"))[1]["state"] == "ready"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("desk/state", {"state": "ready", "reason": "lunch"}),
        ("desk/transfer", {}),
        ("desk/transfer", {"operator": "102", "queue": "companies"}),
        ("desk/transfer", {"queue": "companies", "ask": True}),
        ("desk/talk", {"do": "dance"}),
    ],
)
async def test_a_body_that_asks_for_nothing_sensible_is_invalid(
    programme: Programme, path: str, body: dict[str, Any]
) -> None:
    programme.room.duty.device(ANNA, True, False)
    code, answer = await programme.post(path, **body)
    assert (code, answer["error"]) == (422, "invalid") and answer["wrong"]


async def test_goals_that_are_not_there_are_unknown(programme: Programme) -> None:
    await programme.room.talk()
    assert await programme.refused("desk/transfer", queue="nosuch") == (404, "unknown")


async def test_every_fault_is_json(programme: Programme) -> None:
    assert await programme.asks("GET", "nosuch") == (404, {"error": "not_found"})
    assert await programme.asks("DELETE", "desk") == (405, {"error": "method"})
    large = b'{"state": "out"' + b" " * 4096 + b"}"
    assert await programme.asks("POST", "desk/state", large) == (413, {"error": "too_large"})
    assert (await programme.asks("POST", "desk/state", b"{"))[0] == 422


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("bearer token-anna", 200),
        ("BEARER  token-anna", 200),
        ("Basic token-anna", 401),
        ("Bearer тайна", 401),
        ("", 401),
    ],
)
async def test_the_scheme_is_known_in_letters_of_any_case(programme: Programme, token: str, code: int) -> None:
    assert (await programme.asks("GET", "desk", token=token))[0] == code
