"""Requests of the API: who asks, what is asked, and how it is answered when it cannot be done."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from ivr.domain.acd.model import OperatorId
from ivr.domain.errors import IvrError, LinkDown, StoreUnavailable
from ivr.service.queue.targets import Refused

OPERATOR = web.RequestKey("operator", OperatorId)
STATUS = {
    "no_token": 401,
    "not_allowed": 403,
    "unknown": 404,
    "no_talk": 409,
    "not_now": 409,
    "away": 409,
    "nobody": 409,
    "busy": 409,
    "no_phone": 409,
    "no_trunk": 409,
}
FAULTS = {404: "not_found", 405: "method", 413: "too_large"}
LARGEST = 4096
"""Bytes of a request's body."""

Body = TypeVar("Body", bound=BaseModel)


class Asked(BaseModel):
    """The body of a request: no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def fault(code: str, status: int, **more: object) -> web.Response:
    return web.json_response({"error": code, **more}, status=status)


async def body(request: web.Request, model: type[Body]) -> Body:
    """Raises ValidationError for what is not this JSON."""
    return model.model_validate_json(await request.read())


def answers(whose: Callable[[str], OperatorId | None]) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Middleware: `whose` tells by a token who asks; what cannot be done is told by one word, and a status."""

    @web.middleware
    async def middleware(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")  # RFC 7235: in letters of any case
        operator = whose(token.strip()) if scheme.lower() == "bearer" and token.isascii() else None
        if operator is None:
            return fault("no_token", 401)
        request[OPERATOR] = operator
        try:
            return await handler(request)
        except Refused as refused:
            return fault(refused.code, STATUS[refused.code])
        except ValidationError as error:
            wrong = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()]
            return fault("invalid", 422, wrong=wrong)
        except web.HTTPException as error:
            answer = fault(FAULTS.get(error.status, "http"), error.status)
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
            return answer
        except (LinkDown, StoreUnavailable) as error:
            return fault(error.code, 503)
        except IvrError as error:
            return fault(error.code, 502)

    return middleware
