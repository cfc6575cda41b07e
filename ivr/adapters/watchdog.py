"""A frozen engine is worse than a dead one: Asterisk notices a death at once, a freeze never.

A thread asks the event loop for a sign of life; when none comes for `limit_s`, it writes down where every thread stands
and ends the process. The dialplan then takes the callers over and the supervisor starts a new engine. A machine or a
process that was stopped as a whole and goes on is no frozen loop: the wait is cut into slices, each of which such a
stop can use up only once.
"""

import asyncio
import faulthandler
import os
import sys
import threading

EXIT_FROZEN = 70
SLICES = 5


def start(loop: asyncio.AbstractEventLoop, limit_s: float = 10.0) -> threading.Event:
    """Watch `loop` from a thread. Set the returned event to stop watching."""
    stopped = threading.Event()
    alive = threading.Event()

    def watch() -> None:
        while not stopped.is_set():
            alive.clear()
            try:
                loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # the loop is closed: the engine is ending
                return
            if not any(alive.wait(limit_s / SLICES) for _ in range(SLICES)) and not stopped.is_set():
                print(f"the event loop gave no sign of life for {limit_s} s: ending", file=sys.stderr, flush=True)
                faulthandler.dump_traceback(file=sys.stderr)
                os._exit(EXIT_FROZEN)
            stopped.wait(limit_s / SLICES)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
    return stopped
