"""Writes the calls' rows and steps behind the callers' backs.

At most `flush_s` of the log can be lost to a `kill -9`; the journal that Asterisk writes still tells of the call.
"""

from ivr.domain.call import Audit, Began, Call, CallId, Contact, Ended, Record, Step, Stepped
from ivr.service.batches import Batches, Store


class CallWriter(Batches[Record]):
    """A CallRecorder over a CallLog that loses nothing (see calllog.py)."""

    def __init__(self, store: Store[Record], flush_s: float = 0.25, batch: int = 500) -> None:
        super().__init__("call_log", store, flush_s, batch)

    def begin(self, call: Call) -> None:
        self.put([Began(call)])

    def step(self, call_id: CallId, step: Step) -> None:
        self.put([Stepped(call_id, step)])

    def identified(self, call: Call) -> None:
        self.put([Ended(call)])  # with outcome OPEN it writes what is new, and ends nothing

    def end(self, call: Call) -> None:
        self.put([Ended(call)])

    def contact(self, contact: Contact) -> None:
        self.put([contact])

    def audit(self, audit: Audit) -> None:
        self.put([audit])
