"""`ivr demo`: seven people ring the running centre; what both sides say is shown as it happens, and proved then."""

import asyncio
import json
import logging
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np
import structlog
from rich.console import Console
from rich.text import Text

from ivr.adapters.db.engine import Database
from ivr.adapters.files import roster
from ivr.adapters.files.flows import read_flow, read_standards
from ivr.adapters.speech import SystemVoice
from ivr.adapters.speech.wavefile import read_wav
from ivr.config import Centre, Secrets
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.wording import WordingError, phrase
from ivr.domain.errors import ConfigurationError
from ivr.live_flow import flow_file
from ivr.places import Places, installation, voice_settings
from ivr.self_service import reading_rules
from ivr.service.desk import Desk, window_facts
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.encounter import Encounter, Moment
from ivr.simulate.city.network import City, CitySettings
from ivr.simulate.city.people import Leg, OperatorPhone
from ivr.simulate.demo_cast import rehearsed
from ivr.simulate.demo_people import CALLER, CALLER_WORDS, OPERATOR, OPERATOR_WORDS, Person
from ivr.simulate.demo_report import Row, judge, show_rows, stored_rows
from ivr.simulate.presses import Presses, presses, show_presses

LOCAL = "127.0.0.1"
STYLES = ("cyan", "green", "yellow", "magenta", "blue", "red", "white", "bright_cyan")


@dataclass(frozen=True)
class Stage:
    """All that the people need, ready before the first one rings."""

    cast: tuple[Person, ...]
    words: Mapping[str, str]
    ear: Ear
    presses: list[Presses]


async def run_demo(centre: Centre, secrets: Secrets, *, as_json: bool, console: Console) -> int:
    """Gives 0 only when everything was as it should be, else 1. `console` shows the calls; with `as_json` the results
    go to standard output as one JSON object. Raises ConfigurationError when the demo cannot be played here."""
    _warnings_only()
    hearing = await _centre_answers(centre)
    database = Database(centre.database_url, centre.database.timeout_s)
    voice = SystemVoice(voice_settings(centre))
    try:
        with console.status("Learning the centre's words"):
            stage = await _stage(centre, database, voice, hearing)
        phone = OperatorPhone(_operator(centre), script=_operator_script)
        cast = stage.cast
        begun = datetime.now(UTC)
        async with _city(centre, secrets, phone, stage.ear, voice, console) as city:
            show = _Show(console, stage.words)
            phone.watch = show.watcher("Operator", len(cast))
            calls = (_play(city, centre, person, show, index) for index, person in enumerate(cast))
            encounters = await asyncio.gather(*calls)
        with console.status("Reading what the centre stored"):
            rows = await stored_rows(centre, database, cast, begun)
            results = [
                await asyncio.to_thread(judge, person, encounter, phone.encounters, rows.get(person.caller), stage.ear)
                for person, encounter in zip(cast, encounters, strict=True)
            ]
    finally:
        await voice.close()
        await database.close()
    good = all(result["ok"] for result in results) and all(one.ok for one in stage.presses)
    if as_json:
        document = _document(results, rows, encounters, good)
        print(json.dumps({**document, "presses": [one.document() for one in stage.presses]}, ensure_ascii=False))
    else:
        show_rows(console, results, rows)
        show_presses(console, stage.presses)
    return 0 if good else 1


def _document(
    results: list[dict[str, Any]], rows: Mapping[str, Row], encounters: list[Encounter], good: bool
) -> dict[str, Any]:
    return {
        "ok": good,
        "people": results,
        "rows": [row.document() for row in rows.values()],
        "recordings": [row.recording for row in rows.values() if row.recording],
        "callers_recordings": [str(encounter.recording) for encounter in encounters],
    }


# ── Before the first call ──


def _warnings_only() -> None:
    """The city's own log stays out of the show, and out of standard output."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


async def _centre_answers(centre: Centre) -> bool:
    """Whether it hears words. Raises ConfigurationError when the centre is not ready or lets no call in from here."""
    host = LOCAL if centre.web.host in ("0.0.0.0", "::", "") else centre.web.host
    url = f"http://{host}:{centre.web.port}/health"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, session.get(url) as answer:
            if answer.status != 200:
                raise ConfigurationError([f"The centre is not ready: {url} says {await answer.text()}"])
            async with session.get(url.replace("health", "api/status")) as state:
                hearing = bool((await state.json()).get("hearing"))
    except (aiohttp.ClientError, TimeoutError):
        raise ConfigurationError([f"No centre answers at {url}: start it first (scripts/run.sh)"]) from None
    mistakes = [
        f"sip.{key}: the demo rings from {LOCAL}, which is not among {', '.join(networks) or '(none)'}"
        for key, networks in (("carrier", centre.sip.carrier), ("operators", centre.sip.operators))
        if not any(ip_address(LOCAL) in ip_network(network) for network in networks)
    ]
    if mistakes:
        raise ConfigurationError(mistakes)
    return hearing


async def _stage(centre: Centre, database: Database, voice: SystemVoice, hearing: bool) -> Stage:
    zone = ZoneInfo(centre.timezone)
    flow = await flow_file(centre, voice).load()
    local = datetime.now(zone)
    operator = flow.nodes[flow.operator]
    queue = operator.queue if isinstance(operator, Operator) else ""
    hours = Desk(centre.supplier, lambda: flow, lambda: datetime.now(UTC), zone).hours(queue, local)
    facts: dict[str, Fact] = {
        "supplier": centre.supplier,
        "caller_known": True,
        "caller_before": False,
        "hearing": hearing,
        "today": local.date().isoformat(),
        "callbacks": bool(centre.sip.trunk),
        **window_facts(local.date(), reading_rules(centre, zone)),
        "open": hours.open,
        "holiday": hours.holiday,
        "timetable": hours.timetable,
        "next_open": hours.next_open,
    }
    phrases: dict[str, Phrase] = {OPERATOR: Phrase(OPERATOR_WORDS), CALLER: Phrase(CALLER_WORDS)}
    for name, template in flow.texts.items():
        with suppress(WordingError):  # its facts are known in a call only
            phrases[name] = phrase(template, facts, name)
    cast = await rehearsed(centre, database, flow, facts, hours, phrases)
    sounds = {name: read_wav(await voice.sound(words))[0].astype(np.float32) for name, words in cast.phrases.items()}
    table = [
        row
        for standard in read_standards(Places.of(centre).standards)
        for row in presses(standard, read_flow(centre.path(centre.dialplans) / standard / "main.yaml"))
    ]
    return Stage(cast.people, {name: words.text for name, words in cast.phrases.items()}, Ear(sounds), table)


def _operator(centre: Centre) -> str:
    """The telephone that answers: of those rung first by the safety net, the last on the roster."""
    operators = [one for one in roster.load(Places.of(centre).roster) if roster.FALLBACK in one.queues]
    if not operators:
        raise ConfigurationError([f"agents: nobody is in the queue {roster.FALLBACK}, so nobody can answer the demo"])
    least = min(one.penalty for one in operators)
    return [one for one in operators if one.penalty == least][-1].extension


async def _operator_script(leg: Leg) -> None:
    await leg.hears_who_rings()
    await leg.say(OPERATOR_WORDS)
    await leg.hears(CALLER, within_s=15, to_the_end=True)
    await leg.until_hung_up(20)


@asynccontextmanager
async def _city(
    centre: Centre, secrets: Secrets, phone: OperatorPhone, ear: Ear, voice: SystemVoice, console: Console
) -> AsyncIterator[City]:
    root = secrets.operator_secret.get_secret_value()
    settings = CitySettings(
        installation=installation(centre),
        state=centre.path(Path("var/city")).resolve(),
        templates=centre.path(centre.dialplans) / "city",
        centre=(LOCAL if centre.sip.host in ("0.0.0.0", "") else centre.sip.host, centre.sip.port),
        secret=lambda extension: roster.softphone_secret(root, extension),
        sip_port=_free_port(socket.SOCK_DGRAM),
        ami_port=_free_port(socket.SOCK_STREAM),
    )

    async def say(words: str) -> Path:
        return await voice.sound(Phrase(words))

    status = console.status("Starting the city: a second Asterisk that plays the telephone network")
    status.start()
    try:
        async with City(settings, [phone], ear=ear, voice=say) as city:
            city.forget_recordings()
            status.update("Registering the operator's telephone")
            await city.registered()
            status.stop()
            yield city
    except TimeoutError as error:
        raise ConfigurationError([str(error)]) from error
    finally:
        status.stop()


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


# ── The calls ──


class _Show:
    """One line for every moment of every call."""

    def __init__(self, console: Console, words: Mapping[str, str]) -> None:
        self._console = console
        self._words = words

    def watcher(self, name: str, index: int) -> Any:
        def watch(moment: Moment) -> None:
            words = self._words.get(moment.words, moment.words)
            line = Text(f"{moment.t:6.1f} s  {name:<22}", style=STYLES[index % len(STYLES)])
            line.append(f"{moment.what:<9}", style="bold" if moment.what != "heard" else "dim")
            line.append(words)
            self._console.print(line)

        return watch


async def _play(city: City, centre: Centre, person: Person, show: _Show, index: int) -> Encounter:
    await asyncio.sleep(person.start_s)
    watch = show.watcher(person.name, index)
    watch(Moment(0.0, "rings", centre.number))
    encounter = await city.call(person.script, number=centre.number, caller=person.caller, watch=watch, check=False)
    watch(Moment(encounter.duration_s, "call ends", "" if encounter.failure is None else str(encounter.failure)))
    return encounter
