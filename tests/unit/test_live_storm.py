"""Whose operators are kept for whom in a storm, by roster and configuration."""

import pytest

from ivr.adapters.files.roster import Operator
from ivr.config import StormMode
from ivr.domain.errors import ConfigurationError
from ivr.live_storm import guards

KNOWN = frozenset({"persons", "dispatchers"})


def operator(extension: str, *queues: str) -> Operator:
    return Operator.model_validate({"name": "Анна", "extension": extension, "queues": queues})


def test_who_names_a_protected_queue_guards_it() -> None:
    staff = [operator("101", "persons", "dispatchers"), operator("102", "persons"), operator("103", "fallback")]
    assert guards(StormMode(protect=("dispatchers",)), staff, KNOWN) == {"101": {"dispatchers"}}
    assert guards(StormMode(), staff, KNOWN) == {}


def test_a_queue_that_the_flow_has_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no queue dispatcher; it has dispatchers, persons"):
        guards(StormMode(protect=("dispatcher",)), [], KNOWN)
