"""A session as JSON and back."""

import json
from typing import Any

from ivr.dialogue.model import Session


def session_to_json(session: Session) -> str:
    """The session in one line of JSON."""
    return json.dumps(
        {
            "flow": session.flow,
            "version": session.version,
            "node": session.node,
            "facts": dict(session.facts),
            "state": dict(session.state),
            "path": list(session.path),
            "steps": session.steps,
            "wanted": session.wanted,
        },
        ensure_ascii=False,
    )


def session_from_json(text: str) -> Session:
    """The session that `session_to_json` wrote. Raises ValueError when it is none."""
    try:
        raw: dict[str, Any] = json.loads(text)
        return Session(
            flow=raw["flow"],
            version=raw["version"],
            node=raw["node"],
            facts=raw["facts"],
            state=raw["state"],
            path=tuple(raw["path"]),
            steps=raw["steps"],
            wanted=raw["wanted"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a session: {error!r}") from error
