"""The city's telephone network: its own Asterisk, the calls of its people to the centre, its operators' telephones."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Self

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.adapters.asterisk.ami_events import Event, Hangup, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.conf import render
from ivr.adapters.asterisk.layout import Layout
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.domain.errors import CallerHungUp, IvrError, LinkDown, PhoneFailed
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.encounter import Encounter, Moment
from ivr.simulate.city.hearing import Tap
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone, Script, Senses, Voice
from ivr.simulate.city.settings import EVENTS, HOST, NAME, CitySettings, asterisk_values

__all__ = ["City", "CitySettings"]

_CAUSE_BUSY, _CAUSE_REJECTED = "17", "21"
_REGISTERED = "Registered"
_LOOK_S = 0.1
_HANGUP_COMES_S = 2.0


class City:
    """The city, running between `async with City(...) as city:`.

    `ear` knows the sounds the centre may say (for `Leg.hears`), `voice` speaks the people's words (for `Leg.say`);
    both may be set later, before the calls that need them. `subscribers` are the telephones that the centre may ring as
    it pleases, by their numbers without the plus.
    """

    def __init__(
        self,
        settings: CitySettings,
        phones: Sequence[OperatorPhone] = (),
        *,
        ear: Ear | None = None,
        voice: Voice | None = None,
    ) -> None:
        self.ear, self.voice = ear, voice
        self._settings = settings
        self._layout = Layout(settings.installation, settings.state)
        self.subscribers: dict[str, OperatorPhone] = {}
        self._phones = {phone.extension: phone for phone in phones}
        self._asterisk = AsteriskProcess(self._layout)
        self._ami_secret = secrets.token_urlsafe(24)
        self._link = AmiLink(
            HOST,
            settings.ami_port,
            NAME,
            self._ami_secret,
            action_timeout_s=5.0,
            reconnect_first_s=0.1,
            reconnect_cap_s=1.0,
            filters=EVENTS,
        )
        self._link.on_event(self._take_event)
        self._agi = AgiServer(
            HOST, 0, self._serve, max_calls=500, header_timeout_s=5.0, command_timeout_s=float(settings.limit_s)
        )
        self._scripts: dict[str, Callable[[AgiConnection], Awaitable[None]]] = {}
        self._ends: dict[str, asyncio.Future[int]] = {}
        self._stack = AsyncExitStack()
        self._count = 0

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        settings = self._settings
        self._layout.make_folders()
        await self._agi.start()
        self._stack.push_async_callback(self._agi.stop, 0.0)
        render(
            settings.templates,
            self._layout.conf,
            asterisk_values(settings, self._layout, self._ami_secret, self._agi.port, self._phones),
        )
        await self._asterisk.start()
        self._stack.push_async_callback(self._asterisk.stop)
        connected = asyncio.Event()

        async def up() -> None:
            connected.set()

        self._link.on_connected(up)
        link_task = asyncio.create_task(self._link.run(), name="city-ami")
        self._stack.push_async_callback(_cancelled, link_task)
        async with asyncio.timeout(30):
            await connected.wait()

    async def registered(self, within_s: float = 15.0) -> None:
        """Wait until every operator's telephone is registered at the centre. Raises TimeoutError naming those not."""
        missing: set[str] = set(self._phones)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while missing:
                    rows = await self._link.action_list("PJSIPShowRegistrationsOutbound") if self._phones else []
                    known = {row.get("ObjectName") for row in rows if row.get("Status") == _REGISTERED}
                    missing = {extension for extension in self._phones if f"phone-{extension}" not in known}
                    await asyncio.sleep(_LOOK_S)
        if missing:
            raise TimeoutError(f"telephones not registered at the centre: {', '.join(sorted(missing))}")

    def forget_recordings(self) -> None:
        """Remove the recordings of earlier cities in this folder."""
        for old in self._recording("x").parent.glob("*.raw"):
            old.unlink()

    async def register_again(self) -> None:
        """Have every telephone register now: after the centre was restarted, for example."""
        for extension in self._phones:
            await self._link.action("PJSIPRegister", {"Registration": f"phone-{extension}"})

    async def unregister(self, extension: str) -> None:
        """This telephone says goodbye to the centre, as one that is switched off; see `register_again`."""
        await self._link.action("PJSIPUnregister", {"Registration": f"phone-{extension}"})

    async def call(
        self,
        person: Script,
        *,
        number: str,
        caller: str = "+79990000001",
        phone: str = "",
        answer_within_s: float = 10.0,
        watch: Callable[[Moment], None] | None = None,
        check: bool = True,
    ) -> Encounter:
        """Ring the centre as `caller`, or from an operator's telephone (`phone`: his extension); `person` is on the
        line from the answer on.

        Gives the encounter when the call is over and its recording is whole. What the person's script raised, or the
        city's own link, is raised here, unless `check` is False: then it is in `Encounter.failure`.
        """
        self._count += 1
        uniqueid = f"call-{self._count}-{secrets.token_hex(4)}"
        encounter = Encounter(phone or caller, number, self._recording(uniqueid))
        self._scripts[uniqueid] = lambda agi: self._run(agi, encounter, person, watch)
        end = self._ends[uniqueid] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(answer_within_s + self._settings.limit_s + 10):
                trunk = f"phone-{phone}" if phone else "centre"
                await self._originate(uniqueid, encounter, trunk, answer_within_s)
                encounter.cause = await end
                await self._closed(encounter)
        except (IvrError, TimeoutError) as failure:
            encounter.failure = encounter.failure or failure
        finally:
            del self._scripts[uniqueid], self._ends[uniqueid]
        if check and encounter.failure is not None:
            encounter.failure.add_note(f"recording: {encounter.recording}")
            raise encounter.failure
        return encounter

    async def _originate(self, uniqueid: str, encounter: Encounter, trunk: str, answer_within_s: float) -> None:
        fields = {
            "Channel": f"PJSIP/{encounter.number}@{trunk}",
            "ChannelId": uniqueid,
            "CallerID": encounter.caller,
            "Context": "caller",
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(round(answer_within_s * 1000)),
            "Async": "true",
            "Codecs": "alaw",
            "Variable": f"CITY_RECORDING={encounter.recording}",
        }
        await self._link.action("Originate", fields)

    def _recording(self, name: str) -> Path:
        return self._layout.state / "spool" / "monitor" / f"{name}.raw"

    async def _closed(self, encounter: Encounter) -> None:
        """Wait until Asterisk has written the end of the recording: it closes the file a moment after the hang-up."""
        size = -1
        for _ in range(50):
            now = encounter.recording.stat().st_size if encounter.recording.is_file() else 0
            if not encounter.answered or (now == size and now >= encounter.duration_s * 32000 - 16000):
                return
            size = now
            await asyncio.sleep(_LOOK_S)

    def _take_event(self, event: Event) -> None:
        match event:
            case Hangup(uniqueid=uniqueid, cause=cause):
                self._end(uniqueid, cause)
            case OriginateResponse(answered=False, uniqueid=uniqueid):
                # Its Hangup, with the cause, comes right after; unless there was never a channel.
                asyncio.get_running_loop().call_later(_HANGUP_COMES_S, self._end, uniqueid, 0)

    def _end(self, uniqueid: str, cause: int) -> None:
        if (end := self._ends.get(uniqueid)) is not None and not end.done():
            end.set_result(cause)

    async def _serve(self, agi: AgiConnection) -> None:
        if agi.environment.get("agi_network_script") == "incoming":
            await self._ring(agi, agi.environment.get("agi_arg_1", ""))
        elif serve := self._scripts.get(agi.environment.get("agi_uniqueid", "")):
            await serve(agi)

    async def _ring(self, agi: AgiConnection, extension: str) -> None:
        """The centre rings an operator's telephone, or a subscriber."""
        phone = self._phones.get(extension) or self.subscribers.get(extension)
        if phone is None:
            await agi.execute("Hangup", "1")
            return
        phone.rung += 1
        if phone.behaviour in (Behaviour.BUSY, Behaviour.REJECT):
            await agi.execute("Hangup", _CAUSE_BUSY if phone.behaviour is Behaviour.BUSY else _CAUSE_REJECTED)
            return
        await agi.execute("Ringing")
        patience_s = phone.ring_s if phone.behaviour is Behaviour.ANSWER else self._settings.limit_s
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await agi.wait_hung_up()
                return
        self._count += 1
        recording = self._recording(f"phone-{extension}-{self._count}-{secrets.token_hex(4)}")
        shown = agi.environment.get("agi_calleridname", "")
        encounter = Encounter(agi.environment.get("agi_callerid", ""), extension, recording, shown=shown)
        await agi.execute("MixMonitor", str(recording), "D")
        await agi.command("ANSWER")
        phone.encounters.append(encounter)
        await self._run(agi, encounter, phone.talk, phone.watch)

    async def _run(
        self, agi: AgiConnection, encounter: Encounter, person: Script, watch: Callable[[Moment], None] | None
    ) -> None:
        """One answered leg, from its person's first moment to his last."""
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        encounter.answered = True
        tap = Tap(answered_at, loop.time)
        transport, _ = await loop.create_datagram_endpoint(lambda: tap, local_addr=(HOST, 0))
        leg = Leg(agi, Senses(tap, encounter.recording, self.ear, self.voice, watch), answered_at)
        encounter.moments = leg.moments
        try:
            await self._attach(agi.environment.get("agi_channel", ""), transport.get_extra_info("sockname")[1])
            await leg.keep_sending()
            await person(leg)
        except CallerHungUp:
            pass  # how calls end
        except Exception as failure:
            encounter.failure = failure
        finally:
            encounter.by_centre = agi.hung_up and not any(moment.what == "hung up" for moment in leg.moments)
            encounter.duration_s = loop.time() - answered_at
            transport.close()

    async def _attach(self, channel: str, port: int) -> None:
        """Have Asterisk send what `channel` hears to our UDP port. Without it the recording is listened to, later."""
        with suppress(LinkDown, PhoneFailed):
            await self._link.action(
                "Originate",
                {
                    "Channel": f"UnicastRTP/{HOST}:{port}/c(alaw)",
                    "Application": "ChanSpy",
                    "Data": f"{channel},oqES",
                    "Async": "true",
                },
            )


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
