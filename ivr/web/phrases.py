"""Kept phrases on the web port: supervisors list them, listen, and write down what was said. `docs/api.md`."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from aiohttp import web
from pydantic import Field

from ivr.domain.acd.model import OperatorId
from ivr.service.evaluating import NOTHING
from ivr.service.phrases import KeptPhrase, PhraseDesk, UnknownPhrase
from ivr.service.queue.targets import Refused
from ivr.web.requests import OPERATOR, Asked, body

MOST = 50
"""Shown at once: whatever is shown is a line of the audit."""

T = TypeVar("T")


class LabelAsked(Asked):
    """What was said, in words; `number`: its digits. `silent`: nobody spoke."""

    said: str = Field("", max_length=500)
    number: str = Field("", pattern="^[0-9]{0,20}$")
    silent: bool = False


class PhraseWork(Protocol):
    async def __call__(self, actor: OperatorId, work: Callable[[PhraseDesk], T]) -> T:
        """What `work` does at the desk, in a thread, once the audit has it. Raises StoreUnavailable, UnknownPhrase."""


class Phrases:
    """`may`: who is a supervisor."""

    def __init__(self, may: Callable[[OperatorId], bool], work: PhraseWork) -> None:
        self._may = may
        self._work = work

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/phrases", self._guarded(self._listed)),
            web.get("/phrases/{file}/sound", self._guarded(self._sound)),
            web.post("/phrases/{file}", self._guarded(self._label)),
            web.delete("/phrases/{file}", self._guarded(self._delete)),
        ]

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            if not self._may(request[OPERATOR]):
                raise Refused("not_allowed")
            try:
                return await handler(request)
            except UnknownPhrase:
                raise Refused("unknown") from None

        return guarded

    async def _listed(self, request: web.Request) -> web.Response:
        everything = request.query.get("all") == "1"
        found = await self._work(request[OPERATOR], lambda desk: desk.listed(not everything, MOST))
        return web.json_response({"phrases": [_shown(phrase) for phrase in reversed(found)]})

    async def _sound(self, request: web.Request) -> web.Response:
        file = request.match_info["file"]
        sound = await self._work(request[OPERATOR], lambda desk: desk.sound(file))
        return web.Response(body=sound, content_type="audio/wav")

    async def _label(self, request: web.Request) -> web.Response:
        asked, file = await body(request, LabelAsked), request.match_info["file"]
        said, number = (NOTHING, "") if asked.silent else (" ".join(asked.said.split()), asked.number)
        kept = await self._work(request[OPERATOR], lambda desk: desk.label(file, said, number))
        return web.json_response(_shown(kept))

    async def _delete(self, request: web.Request) -> web.Response:
        file = request.match_info["file"]
        await self._work(request[OPERATOR], lambda desk: desk.delete(file))
        return web.json_response({})


def _shown(phrase: KeptPhrase) -> dict[str, object]:
    return {
        "file": phrase.file,
        "at": phrase.at.isoformat(),
        "question": phrase.question,
        "node": phrase.node,
        "heard": phrase.heard,
        "understood": phrase.understood,
        "why": phrase.why,
        "said": "" if phrase.said == NOTHING else phrase.said,
        "number": phrase.number,
        "silent": phrase.said == NOTHING,
    }
