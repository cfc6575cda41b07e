"""A page in a real headless Chromium that a test can act on, by the browser's own debugging protocol."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE_S = 60.0


class Page:
    """`run` gives what a script comes to; a script that fails raises AssertionError."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0

    async def run(self, script: str) -> Any:
        self._asked += 1
        given = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        await self._socket.send_json({"id": self._asked, "method": "Runtime.evaluate", "params": given})
        while (answer := await self._socket.receive_json(timeout=PATIENCE_S)).get("id") != self._asked:
            pass
        result = answer["result"]
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    async def text(self, selector: str) -> str:
        return str(await self.run(f"document.querySelector({json.dumps(selector)}).textContent"))

    async def until(self, condition: str) -> None:
        """Wait until it holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self.run(f"Boolean({condition})"):  # noqa: ASYNC110 – another process
                await asyncio.sleep(0.05)


@asynccontextmanager
async def a_page(url: str, profile: Path) -> AsyncIterator[Page]:
    """The page, loaded."""
    browser = shutil.which("chromium")
    assert browser, "chromium is not installed: apt-get install chromium"
    process = await asyncio.create_subprocess_exec(
        browser,
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--mute-audio", "--remote-debugging-port=0"),
        f"--user-data-dir={profile}",
        url,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as session:
            while not (port := await asyncio.to_thread(_port, profile / "DevToolsActivePort")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                [target] = [one for one in await answer.json(content_type=None) if one["type"] == "page"]
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                await page.until("location.href !== 'about:blank' && document.readyState === 'complete'")
                yield page
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _port(file: Path) -> str:
    """Where the browser listens; empty: not yet."""
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return lines[0] if lines else ""
