"""The service standards: what a supplier has promised its customers, as data. Each number names its clause."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.hours import Week


class Measure(StrEnum):
    """How a period is judged against a target."""

    AVERAGE = "average"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class Bound:
    """A number that may not be exceeded, and the clause that says so."""

    value: float
    clause: str


@dataclass(frozen=True, slots=True)
class Target:
    """A time in seconds that may not be exceeded, on average or ever."""

    seconds: float
    measure: Measure
    clause: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What is promised without a number."""

    clause: str


@dataclass(frozen=True, slots=True)
class Targets:
    """How calls must be served. None: the standard does not say.

    wait:           from asking for an operator to his answer; wait_at_peak: in an emergency.
    answer:         from the offer of a call to an operator to his answer.
    find:           asking for and finding the customer.
    talk:           giving the information; talk_readings, talk_general, talk_personal: by the matter.
    wrap_up:        the operator's work after the talk.
    contact:        one contact as a whole.
    lost_share:     callers who hung up before an operator answered, of all calls, 0..1.
    callback_days:  working days until a hard question is answered; _departments, _third_parties (calendar days):
                    when others must be asked.
    callback_agreed: the day of the answer is agreed with the customer.
    specialist:     putting the caller through to a specialist; talk_specialist: the talk with him.
    """

    wait: Target | None = None
    wait_at_peak: Target | None = None
    answer: Target | None = None
    find: Target | None = None
    talk: Target | None = None
    talk_readings: Target | None = None
    talk_general: Target | None = None
    talk_personal: Target | None = None
    wrap_up: Target | None = None
    contact: Target | None = None
    lost_share: Bound | None = None
    callback_days: Bound | None = None
    callback_days_departments: Bound | None = None
    callback_days_third_parties: Bound | None = None
    callback_agreed: Duty | None = None
    specialist: Target | None = None
    talk_specialist: Target | None = None


@dataclass(frozen=True, slots=True)
class MenuLimits:
    """levels: menus one below another, the operator not counted. items: choices on one. seconds: said on one.

    readings_first: readings are item 1 of the first menu. readings_line: they have a line of their own too.
    """

    levels: Bound | None = None
    items: Bound | None = None
    seconds: Bound | None = None
    readings_first: Duty | None = None
    readings_line: Duty | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """When operators work. `operators` is None when the supplier's own timetable decides.

    dispatcher: when outages are reported to the dispatcher.
    days_a_week, hours_a_day: the least the standard asks for. self_service_always: voice self-service day and night.
    """

    clause: str
    operators: Week | None = None
    dispatcher: Week | None = None
    days_a_week: int | None = None
    hours_a_day: int | None = None
    self_service_always: bool = False
    callback_staff: Week | None = None


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """warned: the caller is told at the start. menus: the part without an operator too. months: kept at least."""

    clause: str
    warned: bool
    menus: bool = False
    months: int | None = None
    export: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Between the operators' places and the telephony servers; full_duplex: from these to the carrier."""

    one_way_ms: Bound
    loss_share: Bound
    full_duplex: Duty | None = None


@dataclass(frozen=True, slots=True)
class Informing:
    """The rules of calls made by the autodialer. Hours are the customer's local time.

    A positive call is one whose message the customer received; any other is negative.
    """

    clause: str
    longest_s: int
    after_positive_days: int
    after_negative_s: tuple[int, int]  # the pause before the next try: at least, at most
    hours: Week
    tries: int | None = None
    public_holidays: bool = False  # may one call on them?


@dataclass(frozen=True, slots=True)
class Messages:
    """SMS and e-mail until the positive result. None: not said.

    public_holidays: may one send SMS on them? channels: what messages are sent by.
    """

    clause: str
    sms_characters: int | None = None
    sms_every_days: int | None = None
    sms_hours: Week | None = None
    public_holidays: bool | None = None
    channels: tuple[str, ...] | None = None
    email_every_days: int | None = None
    auto_reply_s: int | None = None


@dataclass(frozen=True, slots=True)
class Surveys:
    """Months between surveys of one kind. mark_after_talk: a mark is offered after each talk."""

    clause: str
    at_most_every_months: int | None = None
    at_least_every_months: int | None = None
    mark_after_talk: bool = False


@dataclass(frozen=True, slots=True)
class Standard:
    """One supplier's standard. `document` is its title, to which the clauses belong."""

    name: str
    title: str
    document: str
    hours: Hours
    recording: RecordingRule
    targets: Targets = Targets()
    menu: MenuLimits = MenuLimits()
    network: Network | None = None
    informing: Informing | None = None
    messages: Messages | None = None
    surveys: Surveys | None = None
