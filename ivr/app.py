"""The wiring, on one page: configuration → adapters → services → one root TaskGroup, and signals."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from prometheus_client import REGISTRY

from ivr import live_desk, live_queue
from ivr.adapters import metrics, watchdog
from ivr.adapters.asterisk.agi_server import AgiServer
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.callers import Callers, calls_alive
from ivr.adapters.db.calls import SqlCallLog, SqlJournalMarks
from ivr.adapters.db.customers import SqlCustomers, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.past_calls import SqlPastCalls
from ivr.adapters.files import quiet
from ivr.adapters.files.flows import read_standard
from ivr.adapters.files.phrases import PhraseFolder
from ivr.adapters.files.recordings import RecordingFolder
from ivr.adapters.files.spool import FileSpool
from ivr.adapters.metrics import CountedCalls
from ivr.adapters.speech import SystemVoice
from ivr.adapters.speech.morphology import RussianForms
from ivr.billing import connect
from ivr.config import Centre, Secrets
from ivr.dialogue.engine import BY_KEYS, UNHEARD
from ivr.dialogue.understanding.again import phrases as asked_again
from ivr.dialogue.understanding.menus import MenuTopics
from ivr.domain.errors import StoreUnavailable
from ivr.hearing import know_menus, open_ears, open_phrases
from ivr.live_flow import flow_file
from ivr.places import Places, voice_settings
from ivr.queue_mistakes import queues_of
from ivr.self_service import reading_rules, self_service
from ivr.service.calllog import DurableCallLog
from ivr.service.calls import APOLOGY, MOMENT, CallService
from ivr.service.callwriter import CallWriter
from ivr.service.desk import Desk
from ivr.service.flows import FlowShelf
from ivr.service.journal import JournalImport
from ivr.service.ports import Customers, Phone
from ivr.service.reconcile import Reconciler
from ivr.web.pages import Status, make_app

log = structlog.get_logger()


def now() -> datetime:
    return datetime.now(UTC)


async def run_engine(centre: Centre, secrets: Secrets) -> None:
    """The engine until a signal. Everything that can fail fails before a caller is taken. Raises ConfigurationError."""
    places = Places.of(centre)
    zone = ZoneInfo(centre.timezone)
    async with AsyncExitStack() as stack:
        voice = SystemVoice(voice_settings(centre))
        stack.push_async_callback(voice.close)
        standard = read_standard(places.standards, centre.standard)
        source = flow_file(centre, voice, places.kept_flow)
        shelf = FlowShelf(await source.load_or_kept())
        await voice.prerender((APOLOGY, MOMENT, *live_queue.PHRASES))
        await voice.warm()
        quiet.make(places.quiet)

        database = Database(centre.database_url, centre.database.timeout_s)
        stack.push_async_callback(database.close)
        calls = DurableCallLog(SqlCallLog(database), FileSpool(places.spool, now))
        writer = CallWriter(calls)
        counted = CountedCalls(writer, REGISTRY)
        billing = connect(centre, secrets, database, now, zone)
        customers: Customers = SqlCustomers(database)
        if billing is not None:
            stack.push_async_callback(billing.http.close)
            customers = billing.customers
        sources = customers, SqlReadings(database, zone)
        past = SqlPastCalls(database)
        desk = Desk(
            centre.supplier,
            shelf.live,
            now,
            zone,
            past,
            lambda call_id: queue.storm.concerns(call_id),
            reading_rules(centre, zone),
            bool(centre.sip.trunk),
        )
        services = self_service(centre, secrets, database, sources, writer.audit, desk.hours, now, zone)
        asterisk = centre.asterisk
        link = AmiLink(
            "127.0.0.1",
            asterisk.ami_port,
            "ivr",
            secrets.ami_secret.get_secret_value(),
            action_timeout_s=asterisk.action_timeout_s,
            reconnect_first_s=asterisk.reconnect_first_s,
            reconnect_cap_s=asterisk.reconnect_cap_s,
        )
        queue = await live_queue.connect(
            centre,
            standard,
            shelf.live(),
            link,
            database,
            calls,
            writer,
            voice,
            lambda name: callers.channel_of(name),
            lambda name: dialogue.live.get(name),
        )
        menus = MenuTopics(RussianForms())
        phrases = await open_phrases(centre, stack)
        dialogue = CallService(
            shelf.live,
            services,
            counted,
            desk.facts,
            now,
            lines=centre.lines,
            operators=queue.cards,
            opening=queue.storm.words,
            phrases=phrases,
            topics_of=menus,
        )

        async def inbound(phone: Phone) -> None:
            await queue.storm.arrived(phone.call_id, phone.caller)
            await dialogue.handle(phone)

        handlers = {"inbound": inbound, "again": dialogue.again, **queue.handlers()}
        speech = await open_ears(centre, stack)
        if speech:
            await asyncio.to_thread(know_menus, shelf.live(), menus)
        await voice.prerender((BY_KEYS, UNHEARD, *asked_again()) if speech else ())
        callers = Callers(link, voice, places.quiet, handlers, places.announcements, speech)
        callers.on_gone(queue.gone)
        callers.on_gone(dialogue.forget)
        agi = AgiServer(
            centre.fastagi.host,
            centre.fastagi.port,
            callers.serve,
            max_calls=centre.fastagi.max_calls,
            header_timeout_s=centre.fastagi.header_timeout_s,
            command_timeout_s=10.0,
        )
        reconciler = Reconciler(
            lambda: calls_alive(link),
            calls,
            JournalImport(places.journal, calls, SqlJournalMarks(database)),
            calls,
            RecordingFolder(places.recordings, calls),
            dialogue.live.keys,
            now,
        )
        link.on_connected(reconciler.reconcile)
        metrics.expose(
            REGISTRY,
            in_dialogue=lambda: len(dialogue.live),
            asterisk_up=lambda: link.connected,
            sounds_rendered=lambda: voice.rendered,
        )
        metrics.expose_line(REGISTRY, queues_of(shelf.live()), queue.line.callers.waits, queue.states)

        async def status() -> Status:
            midnight = now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            try:
                today = {outcome.value: count for outcome, count in (await calls.outcomes(midnight)).items()}
                database_up = not calls.away
            except StoreUnavailable:
                today, database_up = {}, False
            nodes = [live.node for live in dialogue.live.values() if not live.waiting]
            flow = shelf.live()
            return Status(
                supplier=centre.supplier,
                number=centre.number,
                ready=link.connected and database_up,
                asterisk=link.connected,
                database=database_up,
                flow=flow.name,
                version=flow.version,
                standard=standard.title,
                calls={node: nodes.count(node) for node in sorted(set(nodes))},
                today=today,
                waiting=queue.line.callers.waiting,
                longest_s=queue.line.callers.longest_s,
                callbacks=queue.callbacks.book.waiting if queue.callbacks else None,
                oldest_s=queue.callbacks.book.oldest_s if queue.callbacks else 0,
                hearing=speech is not None and speech.hears is not False,
                operators={name: told.state for name, told in sorted(queue.line.operators.items())},
            )

        kept = live_desk.KeptPhrases(PhraseFolder(places.phrases), centre.hearing.keep_days, calls, now)
        api = live_desk.connect(secrets, database, queue, now, kept)
        await _serve_web(stack, make_app(status, REGISTRY, api), centre)
        await agi.start()
        log.info("engine_started", flow=shelf.live().version, fastagi=agi.port, web=centre.web.port)
        watched = watchdog.start(asyncio.get_running_loop())
        stack.callback(watched.set)
        parts = [link.run(), writer.run(), reconciler.run(), source.watch(shelf.publish), *queue.parts()]
        if billing is not None:
            parts.append(billing.delivery.run())
        await _until_stopped(agi, centre.shutdown_grace_s, parts)
        log.info("engine_stopped")


async def _serve_web(stack: AsyncExitStack, app: web.Application, centre: Centre) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, centre.web.host, centre.web.port).start()


async def _until_stopped(agi: AgiServer, grace_s: float, parts: list[Coroutine[Any, Any, None]]) -> None:
    """Run the parts until a signal; any part that dies ends the engine loudly. A second signal skips the grace."""
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part) for part in parts]
        await stop.wait()
        log.info("engine_stopping", calls=agi.calls, grace_s=grace_s)
        draining = asyncio.create_task(agi.stop(grace_s))
        hurrying = asyncio.create_task(hurry.wait())
        await asyncio.wait({draining, hurrying}, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        if not draining.done():
            draining.cancel()
            await asyncio.wait({draining})
            await agi.stop(0)
        for task in tasks:
            task.cancel()
