"""An operator's own programme, as it speaks to the API."""

import asyncio
from typing import Any

import aiohttp

from ivr.adapters.files.roster import api_token
from tests.acceptance.harness import CentreUnderTest


class Programme:
    """An operator's programme, which speaks to the API."""

    def __init__(self, centre: CentreUnderTest, extension: str) -> None:
        token = api_token(centre.secrets.operator_secret.get_secret_value(), extension)
        self._url = f"http://127.0.0.1:{centre.centre.web.port}/api/"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str = "desk") -> tuple[int, dict[str, Any]]:
        async with aiohttp.ClientSession(headers=self._headers) as session, session.get(self._url + path) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **asked: object) -> tuple[int, dict[str, Any]]:
        async with (
            aiohttp.ClientSession(headers=self._headers) as session,
            session.post(self._url + path, json=asked) as answer,
        ):
            return answer.status, await answer.json()


async def set_state(programme: Programme, **asked: str) -> None:
    """Polls: a telephone that has just registered is known a moment later."""
    deadline = asyncio.get_running_loop().time() + 15
    while (answer := await programme.post("desk/state", **asked))[0] != 200:
        assert asyncio.get_running_loop().time() < deadline, answer
        await asyncio.sleep(0.1)
