"""A vosk-server by WebSocket."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.adapters.speech.recognition.vosk_server import VoskServerRecogniser
from ivr.domain.errors import ConfigurationError, RecognitionFailed
from ivr.service.hearing import Recogniser

from .conftest import NUMBERS, YES_NO, quiet, spoken
from .contract import heard
from .server import Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as one:
        yield one


@pytest.fixture
async def remote(server: Server) -> AsyncIterator[VoskServerRecogniser]:
    one = VoskServerRecogniser(server.url, deadline_s=10)
    yield one
    await one.close()


async def test_a_number_is_heard_while_it_is_said(remote: VoskServerRecogniser, server: Server) -> None:
    port: Recogniser = remote
    result = await heard(port, NUMBERS, spoken("6", "0", "7"))
    assert result.best == ("шесть", "ноль", "семь")
    assert ("шесть",) in result.partials
    assert server.configurations[0]["phrase_list"] == list(NUMBERS)


async def test_a_phrase_that_the_server_takes_for_two_stays_one(remote: VoskServerRecogniser) -> None:
    result = await heard(remote, NUMBERS, spoken("6", "0") + quiet(1.0) + spoken("7"))
    assert result.best == ("шесть", "ноль", "семь")
    assert result.partials[-1] == ("шесть", "ноль", "семь")
    starts = [word.start_s for word in result.hypotheses[0].words]
    assert starts == sorted(starts)


async def test_what_is_not_in_the_grammar_is_not_forced_into_it(remote: VoskServerRecogniser) -> None:
    result = await heard(remote, YES_NO, spoken("7", "60", "40"))
    assert not result.hypotheses or result.hypotheses[0].known == ()


async def test_silence_is_nothing(remote: VoskServerRecogniser) -> None:
    assert (await heard(remote, NUMBERS, quiet(1.0))).hypotheses == ()
    assert (await heard(remote, NUMBERS, b"")).hypotheses == ()


async def test_open_speech_has_no_list_of_phrases(remote: VoskServerRecogniser, server: Server) -> None:
    await heard(remote, (), spoken("6"))
    assert "phrase_list" not in server.configurations[0]


async def test_a_closed_phrase_leaves_the_server(remote: VoskServerRecogniser, server: Server) -> None:
    hearing = remote.hear(NUMBERS, lambda words: None, lambda error: None)
    hearing.feed(quiet(0.5))
    async with asyncio.timeout(10):
        while server.open == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        hearing.close()
        while server.open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    with pytest.raises(RecognitionFailed, match="closed"):
        await hearing.conclude()


@pytest.mark.parametrize(
    ("fault", "told"),
    [("mute", "no answer in"), ("silent", "closed the connection"), ("nonsense", "no JSON"), ("empty", "none of")],
)
async def test_a_server_that_fails_is_told_while_the_phrase_is_said(server: Server, fault: str, told: str) -> None:
    setattr(server, fault, True)
    failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
    recogniser = VoskServerRecogniser(server.url, deadline_s=0.3)
    hearing = recogniser.hear(NUMBERS, lambda words: None, failed.set_result)
    hearing.feed(quiet(0.5))
    async with asyncio.timeout(10):
        assert told in str(await failed)
    with pytest.raises(RecognitionFailed):
        await hearing.conclude()
    await recogniser.close()


async def test_a_server_is_checked_before_callers_come(remote: VoskServerRecogniser, server: Server) -> None:
    await remote.check()
    server.silent = True
    with pytest.raises(ConfigurationError, match=r"hearing\.server: ws://.*closed the connection"):
        await remote.check()


async def test_a_server_that_is_not_there_is_named() -> None:
    nobody = VoskServerRecogniser("ws://127.0.0.1:9/", deadline_s=5)
    with pytest.raises(ConfigurationError, match=r"ws://127\.0\.0\.1:9/ does not recognise"):
        await nobody.check()
    await nobody.close()
