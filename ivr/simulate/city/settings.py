"""Where a city lies, and what its Asterisk is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ivr.adapters.asterisk.ami_events import filter_lines
from ivr.adapters.asterisk.conf import AsteriskValues, Line
from ivr.adapters.asterisk.layout import Installation, Layout

HOST = "127.0.0.1"
NAME = "city"
"""Of the node and of its AMI user."""
EVENTS = ("FullyBooted", "Hangup", "OriginateResponse")


@dataclass(frozen=True)
class CitySettings:
    """Where the city lies and what it talks to.

    installation:  the Asterisk it runs; state: its own folder (absolute); templates: dialplans/city.
    centre:        host and SIP port of the centre.
    secret:        gives the secret of an operator's telephone by its extension.
    limit_s:       no call lasts longer, whatever its people do.
    """

    installation: Installation
    state: Path
    templates: Path
    centre: tuple[str, int]
    secret: Callable[[str], str] = field(repr=False)
    sip_port: int = 5070
    ami_port: int = 5039
    rtp_first: int = 16000
    rtp_last: int = 17999
    limit_s: int = 180


def asterisk_values(
    settings: CitySettings, layout: Layout, ami_secret: str, agi_port: int, extensions: Iterable[str]
) -> AsteriskValues:
    """What the templates in dialplans/city are told."""
    return AsteriskValues(
        layout=layout,
        node=NAME,
        sip_host=HOST,
        sip_port=settings.sip_port,
        rtp_first=settings.rtp_first,
        rtp_last=settings.rtp_last,
        ami_port=settings.ami_port,
        ami_secret=ami_secret,
        ami_user=NAME,
        ami_read="system,call",
        ami_write="system,call,originate,reporting",
        music=layout.state / "music",
        event_filters=tuple(filter_lines(EVENTS)),
        operators=tuple(Line(extension, settings.secret(extension)) for extension in extensions),
        values={
            "agi_host": HOST,
            "agi_port": agi_port,
            "centre_host": settings.centre[0],
            "centre_port": settings.centre[1],
            "limit_s": settings.limit_s,
        },
    )
