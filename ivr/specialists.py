"""Specialists outside the centre, as config.yaml lists them: only these numbers are ever dialled out of a talk."""

from collections.abc import Collection, Mapping
from typing import Annotated

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from ivr.adapters.phone_numbers import e164
from ivr.domain.errors import ConfigurationError
from ivr.domain.talk.specialists import Specialist, SpecialistId

SpecialistName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
COSTLY = frozenset({phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST})
"""Kinds of numbers at which a call earns somebody money: what toll fraud rings."""


class SpecialistSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(description="His telephone, as +7…; the only one that is rung for him.")
    name: str = Field(
        min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$", description="As people are shown it."
    )
    short: str = Field(
        "",
        pattern=r"^([1-9]\d{2,3})?$",
        description="What operators key for him; left out: he is reached by API alone.",
    )

    @field_validator("number")
    @classmethod
    def _is_a_telephone(cls, text: str) -> str:
        number = e164(text)
        if number is None:
            raise ValueError("no telephone number; write it as +74951234567")
        if phonenumbers.number_type(phonenumbers.parse(number)) in COSTLY:
            raise ValueError("a number that callers pay extra for is never dialled")
        return number


def listed(given: Mapping[str, SpecialistSettings], extensions: Collection[str]) -> tuple[Specialist, ...]:
    """Raises ConfigurationError when a short number is somebody else's too: another specialist's, or an operator's."""
    found, taken, wrong = list[Specialist](), dict.fromkeys(extensions, "an operator's extension"), list[str]()
    for name, one in given.items():
        if one.short in taken:
            wrong.append(f"specialists.{name}.short: {one.short} is {taken[one.short]} already")
        elif one.short:
            taken[one.short] = f"that of {name}"
        found.append(Specialist(SpecialistId(name), one.name, one.number, one.short))
    if wrong:
        raise ConfigurationError(wrong)
    return tuple(found)
