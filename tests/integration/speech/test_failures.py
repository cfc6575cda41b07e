"""What happens when a renderer dies, hangs, or finds no room."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed
from tests.integration.speech.conftest import read_sound


def renderers() -> set[int]:
    """Process ids of the living renderers of this process."""
    return {
        child.pid
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and any("spawn_main" in word for word in child.cmdline())
    }


async def test_a_killed_renderer_is_replaced(new_voice):
    before = renderers()
    voice = new_voice()
    await voice.sound(Phrase("раз"))
    (pid,) = renderers() - before
    psutil.Process(pid).kill()
    assert read_sound(await voice.sound(Phrase("два"))).any()
    assert pid not in renderers()


@pytest.fixture
def rhvoice(tmp_path, monkeypatch):
    """Puts a command RHVoice-test on the path: `script` has its text in $text and its output in $output."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        command = folder / "RHVoice-test"
        command.write_text(f'#!/bin/sh\nread -r text\noutput=$6\nprintf "%s|" "$@" > {folder}/arguments\n{script}\n')
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


async def test_rhvoice_gets_the_text_on_its_input_and_plain_arguments(new_voice, rhvoice, tmp_path):
    rhvoice('espeak-ng -v ru -w "$output" "$text"')
    voice = new_voice(engine="auto", voice="Elena", rate=170)
    samples = read_sound(await voice.sound(Phrase("Добрый день; $(id)")))
    assert len(samples) > 8000
    arguments = (tmp_path / "bin" / "arguments").read_text().split("|")
    assert arguments[:5] == ["--profile", "Elena", "--rate", "100", "--output"]
    assert arguments[6:] == [""]


async def test_a_hanging_renderer_is_given_up_and_the_next_phrase_is_said(new_voice, rhvoice, tmp_path):
    pid = tmp_path / "pid"
    rhvoice(f'[ "$text" = hang ] && echo $$ > {pid} && exec sleep 60\nespeak-ng -v ru -w "$output" "$text"')
    voice = new_voice(engine="rhvoice", deadline_s=8)
    assert read_sound(await voice.sound(Phrase("раз"))).any()
    with pytest.raises(PhoneFailed, match="not rendered within 8 s"):
        await voice.sound(Phrase("hang"))
    assert read_sound(await voice.sound(Phrase("два"))).any()
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid.read_text())).wait(timeout=20)  # the hanging RHVoice is gone too


async def test_a_phrase_that_kills_its_renderer_fails_alone(new_voice, rhvoice):
    rhvoice('[ "$text" = die ] && kill -9 $PPID\nespeak-ng -v ru -w "$output" "$text"')
    voice = new_voice(engine="rhvoice")
    with pytest.raises(PhoneFailed, match="died twice"):
        await voice.sound(Phrase("die"))
    assert read_sound(await voice.sound(Phrase("два"))).any()


async def test_an_engine_that_fails_says_what_to_do(new_voice, rhvoice):
    rhvoice("exit 3")
    with pytest.raises(PhoneFailed, match=r"exit 3.*RHVoice-test --help"):
        await new_voice(engine="rhvoice").sound(Phrase("да"))


async def test_rhvoice_not_installed_says_what_to_install(new_voice, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PhoneFailed, match="apt-get install rhvoice"):
        await new_voice(engine="rhvoice").sound(Phrase("да"))


async def test_a_cache_that_cannot_be_made_is_named(new_voice, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PhoneFailed, match=r"file.*make room or rights there"):
        await new_voice(cache=tmp_path / "file").sound(Phrase("да"))


ON_A_FULL_DISK = """
import asyncio, sys
from pathlib import Path
from ivr.adapters.speech import SystemVoice, VoiceSettings
from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed

async def main(cache):
    voice = SystemVoice(VoiceSettings(cache=cache, studio=cache, engine="espeak", deadline_s=60))
    (cache / "ballast").write_bytes(bytes(60 * 1024))
    try:
        await voice.sound(Phrase("Очень длинное предложение о передаче показаний счётчика."))
    except PhoneFailed as error:
        print(error)
    print(sorted(path.name for path in cache.rglob("*.*")))
    (cache / "ballast").unlink()
    print((await voice.sound(Phrase("Да."))).stat().st_size > 44)
    await voice.close()

if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
"""


MOUNTED = 'mount -t tmpfs -o size=64k none "$2" && exec "$0" "$@"'


def test_a_full_disk_is_named_leaves_nothing_behind_and_heals(tmp_path):
    script = tmp_path / "full.py"
    script.write_text(ON_A_FULL_DISK, encoding="utf-8")
    cache = tmp_path / "cache"
    cache.mkdir()
    done = subprocess.run(
        # A real file system of 64 KiB, seen by this process tree only.
        ["unshare", "--map-root-user", "--mount", "sh", "-c", MOUNTED, sys.executable, str(script), str(cache)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    said, left, healed = done.stdout.splitlines()[-3:]
    assert "No space left on device; make room or rights there" in said and str(cache) in said
    assert (left, healed) == ("[]", "True")


LEFT_ALONE = """
import asyncio, sys, time
from pathlib import Path
import psutil
from ivr.adapters.speech import SystemVoice, VoiceSettings
from ivr.dialogue.model import Phrase

async def main(folder):
    voice = SystemVoice(VoiceSettings(cache=folder, studio=folder, engine="espeak", deadline_s=60))
    await voice.sound(Phrase("да"))
    print(*[child.pid for child in psutil.Process().children()], flush=True)
    time.sleep(60)

if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
"""


def test_renderers_go_when_the_engine_is_killed(tmp_path):
    script = tmp_path / "left.py"
    script.write_text(LEFT_ALONE, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        children = [psutil.Process(int(pid)) for pid in engine.stdout.readline().split()]
        engine.kill()
    assert len(children) >= 2, "a renderer and multiprocessing's own tracker"
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
