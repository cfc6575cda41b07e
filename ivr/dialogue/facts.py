"""Every fact a flow may speak of or branch on, and where it comes from."""

from collections.abc import Mapping

START: Mapping[str, str] = {
    "supplier": "the supplier's name, as it is spoken",
    "open": "whether operators work now",
    "holiday": "whether operators are away today because of a public holiday",
    "timetable": "operators' hours as spoken Russian text, today's own first",
    "next_open": "when operators work next, as spoken Russian text",
    "caller_before": "whether this number has called before: a convenience, never an identity",
    "caller_known": "whether the carrier showed the caller's number",
    "hearing": "whether words can be understood on this line; untold: they cannot",
    "callbacks": "whether callers can be rung back; untold: they can",
    "today": "ISO date in the supplier's zone",
    "readings_taken": "whether readings are taken on this day of the month",
    "window_first": "first day of the month readings are taken on; left out: any day",
    "window_last": "the last one",
}
"""Given to `start` by the service."""

SERVICES: Mapping[str, str] = {
    "account_found": "whether the keyed number is an account",
    "account": "the account's number",
    "address": "the account's address",
    "kind": "person or company",
    "registers": "how many registers the account has; each has facts register_1_id, register_1_last and so on",
    "proven": "whether the caller has proven the account to be his",
    "debt_kopecks": "what is owed, below zero when overpaid",
    "balance_on": "ISO date of the balance",
    "paid_kopecks": "the last payment",
    "paid_on": "its ISO date",
    "tell_count": "how many things `tell` has told of",
    "news_author": "whether the caller knows the PIN for recording news",
    "news_published": "whether the recording was published",
    "news_withdrawn": "whether a recording was taken back",
    "recorded_count": "how many recordings are in force; each has facts recorded_1_id and so on",
    "reading_id": "the stored reading",
    "news_count": "how many pieces of news there are",
    "identity_locked": "whether identification is locked after too many failures",
    "offers": "how many accounts have the caller's number; each has a fact offer_1_end and so on",
    "offer_declined": "whether the caller said that none of the offered accounts is meant",
    "account_unchecked": "the number keyed while no account could be looked up",
    "proof_kind": "contract or house: what the caller is asked to prove the account with",
    "wrong_proofs": "how many wrong proofs were given in this call",
}
"""Joined by replies of the services, by `identify` and by the engine. A `set` node cannot make them."""

LOCAL: Mapping[str, str] = {
    "number": "identify: the account number just keyed",
    "offer_end": "identify: the last digits of an account of the caller's number",
    "offer_key": "identify: the key that chooses it",
    "overpaid_kopecks": "balance: what is overpaid, above zero",
    "news": "news: one piece of news",
    "meter_end": "reading: the last digits of the meter's serial number: four, or as many as tell it from others",
    "tariff": "reading, unchecked: single, day, night, peak, half_peak",
    "digits": "reading: digits of the dial",
    "last": "reading: the last reading",
    "last_on": "reading: its ISO date",
    "value": "reading, unchecked: the value just keyed",
    "used_kwh": "reading: consumption since the last reading",
    "usual_kwh": "reading: what is usual for so many days",
    "price_kopecks": "tell tariff: a kilowatt-hour of `tariff`",
    "outage_from": "tell outages: ISO local time; case why: there is `outage_why`",
    "outage_until": "tell outages: ISO local time",
    "outage_why": "tell outages: what is done, as spoken text",
    "request_number": "tell requests: its number",
    "request_topic": "tell requests: what it is about",
    "request_status": "tell requests: new, in_progress, done, refused",
    "request_on": "tell requests: ISO date it was made on",
    "request_due_on": "tell requests: ISO date of the promise, in the case due",
    "request_result": "tell requests: what was answered, in the case result",
    "valid_first": "announce: ISO date, the first day a recording is played on",
    "valid_last": "announce: ISO date, the last day",
    "due_on": "tell verification: ISO date; case overdue: it is past",
    "pay_how": "tell pay: how and where to pay, as spoken text",
    "office_name": "tell offices: its name",
    "office_address": "tell offices: its address",
    "office_hours": "tell offices: its hours as spoken text",
}
"""Known only to the words of one kind of node."""

FORGETTABLE = frozenset({"account_found", "account", "proven"})
"""What a `set` node may clear (false or null), so that the next `identify` asks again."""
