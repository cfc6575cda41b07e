"""The web port: the board for people, /health and /metrics for machines. No personal data is shown here but
by the API, to who has a token."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


@dataclass(frozen=True, slots=True)
class Status:
    """What the board shows. `calls` maps a flow's node to callers now in it; `today` an outcome to its count;
    `operators` an extension to its operator's state. `waiting`: callers in line; `longest_s`: the longest wait of them.
    `callbacks`: customers to be rung back, None where nobody is; `oldest_s`: since the oldest of those promises.
    `hearing`: callers may answer in words.
    """

    supplier: str
    number: str
    ready: bool
    asterisk: bool
    database: bool
    flow: str
    version: str
    standard: str
    calls: dict[str, int]
    today: dict[str, int]
    waiting: int = 0
    longest_s: int = 0
    callbacks: int | None = None
    oldest_s: int = 0
    operators: dict[str, str] = field(default_factory=dict)
    hearing: bool = False


HERE = Path(__file__).parent
FILES = {
    "/": "board.html",
    "/board.css": "board.css",
    "/board.js": "board.js",
    "/phrases": "phrases.html",
    "/phrases.css": "phrases.css",
    "/phrases.js": "phrases.js",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""Sent with every answer: the page runs our own script only, and nobody may frame or keep it."""


def make_app(
    status: Callable[[], Awaitable[Status]], registry: CollectorRegistry, desk: web.Application | None = None
) -> web.Application:
    """The application. `status` is asked anew for each request; `desk` is the API of operators and supervisors."""

    async def page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / FILES[request.path])

    async def state(request: web.Request) -> web.Response:
        return web.json_response(asdict(await status()))

    async def health(request: web.Request) -> web.Response:
        now = await status()
        body = {"ready": now.ready, "asterisk": now.asterisk, "database": now.database, "version": now.version}
        return web.json_response(body, status=200 if now.ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def harden(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(HEADERS)

    app = web.Application()
    app.on_response_prepare.append(harden)
    for path in FILES:
        app.router.add_get(path, page)
    app.router.add_get("/api/status", state)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    if desk is not None:
        app.add_subapp("/api", desk)
    return app
