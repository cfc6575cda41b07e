"""A port in use is named with its key and its holder."""

import os
import socket

import pytest

from ivr.adapters.ports import Port, holder, mistakes


@pytest.mark.parametrize(("kind", "type_"), [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port(kind: str, type_: socket.SocketKind, host: str) -> None:
    with socket.socket(socket.AF_INET, type_) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == "tcp":
            taken.listen()
        number = taken.getsockname()[1]
        (mistake,) = mistakes([Port("web.port", host, number, "tcp" if kind == "tcp" else "udp")])
    assert mistake.startswith(f"web.port: {number}/{kind} on {host} is taken by ")
    assert f"(process {os.getpid()})" in mistake
    assert mistakes([Port("web.port", host, number, "tcp" if kind == "tcp" else "udp")]) == []


def test_an_address_of_another_machine() -> None:
    (mistake,) = mistakes([Port("sip.port", "192.0.2.1", 5060, "udp")])
    assert mistake == "sip.port: 5060/udp on 192.0.2.1 cannot be opened: the address is not one of this machine's"


def test_one_port_given_to_two() -> None:
    ports = [Port("web.port", "0.0.0.0", 8080, "tcp"), Port("fastagi.port", "127.0.0.1", 8080, "tcp")]
    (mistake,) = mistakes(ports)
    assert mistake.startswith("web.port and fastagi.port are both 8080/tcp")
    apart = [Port("a", "127.0.0.1", 1, "tcp"), Port("b", "127.0.0.2", 1, "tcp"), Port("c", "127.0.0.1", 1, "udp")]
    assert not any("are both" in mistake for mistake in mistakes(apart))


def test_a_holder_out_of_sight_is_another_users_only_where_we_are_not_root() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound, not listening: nobody holds it as a server
        told = holder(Port("web.port", "127.0.0.1", free.getsockname()[1], "tcp"))
    assert ("another user" in told) == (os.geteuid() != 0)
