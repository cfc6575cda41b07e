"""One AMI connection on panoramisk, with the faults of its version 1.4 cured.

panoramisk 1.4 decodes each TCP chunk alone (a letter cut by a chunk border is lost), sends unanswered actions again
after a reconnect, Originate included, and guesses from the words of a response whether more will follow. Here our
codec does the bytes, a lost connection fails what was unanswered, and AMI's own `EventList` marks a list.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ivr.domain.errors import LinkDown
from ivr.protocols.ami import AmiDecoder, Fields, Message, encode
from ivr.protocols.errors import ProtocolError


class AmiAction(Action):  # type: ignore[misc]  # panoramisk has no types
    """An action waiting for its answer: one message, or, when the answer announces a list, all of the list."""

    def __init__(self, name: str, fields: Fields) -> None:
        super().__init__()
        self.name = name
        self.fields = fields

    @property
    def multi(self) -> bool:
        return bool(self.as_list) and self.responses[0].get("EventList").lower() == "start"

    @property
    def completed(self) -> bool:
        return not self.multi or self.responses[-1].get("EventList").lower() in ("complete", "cancelled")


class AmiProtocol(AMIProtocol):  # type: ignore[misc]
    """The transport's side: bytes to messages to the actions that wait for them, or to the connection's events."""

    def __init__(self) -> None:
        self.decoder = AmiDecoder()
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.reason = ""
        self.responses: dict[str, AmiAction] = {}

    def send(self, action: AmiAction, as_list: bool = False) -> asyncio.Future[Any]:
        if self.closed:
            raise LinkDown(f"{action.name}: the AMI connection is closed")
        data = encode(action.name, action.id, action.fields)
        action.as_list = as_list
        self.responses[action.id] = action
        self.transport.write(data)
        future: asyncio.Future[Any] = action.future
        return future

    def forget(self, action: AmiAction) -> None:
        self.responses.pop(action.id, None)

    def data_received(self, data: bytes) -> None:
        try:
            messages = self.decoder.receive_data(data)
        except ProtocolError as error:
            self.drop(str(error))
            return
        for message in messages:
            self.handle_message(message)

    def handle_message(self, message: Message) -> None:
        action = self.responses.get(message.action_id)
        # OriginateResponse carries the id of an action that was answered long before: nobody waits for it here.
        if action is not None:
            if action.add_message(message):
                self.forget(action)
        elif message.event:
            self.factory.dispatch(message)

    def drop(self, reason: str) -> None:
        """Close at once, not waiting for a peer that may be dead."""
        self.reason = self.reason or reason
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        reason = self.reason or (f"connection lost: {exc}" if exc else "Asterisk closed the connection")
        self.closed = True
        for action in self.responses.values():
            if not action.future.done():
                action.future.set_exception(LinkDown(f"{action.name}: {reason}"))
        if not self.lost.done():
            self.lost.set_result(reason)

    def close(self) -> None:
        self.drop("closed by us")


class AmiConnection(Manager):  # type: ignore[misc]
    """One connection from open to close. It does not log in, ping, reconnect or resend: AmiLink does what is due."""

    def __init__(self, host: str, port: int, on_event: Callable[[Message], None]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(host=host, port=port, protocol_factory=AmiProtocol, loop=loop)
        self.booted: asyncio.Future[None] = loop.create_future()
        self._on_event = on_event

    def connection_made(self, opened: asyncio.Future[Any]) -> None:
        # Who awaits connect() gets its error; panoramisk would begin to reconnect by itself.
        if not opened.cancelled() and opened.exception() is None:
            super().connection_made(opened)

    def ping(self) -> None:
        """Nothing: panoramisk's ping has no deadline."""

    def dispatch(self, event: Message) -> None:
        if event.event == "FullyBooted" and not self.booted.done():
            self.booted.set_result(None)
        self._on_event(event)
