"""Speech recognition as config.yaml wants it: which model, whether it works, and the turns that use it."""

from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from ivr.adapters.asterisk.audiosocket_server import AudioSocketServer
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.speech.recognition import models
from ivr.adapters.speech.recognition.models import SpeechModel
from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.adapters.speech.recognition.vosk_server import VoskServerRecogniser
from ivr.config import Centre
from ivr.domain.errors import ConfigurationError
from ivr.service.hearing import Recogniser

log = structlog.get_logger()

SHIPPED = Path(__file__).resolve().parent.parent / "asr_models"
COMPILED = Path("var/asr_models")


def models_of(centre: Centre) -> list[SpeechModel]:
    """The centre's speech models: those compiled for it, its own, and those that ship."""
    return models.found(centre.path(COMPILED), centre.path(centre.hearing.models), SHIPPED)


async def checked(centre: Centre) -> None:
    """Raises ConfigurationError naming what is wrong with the recogniser that config.yaml wants."""
    given = centre.hearing
    if given.engine == "vosk":
        await models.checked(models.chosen(models_of(centre), given.model).folder)
    elif given.engine == "server":
        server = VoskServerRecogniser(given.server)
        try:
            await server.check()
        finally:
            await server.close()


async def open_ears(centre: Centre, stack: AsyncExitStack) -> SpeechTurns | None:
    """Spoken turns, ready; closed with `stack`. None, and why in the log, when callers are to answer by keys: a
    recogniser that does not work stops no centre."""
    if centre.hearing.engine == "off":
        return None
    try:
        recogniser = await _recogniser(centre)
    except ConfigurationError as error:
        log.error("speech_recognition_off", reason=str(error), instead="callers answer by keys")
        return None
    stack.push_async_callback(recogniser.close)
    # Any free port: Asterisk is told of it with each turn.
    lines = AudioSocketServer("127.0.0.1", 0)
    await lines.start()
    stack.push_async_callback(lines.stop)
    log.info("speech_recognition_ready", recogniser=recogniser.name, audiosocket=lines.port)
    return SpeechTurns(lines, recogniser)


async def _recogniser(centre: Centre) -> Recogniser:
    given = centre.hearing
    if given.engine == "vosk":
        model = models.chosen(models_of(centre), given.model)
        return await VoskRecogniser.load(model.folder, given.threads)
    server = VoskServerRecogniser(given.server)
    try:
        await server.check()
    except ConfigurationError:
        await server.close()
        raise
    return server
