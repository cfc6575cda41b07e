"""Who has proven an account to be his, and how often it was tried in vain.

Four digits are 10,000 guesses. So few wrong ones are allowed in a call, and few about one account in a day, from
however many calls; past either limit nothing is a proof any more and an operator must help.
"""

import hmac
from collections import Counter
from datetime import date

from ivr.domain.call import CallId

DIGITS = 4
MOST_WRONG_IN_A_CALL = 5
MOST_WRONG_IN_A_DAY = 10


class Proofs:
    """Lives in memory: a call does not outlive the engine, and a restart forgives a day's wrong guesses."""

    def __init__(self) -> None:
        self._proven: dict[CallId, set[str]] = {}
        self._wrong_in_call: Counter[CallId] = Counter()
        self._wrong_in_day: Counter[str] = Counter()
        self._day: date | None = None

    def prove(self, call_id: CallId, account: str, contract: str, given: str, today: date) -> bool:
        """Whether `given` is the end of the contract's number, on a call that may still try."""
        if today != self._day:
            self._day = today
            self._wrong_in_day.clear()
        end = "".join(letter for letter in contract if letter.isdecimal())[-DIGITS:]
        right = len(end) == DIGITS and hmac.compare_digest(end.encode(), given.encode())
        blocked = (
            self._wrong_in_call[call_id] >= MOST_WRONG_IN_A_CALL or self._wrong_in_day[account] >= MOST_WRONG_IN_A_DAY
        )
        if right and not blocked:
            self._proven.setdefault(call_id, set()).add(account)
            return True
        self._wrong_in_call[call_id] += 1
        self._wrong_in_day[account] += 1
        return False

    def proven(self, call_id: CallId, account: str) -> bool:
        return account in self._proven.get(call_id, ())

    def forget(self, call_id: CallId) -> None:
        """The call is over."""
        self._proven.pop(call_id, None)
        self._wrong_in_call.pop(call_id, None)
