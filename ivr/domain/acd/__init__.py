"""The ACD: who waits, who works, who gets whom. Pure and single-writer; live engine and simulator run this same code.

    acd = Acd(Rules(...), prefix="…")              # prefix makes offer ids unique over restarts
    commands, records = acd.handle(event, now)     # `events`, `commands`, `records`: all frozen dataclasses
    acd.next_deadline()                            # give it a Tick then; None: nothing is to end

One task owns the `Acd` and feeds it one event after another; commands are carried out in their order, and what comes of
them is fed back as events. `now` is seconds of one clock that never runs back; the ACD never looks at another.
Late, double and impossible events are no errors: they change nothing and leave an `ignored` note.

The line is one: live callers, callbacks and answered outbound calls, by (priority, arrived, id). An operator who
becomes free gets the first entry that he may take (queue, skills at their levels, or he is the preferred one); an entry
that finds several operators free gets the best skilled, of those who have fewest other skills, of those the longest
idle. So at no moment do an entry and a ready operator who may take it wait beside each other.

    CallerQueued(Entry) → Offer ─ OfferAnswered → talk ─ TalkEnded → wrap-up ─ WrapUpEnded, Ready or its limit → ready
                              └ OfferFailed, or nothing until the deadline → the caller keeps his place and is offered
                                to the next at once; the operator rests; so many misses in a row set him aside
    CallbackDue(Entry)  → Offer ─ OfferAnswered → CallBack ─ CallbackAnswered → talk, or CallbackFailed → out
    talk ─ TalkEnded(OPERATOR_LOST) → head of the line   talk ─ Moved(queue) → the line   talk ─ Handed → his colleague
         └ TalkEnded(NOT_BEGUN) → a miss: he keeps his place and is offered to the next

`OfferAnswered` means that the operator hears of the caller and is about to be joined to him (of a callback: that he
listens); if its offer is not alive any more, `CancelOffer` is the reply: hang his leg up. `Release` means that the
entry is out and the caller still on the line. A predicted wait enters as `WaitPredicted(queue, seconds)`: above the
queue's target the reserve is called in. `acd.place(entry)` counts those before it in its queue; `acd.staff(queue)` who
may serve a queue, by state.

Every state has a deadline: an offer rings out, a wrap-up has its limit, a long talk must be verified, a device is tried
again, every shift has an end, every entry gives up. `acd.snapshot()` is plain data; after a restart
`Acd.restore(rules, snapshot, now)` goes on from it, or from one that was put together from the database and Asterisk.
"""

from ivr.domain.acd.acd import Acd, Outcome
from ivr.domain.acd.rules import QueueRules, Relaxation, Rules
from ivr.domain.acd.snapshot import EntryState, OperatorState, Snapshot

__all__ = ["Acd", "EntryState", "OperatorState", "Outcome", "QueueRules", "Relaxation", "Rules", "Snapshot"]
