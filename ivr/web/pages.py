"""The web port: the board for people, /health and /metrics for machines. No personal data is shown here."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


@dataclass(frozen=True, slots=True)
class Status:
    """What the board shows. `calls` maps a flow's node to callers now in it; `today` an outcome to its count."""

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


BOARD = Path(__file__).with_name("board.html")


def make_app(status: Callable[[], Awaitable[Status]], registry: CollectorRegistry) -> web.Application:
    """The application. `status` is asked anew for each request."""

    async def page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(BOARD)

    async def state(request: web.Request) -> web.Response:
        return web.json_response(asdict(await status()))

    async def health(request: web.Request) -> web.Response:
        now = await status()
        body = {"ready": now.ready, "asterisk": now.asterisk, "database": now.database, "version": now.version}
        return web.json_response(body, status=200 if now.ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/api/status", state)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    return app
