"""The matters of one call while it lasts: what the caller turned to, and what became of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ivr.domain.call import Call, Contact, Outcome, Result

GENERAL = "general"
"""The topic of a call that came to none."""


@dataclass(slots=True)
class ContactBook:
    """Keeps the matters of one call while it lasts; gives each row whenever it changes."""

    call: Call
    _rows: list[Contact] = field(default_factory=list)
    _account: str = ""
    _identified_at: datetime | None = None

    @property
    def current(self) -> str:
        """The matter that the caller turned to last."""
        return self._rows[-1].topic if self._rows else GENERAL

    @property
    def done(self) -> bool:
        """What the caller turned to last was told or taken."""
        return bool(self._rows) and self._rows[-1].settled_at is not None and self._rows[-1].result is Result.DONE

    @property
    def rows(self) -> tuple[Contact, ...]:
        """All matters so far, the first first."""
        return tuple(self._rows)

    def topic(self, topic: str, at: datetime) -> list[Contact]:
        """The caller turned to `topic`. Turning to the one he is at is nothing new, unless that is settled."""
        now = self._rows[-1] if self._rows else None
        if now is not None and now.topic == topic and now.settled_at is None:
            return []
        done = [self._change(replace(now, ended_at=at, result=_left(now)))] if now else []
        return [*done, self._open(topic, at)]

    def identified(self, account: str, at: datetime) -> list[Contact]:
        """The account is known now, or another is."""
        if account == self._account:
            return []
        self._account, self._identified_at = account, at
        if not self._rows or self._rows[-1].settled_at is not None:
            return []
        return [self._change(replace(self._rows[-1], account=account, identified_at=at))]

    def settled(self, result: Result, detail: str, at: datetime) -> list[Contact]:
        """What was asked for was told, taken or refused."""
        now = self._rows[-1] if self._rows else self._open(GENERAL, self.call.answered_at)
        return [self._change(replace(now, result=result, detail=detail, settled_at=at))]

    def ended(self, outcome: Outcome, reason: str, at: datetime) -> list[Contact]:
        """The dialogue is over; OPEN means that the caller was given to the operators for `reason`."""
        now = self._rows[-1] if self._rows else self._open(GENERAL, self.call.answered_at)
        if outcome is Outcome.OPEN:
            return [self._change(replace(now, result=Result.OPERATOR, detail=reason, ended_at=at))]
        if now.settled_at is None:
            result = Result.FAILED if outcome is Outcome.FAILED else Result.ABANDONED
            now = replace(now, result=result if outcome is not Outcome.SERVED else Result.DONE, detail=reason)
        return [self._change(replace(now, ended_at=at))]

    def _open(self, topic: str, at: datetime) -> Contact:
        call = self.call
        row = Contact(
            call_id=call.id,
            number=len(self._rows) + 1,
            caller=call.caller,
            account=self._account,
            topic=topic,
            answered_at=call.answered_at,
            began_at=at,
            identified_at=self._identified_at,
        )
        self._rows.append(row)
        return row

    def _change(self, row: Contact) -> Contact:
        self._rows[-1] = row
        return row


def _left(row: Contact) -> Result:
    return row.result if row.settled_at is not None else Result.ABANDONED
