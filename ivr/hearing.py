"""Speech recognition as config.yaml wants it: which model, whether it works, and the turns that use it."""

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog

from ivr.adapters.asterisk.audiosocket_server import AudioSocketServer
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.files.phrases import PhraseFolder
from ivr.adapters.speech.recognition import models
from ivr.adapters.speech.recognition.models import Kind, SpeechModel
from ivr.adapters.speech.recognition.sherpa import SherpaRecogniser
from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.adapters.speech.recognition.vosk_server import VoskServerRecogniser
from ivr.config import Centre
from ivr.dialogue.flow import Flow
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.menus import MenuTopics, wish
from ivr.domain.errors import ConfigurationError
from ivr.places import Places
from ivr.service.hearing import Recogniser
from ivr.service.phrases import PhraseKeeper

log = structlog.get_logger()

SHIPPED = Path(__file__).resolve().parent.parent / "asr_models"
COMPILED = Path("var/asr_models")
LOOK_S = 10.0
"""How often a vosk-server is asked whether it answers."""


def models_of(centre: Centre) -> list[SpeechModel]:
    """The centre's speech models: those compiled for it, its own, and those that ship."""
    return models.found(centre.path(COMPILED), centre.path(centre.hearing.models), SHIPPED)


async def checked(centre: Centre) -> None:
    """Raises ConfigurationError naming what is wrong with the recogniser that config.yaml wants."""
    given = centre.hearing
    if given.engine == "local":
        await _checked_models(centre)
    elif given.engine == "server":
        server = VoskServerRecogniser(given.server)
        try:
            await server.check()
        finally:
            await server.close()


async def _checked_models(centre: Centre) -> None:
    """The model that is wanted, and which one hears instead when it does not load."""
    wrong, wanted = wanted_models(centre)
    for model in wanted:
        try:
            await models.checked(model.folder)
        except ConfigurationError as error:
            wrong += error.mistakes
            continue
        if wrong:
            raise ConfigurationError([*wrong, f"callers are heard by {model.folder} until this is mended"])
        return
    raise ConfigurationError([*wrong, "no model loads: callers answer by keys alone until this is mended"])


def wanted_models(centre: Centre) -> tuple[list[str], list[SpeechModel]]:
    """What is wrong with what config.yaml says of models, and those that may hear: the first that loads does."""
    wrong, there, name = _absent(centre), models_of(centre), centre.hearing.model
    if not there:
        return [*wrong, "there is no speech model; the product has its own in asr_models"], []
    try:
        return wrong, models.preferred(there, name)
    except ConfigurationError as error:
        wrong += [f"hearing.model: {mistake}" for mistake in error.mistakes]
    try:
        return wrong, models.preferred(there, "")
    except ConfigurationError:  # none of them is of a kind that can hear
        return wrong, []


async def who_hears(centre: Centre, loading: Collection[SpeechModel]) -> str:
    """Who hears the callers, in words; `loading`: the models that load. Raises ConfigurationError when the vosk-server
    that config.yaml wants does not answer."""
    given = centre.hearing
    if given.engine == "off":
        return "hearing.engine is off: callers answer by keys alone"
    if given.engine == "server":
        await checked(centre)
        return f"callers are heard by the vosk-server {given.server}"
    _, wanted = wanted_models(centre)
    hears = next((model.folder.name for model in wanted if model in loading), "")
    return f"callers are heard by {hears}" if hears else "no model loads: callers answer by keys alone"


def _absent(centre: Centre) -> list[str]:
    """That the folder of the centre's own models, where config.yaml names one, is not there: one line, or none."""
    folder = centre.path(centre.hearing.models)
    if "models" not in centre.hearing.model_fields_set or folder.is_dir():
        return []
    return [f"hearing.models: there is no folder {folder}; make it and put your models there, or leave the key out"]


def unknown_words(centre: Centre, flow: Flow) -> list[str]:
    """What `flow` wants to hear and the model that hears cannot: one line, or none. Raises ConfigurationError."""
    if centre.hearing.engine != "local":
        return []
    _, wanted = wanted_models(centre)
    if not wanted or (model := wanted[0]).kind is not Kind.GRAMMAR:
        return []
    lacking = grammar.unknown(grammar.wishes(chain.from_iterable(flow.phrases.values())), models.words(model.folder))
    told = f"{model.folder}: does not know the words {', '.join(lacking)}: phrases with them are not heard"
    return [f"{told}; run ivr speech compile"] if lacking else []


def know_menus(flow: Flow, topics_of: MenuTopics) -> None:
    """Make the topics of the flow's menus ready: the dictionary of their words' forms takes 0.3 s to load."""
    for node in flow.nodes.values():
        if isinstance(node, Menu):
            topics_of(wish(flow, node.name, node.answers))


async def open_ears(centre: Centre, stack: AsyncExitStack) -> SpeechTurns | None:
    """Spoken turns; closed with `stack`. None, and why in the log, when callers are to answer by keys: what is broken
    stops no centre."""
    if centre.hearing.engine == "off":
        return None
    if centre.hearing.engine == "server":
        server = VoskServerRecogniser(centre.hearing.server)
        turns = await _turns(server, stack)
        await _look(server, turns)
        watching = asyncio.create_task(_watch(server, turns), name="speech-server")
        stack.callback(watching.cancel)
        return turns
    recogniser = await _local(centre)
    if recogniser is None:
        return None
    turns = await _turns(recogniser, stack)
    _on(recogniser)
    return turns


async def _turns(recogniser: Recogniser, stack: AsyncExitStack) -> SpeechTurns:
    stack.push_async_callback(recogniser.close)
    # Any free port: Asterisk is told of it with each turn.
    lines = AudioSocketServer("127.0.0.1", 0)
    await lines.start()
    stack.push_async_callback(lines.stop)
    return SpeechTurns(lines, recogniser)


async def _watch(server: VoskServerRecogniser, turns: SpeechTurns) -> None:
    """A server may start after the engine, go and come back: callers are asked in words while it answers."""
    while True:
        await asyncio.sleep(LOOK_S)
        await _look(server, turns)


async def _look(server: VoskServerRecogniser, turns: SpeechTurns) -> None:
    """Whether the server answers now; it is told when that changes, and at first."""
    before = turns.hears
    try:
        await server.check()
    except ConfigurationError as error:
        turns.hears = False
        if before is not False:
            _off(error)
    else:
        turns.hears = True
        if before is not True:
            _on(server)


async def _local(centre: Centre) -> Recogniser | None:
    """The model that is wanted; when it does not load, the next that does."""
    given = centre.hearing
    wrong, wanted = wanted_models(centre)
    for mistake in wrong:
        log.error("speech_models_missing", reason=mistake)
    for model in wanted:
        engine = SherpaRecogniser if model.kind is Kind.ONNX else VoskRecogniser
        try:
            return await engine.load(model.folder, given.threads)
        except ConfigurationError as error:
            log.error("speech_model_refused", reason=str(error))
    _off("no model loads")
    return None


async def opened(centre: Centre, model: str = "") -> Recogniser:
    """The recogniser that config.yaml wants, or this model. Raises ConfigurationError when it does not work."""
    given = centre.hearing
    if given.engine == "server" and not model:
        server = VoskServerRecogniser(given.server)
        try:
            await server.check()
        except BaseException:
            await server.close()
            raise
        return server
    wanted = models.preferred(models_of(centre), model or given.model)[0]
    engine = SherpaRecogniser if wanted.kind is Kind.ONNX else VoskRecogniser
    return await engine.load(wanted.folder, given.threads)


async def open_phrases(centre: Centre, stack: AsyncExitStack) -> PhraseKeeper:
    """Keeps phrases where config.yaml allows it; closed with `stack`. What is too old goes now, also where nothing is
    kept any more."""
    given = centre.hearing
    folder = PhraseFolder(Places.of(centre).phrases)
    try:
        await asyncio.to_thread(folder.purge, datetime.now(UTC) - timedelta(days=given.keep_days))
    except OSError as error:
        log.warning("old_phrases_not_forgotten", reason=str(error.strerror or type(error).__name__))
    keeper = PhraseKeeper(folder if given.keep else None, given.keep_days)
    stack.push_async_callback(keeper.close)
    return keeper


def _on(recogniser: Recogniser) -> None:
    log.info("speech_recognition_ready", recogniser=recogniser.name)


def _off(reason: object) -> None:
    log.error("speech_recognition_off", reason=str(reason), instead="callers answer by keys")
