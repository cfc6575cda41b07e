"""Calls as Asterisk brings them: each FastAGI connection becomes a Phone, each key finds its call."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from ivr.adapters.asterisk.agi_connection import AgiConnection
from ivr.adapters.asterisk.ami_events import DtmfEnd, Event, Hangup
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.phone import AsteriskPhone
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.asterisk.tones import ToneFeeds
from ivr.domain.call import CallId
from ivr.service.ports import Phone, Voice


class Callers:
    """`handlers` serve a call by the script that Asterisk names (`inbound`, `after`, `keys`); `takes`: the folder of
    what callers record; `speech` hears their words."""

    def __init__(
        self,
        link: AmiLink,
        voice: Voice,
        quiet: Path,
        handlers: Mapping[str, Callable[[Phone], Awaitable[None]]],
        takes: Path | None = None,
        speech: SpeechTurns | None = None,
    ) -> None:
        self._link = link
        self._voice = voice
        self._quiet = quiet
        self._handlers = handlers
        self._takes = takes
        self._speech = speech
        self._feeds = ToneFeeds()
        self._channels: dict[CallId, str] = {}
        self._gone: list[Callable[[CallId], None]] = []
        link.on_event(self._event)
        link.on_connected(self._connected)

    async def serve(self, agi: AgiConnection) -> None:
        """One connection of the FastAGI server."""
        uniqueid = agi.environment["agi_uniqueid"]
        self._channels[CallId(uniqueid)] = agi.environment.get("agi_channel", "")
        tones = self._feeds.open(uniqueid)
        try:
            speech = self._speech if self._speech and self._speech.hears is not False else None
            more = self._takes, speech
            phone = AsteriskPhone(agi, self._voice, tones, self._quiet, lambda: self._link.connected, *more)
            await self._handlers[agi.environment.get("agi_network_script", "")](phone)
        finally:
            self._feeds.close(uniqueid)

    def _left(self, call_id: CallId) -> None:
        if self._channels.pop(call_id, None) is not None:
            for callback in self._gone:
                callback(call_id)

    def channel_of(self, call_id: CallId) -> str | None:
        """The name of the caller's channel; None when he is gone, or never came here."""
        return self._channels.get(call_id)

    def on_gone(self, callback: Callable[[CallId], None]) -> None:
        """Call back when a caller's channel is gone, wherever in the dialplan it was."""
        self._gone.append(callback)

    def _event(self, event: Event) -> None:
        if isinstance(event, Hangup):
            self._left(CallId(event.uniqueid))
        if isinstance(event, DtmfEnd) and event.received:
            self._feeds.key(event.uniqueid, event.digit)

    async def _connected(self) -> None:
        self._feeds.link_lost()
        alive = await calls_alive(self._link)
        for call_id in [call_id for call_id in self._channels if call_id not in alive]:
            self._left(call_id)


async def calls_alive(link: AmiLink) -> set[str]:
    """Ids of all channels Asterisk holds now. Raises LinkDown, PhoneFailed."""
    return {str(channel.get("Uniqueid", "")) for channel in await link.action_list("CoreShowChannels")}
