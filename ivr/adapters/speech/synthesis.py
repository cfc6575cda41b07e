"""Text to samples, by espeak-ng through pyttsx3 or by RHVoice. Runs in a rendering process only."""

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ivr.adapters.speech.jobs import RenderFailed, Speak
from ivr.adapters.speech.lifetime import die_with_parent
from ivr.adapters.speech.sound import Samples
from ivr.adapters.speech.wavefile import read_wav

_ESPEAK_VOICE = "zle/ru"
_RHVOICE_VOICE = "Anna"
_RHVOICE_RATE = 170
"""About the words a minute of RHVoice at 100 %, measured against espeak-ng on our prompts; voices differ by a fifth."""


def synthesise(speak: Speak) -> tuple[Samples, int]:
    """Samples and their rate. Raises RenderFailed with what to do."""
    return _rhvoice(speak) if speak.engine == "rhvoice" else _engine().say(speak)


class _Espeak:
    """espeak-ng through pyttsx3's binding, in its synchronous mode.

    pyttsx3's own engine runs espeak-ng asynchronously and stops it on a race: 9 of 360 phrases came out empty with
    pyttsx3 2.99 on a busy machine. It also swallows an unknown voice, and prints a line for each file.
    """

    def __init__(self) -> None:
        # Here, so that a missing library is this phrase's error with its remedy, not a dead process.
        from pyttsx3.drivers import _espeak

        self._binding = _espeak
        self._rate = _espeak.Initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, 100)
        if self._rate <= 0:
            raise RuntimeError("it does not find its data")
        self._pcm = bytearray()
        _espeak.SetSynthCallback(self._take)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count:
            self._pcm += ctypes.string_at(samples, count * 2)
        return 0

    def say(self, speak: Speak) -> tuple[Samples, int]:
        binding, voice = self._binding, speak.voice or _ESPEAK_VOICE
        if binding.SetVoiceByName(voice.encode()) != binding.EE_OK:
            raise RenderFailed(
                f"espeak-ng does not know the voice '{voice}'; see espeak-ng --voices=ru, key speech.voice"
            )
        binding.SetParameter(binding.RATE, speak.rate, 0)
        self._pcm.clear()
        # Neither the SSML nor the PHONEMES flag: the text is words only.
        binding.Synth(speak.text.encode(), flags=binding.CHARS_UTF8 | binding.ENDPAUSE)
        return np.frombuffer(bytes(self._pcm), dtype="<i2") / 32768.0, self._rate


@cache
def _engine() -> _Espeak:
    """One engine a process: espeak-ng cannot be initialised twice."""
    try:
        return _Espeak()
    except (ImportError, OSError, RuntimeError) as error:
        raise RenderFailed(f"espeak-ng cannot start ({error}); install it: apt-get install espeak-ng") from error


def _rhvoice(speak: Speak) -> tuple[Samples, int]:
    with tempfile.TemporaryDirectory(prefix="ivr-speech-") as folder:
        output = Path(folder) / "speech.wav"
        # The text goes to standard input, as plain text: without --ssml no mark-up is known.
        command = [
            "RHVoice-test",
            "--profile",
            speak.voice or _RHVOICE_VOICE,
            "--rate",
            str(round(100 * speak.rate / _RHVOICE_RATE)),
            "--output",
            str(output),
        ]
        try:
            # This process has one thread, so preexec_fn is safe; a hanging RHVoice goes with it.
            done = subprocess.run(
                command,
                input=f"{speak.text}\n".encode(),
                capture_output=True,
                check=False,
                preexec_fn=die_with_parent,
            )
        except FileNotFoundError as error:
            raise RenderFailed(
                "RHVoice is not installed: apt-get install rhvoice rhvoice-russian, or speech.engine: espeak"
            ) from error
        if done.returncode or not output.exists():
            raise RenderFailed(f"RHVoice-test gave no sound (exit {done.returncode}); see RHVoice-test --help")
        return read_wav(output)
