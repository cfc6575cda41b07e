"""What a supplier can tell besides an account's own figures: planned outages, offices, requests and their fate."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ivr.domain.hours import Week


@dataclass(frozen=True, slots=True)
class Outage:
    """A planned outage, from `starts_at` up to `ends_at` (UTC). `text` is spoken: what is done and why.

    It is of every address when both places are empty, of a whole `district` when `address` is, and otherwise of the
    addresses that begin with `address` (a town, a street, a house).
    """

    id: int
    district: str
    address: str
    starts_at: datetime
    ends_at: datetime
    text: str = ""

    def affects(self, district: str, address: str) -> bool:
        """Whether an address is without power. Case, spaces, commas and ё do not matter; «дом 1» is not «дом 10»."""
        if self.district and place_words(self.district) != place_words(district):
            return False
        own = place_words(self.address)
        return place_words(address)[: len(own)] == own


@dataclass(frozen=True, slots=True)
class Office:
    """Where customers are received. `district` is empty for an office that serves everybody."""

    name: str
    address: str
    district: str
    week: Week


class RequestStatus(StrEnum):
    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """What somebody asked for, and what became of it.

    number:  what the caller keys in; empty: the store gives one. account: empty when it is not known whose it is.
    topic:   what it is about; result: what was answered, as it is spoken. due_on: promised by this day.
    """

    account: str
    topic: str
    status: RequestStatus
    opened_at: datetime
    number: str = ""
    result: str = ""
    due_on: date | None = None
    caller: str = ""
    call_id: str = ""


def place_words(text: str) -> list[str]:
    """What tells one place from another: neither case, nor spaces and commas, nor ё."""
    return re.findall(r"[\w/-]+", text.casefold().replace("ё", "е"))
