"""Calls as Asterisk brings them: each FastAGI connection becomes a Phone, each key finds its call."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from ivr.adapters.asterisk.agi_connection import AgiConnection
from ivr.adapters.asterisk.ami_events import DtmfEnd, Event
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.phone import AsteriskPhone
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.asterisk.tones import ToneFeeds
from ivr.service.ports import Phone, Voice


class Callers:
    """`handle` is the dialogue of one call; `takes` the folder of what callers record; `speech` hears their words."""

    def __init__(
        self,
        link: AmiLink,
        voice: Voice,
        quiet: Path,
        handle: Callable[[Phone], Awaitable[None]],
        takes: Path | None = None,
        speech: SpeechTurns | None = None,
    ) -> None:
        self._link = link
        self._voice = voice
        self._quiet = quiet
        self._handle = handle
        self._takes = takes
        self._speech = speech
        self._feeds = ToneFeeds()
        link.on_event(self._event)
        link.on_connected(self._connected)

    async def serve(self, agi: AgiConnection) -> None:
        """One connection of the FastAGI server."""
        uniqueid = agi.environment["agi_uniqueid"]
        tones = self._feeds.open(uniqueid)
        try:
            more = self._takes, self._speech
            phone = AsteriskPhone(agi, self._voice, tones, self._quiet, lambda: self._link.connected, *more)
            await self._handle(phone)
        finally:
            self._feeds.close(uniqueid)

    def _event(self, event: Event) -> None:
        if isinstance(event, DtmfEnd) and event.received:
            self._feeds.key(event.uniqueid, event.digit)

    async def _connected(self) -> None:
        self._feeds.link_lost()


async def calls_alive(link: AmiLink) -> set[str]:
    """Ids of all channels Asterisk holds now. Raises LinkDown, PhoneFailed."""
    return {str(channel.get("Uniqueid", "")) for channel in await link.action_list("CoreShowChannels")}
