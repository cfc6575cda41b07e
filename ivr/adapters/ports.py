"""Are the ports free that the centre is going to open? Asked before anything is started."""

import errno
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import psutil

_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Port:
    """A port that will be opened, and the key of config.yaml that names it."""

    key: str
    host: str
    number: int
    kind: Literal["tcp", "udp"]


def mistakes(ports: Sequence[Port]) -> list[str]:
    """What keeps each port from being opened, with its key and the process that holds it."""
    return clashes(ports) or [mistake for port in ports if (mistake := _mistake(port))]


def clashes(ports: Sequence[Port]) -> list[str]:
    """Ports among these that take each other's place; nothing is opened to find out."""
    return [
        f"{one.key} and {other.key} are both {one.number}/{one.kind}: give one of them another port"
        for one, other in combinations(ports, 2)
        if (one.number, one.kind) == (other.number, other.kind) and _overlap(one.host, other.host)
    ]


def _overlap(one: str, other: str) -> bool:
    return one == other or one in _EVERYWHERE or other in _EVERYWHERE


def _mistake(port: Port) -> str | None:
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    with socket.socket(family, _KINDS[port.kind]) as probe:
        if port.kind == "tcp":  # what has just been closed is free; a listener is not
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.host, port.number))
        except OSError as error:
            return f"{port.key}: {port.number}/{port.kind} on {port.host} {_reason(error, port)}"
    return None


def _reason(error: OSError, port: Port) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"is taken by {holder(port)}; stop that, or give {port.key} another port"
    if error.errno == errno.EADDRNOTAVAIL:
        return "cannot be opened: the address is not one of this machine's"
    return f"cannot be opened: {error.strerror or error}"


def holder(port: Port) -> str:
    """The process that holds the port, as far as we may see it."""
    for connection in psutil.net_connections(port.kind):
        if not connection.laddr or connection.laddr.port != port.number or connection.pid is None:
            continue
        open_end = port.kind == "udp" or connection.status == psutil.CONN_LISTEN
        if open_end and _overlap(connection.laddr.ip, port.host):
            with suppress(psutil.Error):
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    whose = "a process that is not to be seen from here" if os.geteuid() == 0 else "a process of another user"
    return f"{whose} (see it with: sudo ss -lpn 'sport = :{port.number}')"
