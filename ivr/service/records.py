"""Records of calls as lines of JSON, for the spool. Raises ValueError for a line that is none."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ivr.domain.call import Audit, Began, Call, CallId, Contact, Ended, Outcome, Record, Result, Step, Stepped


def encode(record: Record) -> str:
    """One line, without its end."""
    match record:
        case Began(call):
            return _line({"kind": "began", "call": asdict(call)})
        case Stepped(call_id, step):
            return _line({"kind": "stepped", "call_id": call_id, "step": asdict(step)})
        case Ended(call):
            return _line({"kind": "ended", "call": asdict(call)})
        case Contact():
            return _line({"kind": "contact", "contact": asdict(record)})
        case Audit():
            return _line({"kind": "audit", "audit": asdict(record)})


def decode(line: str) -> Record:
    try:
        given = json.loads(line)
        match given["kind"]:
            case "began":
                return Began(_call(given["call"]))
            case "stepped":
                step = given["step"]
                return Stepped(CallId(given["call_id"]), Step(**{**step, "at": _moment(step["at"])}))
            case "ended":
                return Ended(_call(given["call"]))
            case "contact":
                return _contact(given["contact"])
            case "audit":
                return Audit(**{**given["audit"], "at": _moment(given["audit"]["at"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a record: {type(error).__name__}") from error
    raise ValueError("not a record: unknown kind")


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, default=datetime.isoformat, separators=(",", ":"))


def _call(values: dict[str, Any]) -> Call:
    ended_at = values["ended_at"]
    times = {"answered_at": _moment(values["answered_at"]), "ended_at": _moment(ended_at) if ended_at else None}
    return Call(**{**values, **times, "outcome": Outcome(values["outcome"])})


def _contact(values: dict[str, Any]) -> Contact:
    began = {name: _moment(values[name]) for name in ("answered_at", "began_at")}
    later = {name: values[name] and _moment(values[name]) for name in ("identified_at", "settled_at", "ended_at")}
    own = {"call_id": CallId(values["call_id"]), "result": Result(values["result"])}
    return Contact(**{**values, **began, **later, **own})


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("not a record: a time without a zone")
    return moment
