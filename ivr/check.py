"""`ivr check`: everything that can be wrong before the start, all of it at once."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ivr.adapters import pin
from ivr.adapters.asterisk.conf import render
from ivr.adapters.asterisk.layout import Layout
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.adapters.files import roster
from ivr.adapters.files.flows import read_flow, read_standard
from ivr.adapters.ports import clashes
from ivr.adapters.speech import SystemVoice, missing
from ivr.asterisk_values import asterisk_values
from ivr.billing import mistakes as billing_mistakes
from ivr.config import Centre, Secrets, load, secrets, usable
from ivr.domain.errors import ConfigurationError, IvrError
from ivr.hearing import checked as hearing_checked
from ivr.hearing import unknown_words
from ivr.launch import ports
from ivr.live_flow import differing, flow_file
from ivr.places import Places, installation, voice_settings
from ivr.queue_mistakes import judge, lowered
from ivr.specialists import listed
from ivr.supply_words import too_long

Report = Callable[[str, list[str], list[str]], None]
"""Called after each part: its name, what is wrong with it, and what is not wrong but should be known."""


async def check(config: Path, secrets_file: Path, report: Report) -> bool:
    """Look at every part and report it; True when nothing is wrong. A wrong key of the configuration gives way to its
    default, so that the parts after it are looked at too."""
    mistakes: list[str] = []
    keys: list[Secrets] = []
    with _collecting(mistakes):
        load(config)
    with _collecting(mistakes):
        keys.append(secrets(secrets_file))
    report("configuration", mistakes, [])
    good = not mistakes
    if (centre := usable(config)) is None:
        return False
    parts: dict[str, Callable[[], Awaitable[list[str] | None]]] = {
        "ports and folders": lambda: _room(centre),
        "operators": lambda: _operators(centre),
        "queue": lambda: _queue(centre),
        "self-service": lambda: _self_service(centre, keys[0] if keys else None),
        "speech": lambda: _speech(centre),
        "hearing": lambda: hearing_checked(centre),
        "flow and its sounds": lambda: _flow(centre),
        "Asterisk": lambda: _asterisk(centre, keys[0] if keys else None),
    }
    for name, part in parts.items():
        mistakes = []
        notes: list[str] = []
        with _collecting(mistakes):
            notes = await part() or []
        report(name, mistakes, notes)
        good = good and not mistakes
    return good


@contextmanager
def _collecting(mistakes: list[str]) -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        mistakes.extend(error.mistakes)
    except (IvrError, OSError) as error:
        mistakes.append(str(error))


async def _room(centre: Centre) -> None:
    """No two ports in each other's place, and folders that can be written; whether a port is free, the start tells."""
    asterisk, engine = ports(centre)
    wrong = clashes([*asterisk, *engine])
    wrong += [f"{key}: {why}" for key, folder in Places.of(centre).written().items() if (why := _unwritable(folder))]
    if wrong:
        raise ConfigurationError(wrong)


def _unwritable(folder: Path) -> str:
    """Why the folder can be neither written nor made; empty when it can."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not there.is_dir():
        return f"{there} is a file, not a folder; name another place"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} is not writable for this user; give it to him (chown) or name another place"
    return ""


async def _operators(centre: Centre) -> list[str]:
    staff = roster.load(Places.of(centre).roster)
    listed(centre.specialists, [one.extension for one in staff])
    if centre.specialists and not centre.sip.trunk:
        return ["specialists cannot be rung without sip.trunk, the carrier's address"]
    return []


async def _queue(centre: Centre) -> list[str]:
    places = Places.of(centre)
    try:
        staff, flow = roster.load(places.roster), read_flow(places.flow)
        standard = read_standard(places.standards, centre.standard)
    except ConfigurationError:
        return ["not looked at: the roster or the flow has mistakes"]
    judge(centre, staff, flow)
    return lowered(centre, standard)


async def _self_service(centre: Centre, keys: Secrets | None) -> None:
    wrong = billing_mistakes(centre)
    with _collecting(wrong):
        pin.verifier(keys.news_pin_hash.get_secret_value() if keys else "")
    if wrong:
        raise ConfigurationError(wrong)


async def _speech(centre: Centre) -> None:
    if lacking := missing(centre.speech.engine):
        raise ConfigurationError(lacking)


async def _flow(centre: Centre) -> list[str]:
    voice = SystemVoice(voice_settings(centre))
    try:
        flow = await flow_file(centre, voice).load()
        long = await too_long(centre, voice)
    finally:
        await voice.close()
    if mistakes := unknown_words(centre, flow):
        raise ConfigurationError(mistakes)
    return [*differing(centre), *long]


async def _asterisk(centre: Centre, keys: Secrets | None) -> None:
    """Its version, and a configuration that it really reads: another copy of it is started on ports of its own."""
    process = AsteriskProcess(Layout(installation(centre), Places.of(centre).state))
    await process.version()
    if keys is None:
        return
    with tempfile.TemporaryDirectory(prefix="ivr-check-") as folder:
        layout = Layout(installation(centre), Path(folder))
        music = Path(folder) / "music"  # the centre's own is made later, by `ivr prepare`
        music.mkdir()
        values = replace(
            asterisk_values(centre, keys, layout),
            sip_port=_free_port(centre.sip.host, socket.SOCK_DGRAM),
            ami_port=_free_port("127.0.0.1", socket.SOCK_STREAM),
            music=music,
        )
        await asyncio.to_thread(render, Places.of(centre).templates, layout.conf, values)
        trial = AsteriskProcess(layout)
        await trial.start()
        await trial.kill()  # it has no calls to say goodbye to
        if complaints := [line for line in trial.words() if " ERROR[" in line]:
            raise ConfigurationError([f"Asterisk does not take its configuration: {line}" for line in complaints])


def _free_port(host: str, kind: socket.SocketKind) -> int:
    """A port that is free now. Raises OSError when `host` is no address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
