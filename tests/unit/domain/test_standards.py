"""A standard is plain data: nothing is promised that its document does not say."""

from dataclasses import FrozenInstanceError, fields

import pytest

from ivr.domain.standards import Hours, RecordingRule, Standard, Targets


def test_what_a_standard_does_not_say_is_none() -> None:
    standard = Standard("x", "X", "Y", Hours("1"), RecordingRule("2", warned=True))
    assert all(getattr(standard.targets, field.name) is None for field in fields(Targets))
    assert (standard.menu.levels, standard.network, standard.informing) == (None, None, None)


def test_a_standard_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Hours("1").clause = "2"  # type: ignore[misc]
