"""The AMI events a contact centre needs, typed. One table leads from an event's name to its parser.

Names and fields as in Asterisk 22: main/manager.c, main/manager_channels.c, main/stasis_endpoints.c, apps/app_queue.c.
A field that Asterisk left out is an empty text or 0: an event is news, not a contract, and must never stop the link.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.protocols.ami import Message


@dataclass(frozen=True, slots=True)
class FullyBooted:
    """Asterisk has loaded everything. Comes after each login, at once when it was so already."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Asterisk goes down in an orderly way."""

    restarting: bool


@dataclass(frozen=True, slots=True)
class Newchannel:
    channel: str
    uniqueid: str
    linkedid: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """The channel is gone. `cause` is Q.850's number."""

    channel: str
    uniqueid: str
    linkedid: str
    cause: int


@dataclass(frozen=True, slots=True)
class DtmfEnd:
    """A key was pressed and released on the channel. Keys that we sent are no such event (`received` False)."""

    channel: str
    uniqueid: str
    digit: str
    received: bool


@dataclass(frozen=True, slots=True)
class OriginateResponse:
    """The outcome of an Originate that was queued. `action_id` is that action's; `reason` is 4 when answered."""

    action_id: str
    channel: str
    uniqueid: str
    answered: bool
    reason: int


@dataclass(frozen=True, slots=True)
class ContactStatus:
    """A softphone's contact changed: Reachable, NonQualified, Unreachable, Removed …"""

    endpoint: str
    status: str
    uri: str


@dataclass(frozen=True, slots=True)
class DeviceStateChange:
    """`state` is NOT_INUSE, INUSE, RINGING, UNAVAILABLE …"""

    device: str
    state: str


@dataclass(frozen=True, slots=True)
class QueueCallerJoin:
    queue: str
    channel: str
    uniqueid: str
    position: int


@dataclass(frozen=True, slots=True)
class QueueCallerLeave:
    """The caller left the queue, connected or not."""

    queue: str
    channel: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class QueueCallerAbandon:
    """The caller hung up in the queue after `hold_s` seconds."""

    queue: str
    channel: str
    uniqueid: str
    hold_s: int


@dataclass(frozen=True, slots=True)
class AgentConnect:
    """An operator (`interface`, e.g. PJSIP/101) answered the caller after `hold_s` seconds."""

    queue: str
    uniqueid: str
    interface: str
    hold_s: int


@dataclass(frozen=True, slots=True)
class AgentComplete:
    """The talk ended after `talk_s` seconds; `reason` is caller, agent or transfer."""

    queue: str
    uniqueid: str
    interface: str
    hold_s: int
    talk_s: int
    reason: str


Event = (
    FullyBooted
    | Shutdown
    | Newchannel
    | Hangup
    | DtmfEnd
    | OriginateResponse
    | ContactStatus
    | DeviceStateChange
    | QueueCallerJoin
    | QueueCallerLeave
    | QueueCallerAbandon
    | AgentConnect
    | AgentComplete
)


def _number(message: Message, key: str) -> int:
    value = message.get(key)
    return int(value) if value.isascii() and value.isdigit() else 0


_PARSERS: dict[str, Callable[[Message], Event]] = {
    "FullyBooted": lambda _: FullyBooted(),
    "Shutdown": lambda m: Shutdown(m.get("Restart") == "True"),
    "Newchannel": lambda m: Newchannel(m.get("Channel"), m.get("Uniqueid"), m.get("Linkedid")),
    "Hangup": lambda m: Hangup(m.get("Channel"), m.get("Uniqueid"), m.get("Linkedid"), _number(m, "Cause")),
    "DTMFEnd": lambda m: DtmfEnd(m.get("Channel"), m.get("Uniqueid"), m.get("Digit"), m.get("Direction") == "Received"),
    "OriginateResponse": lambda m: OriginateResponse(
        m.action_id, m.get("Channel"), m.get("Uniqueid"), m.response == "Success", _number(m, "Reason")
    ),
    "ContactStatus": lambda m: ContactStatus(m.get("EndpointName"), m.get("ContactStatus"), m.get("URI")),
    "DeviceStateChange": lambda m: DeviceStateChange(m.get("Device"), m.get("State")),
    "QueueCallerJoin": lambda m: QueueCallerJoin(
        m.get("Queue"), m.get("Channel"), m.get("Uniqueid"), _number(m, "Position")
    ),
    "QueueCallerLeave": lambda m: QueueCallerLeave(m.get("Queue"), m.get("Channel"), m.get("Uniqueid")),
    "QueueCallerAbandon": lambda m: QueueCallerAbandon(
        m.get("Queue"), m.get("Channel"), m.get("Uniqueid"), _number(m, "HoldTime")
    ),
    "AgentConnect": lambda m: AgentConnect(
        m.get("Queue"), m.get("Uniqueid"), m.get("Interface"), _number(m, "HoldTime")
    ),
    "AgentComplete": lambda m: AgentComplete(
        m.get("Queue"),
        m.get("Uniqueid"),
        m.get("Interface"),
        _number(m, "HoldTime"),
        _number(m, "TalkTime"),
        m.get("Reason"),
    ),
}

WANTED_EVENTS: tuple[str, ...] = tuple(_PARSERS)
"""Names of all events above."""


def filter_lines(wanted: tuple[str, ...] = WANTED_EVENTS) -> list[str]:
    """Lines of manager.conf that let only `wanted` events out of Asterisk (22.1 or later).

    The user needs `read = system,call,agent,dtmf`. Answers to actions are never filtered.
    """
    return [f"eventfilter(action(include),name({name})) =" for name in wanted]


def parse(message: Message) -> Event | None:
    """The typed event; None for events that nobody here wants."""
    parser = _PARSERS.get(message.event)
    return parser(message) if parser else None
