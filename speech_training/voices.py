"""Synthetic voices: RHVoice and ru_tts by their C interfaces, espeak-ng and festival as programs. All at 8 kHz.

Only voices whose licence allows it train the model; those under CC-BY-NC-ND are heard in tests alone.
"""

import ctypes as c
import re
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 8000
TRAINING = ("Aleksandr", "Aleksandr-hq", "Anna", "Elena", "Irina")
"""RHVoice voices under LGPL-2.1+ (Aleksandr-hq: CC-BY-SA-4.0)."""
TUNING = ("Pavel", "Tatiana")
TEST = ("Artemiy", "Arina", "Evgeniy-Rus", "Mikhail", "Victoria", "Vitaliy", "Yuriy")
"""RHVoice voices under CC-BY-NC-ND-4.0: the first two tune the decoder, the others only measure."""
VARIANTS: Sequence[str] = str.split(
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo Jacky "
    "Lee Marco Mario Michael Mike Mr Nguyen adam anika antonio aunty belinda benjamin boris caleb david ed edward "
    "edward2 gustave iven iven2 john klatt klatt2 klatt3 linda marcelo max michel miguel norbert pablo paul pedro "
    "quincy rob robert sandro shelby steph steph2 steph3 travis victor zac grandma grandpa"
)
"""espeak-ng's ways of speaking (GPL program; no claim on what it says)."""
RETRO = ("male", "female")
"""ru_tts (MIT): a man and a woman, joined of sounds recorded by the Speech Research Laboratory in Minsk, 1990."""
_FEMALE = 4
_QUIET = 0.01
_MARGIN = 240
_FESTIVAL = """
mount -t overlay overlay -o lowerdir="$0/usr/share:/usr/share" /usr/share
mount -t overlay overlay -o lowerdir="$0/etc:/etc" /etc
export LD_LIBRARY_PATH="$0/usr/lib/x86_64-linux-gnu"
exec "$0/usr/bin/festival" -b "$1"
"""
"""festival has /usr/share/festival compiled in: it runs in a mount namespace of its own, which only root may make."""
_RESPELT = {"сорок": "[[s'orVk]]"}
"""What espeak-ng stresses wrongly, in its own phonemes."""

_Rate = c.CFUNCTYPE(c.c_int, c.c_int, c.c_void_p)
_Consume = c.PYFUNCTYPE(c.c_int, c.c_void_p, c.c_size_t, c.c_void_p)
_Play = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_uint, c.c_void_p)


class _Callbacks(c.Structure):
    _fields_ = [
        ("set_sample_rate", _Rate),
        ("play_speech", _Play),
        *((name, c.c_void_p) for name in ("mark", "word", "word_end", "sentence", "sentence_end", "play", "done")),
    ]


class _Settings(c.Structure):
    _fields_ = [
        ("data", c.c_char_p),
        ("configuration", c.c_char_p),
        ("resources", c.c_void_p),
        ("callbacks", _Callbacks),
        ("options", c.c_uint),
    ]


class _Speaking(c.Structure):
    _fields_ = [
        ("voice", c.c_char_p),
        *((name, c.c_double) for name in ("rate", "pitch", "volume", "times_rate", "times_pitch", "times_volume")),
        ("punctuation", c.c_int),
        ("punctuation_list", c.c_char_p),
        ("capitals", c.c_int),
        ("flags", c.c_int),
    ]


class RHVoice:
    """The engine of the unpacked packages under `root`. Raises RuntimeError when it cannot start or speak."""

    def __init__(self, root: Path) -> None:
        libraries = root / "usr/lib/x86_64-linux-gnu"
        c.CDLL(str(libraries / "libRHVoice_core.so.7"), mode=c.RTLD_GLOBAL)
        self._library = library = c.CDLL(str(libraries / "libRHVoice.so.5"))
        library.RHVoice_new_tts_engine.restype = c.c_void_p
        library.RHVoice_new_message.restype = c.c_void_p
        library.RHVoice_new_message.argtypes = [c.c_void_p, c.c_char_p, c.c_uint, c.c_int, c.c_void_p, c.c_void_p]
        library.RHVoice_speak.argtypes = library.RHVoice_delete_message.argtypes = [c.c_void_p]
        self._heard: list[Any] = []
        self._rate = 24000
        self._kept = _Rate(self._on_rate), _Play(self._on_speech)  # C holds them: they must not be collected
        settings = _Settings(
            str(root / "usr/share/RHVoice").encode(), str(root / "etc/RHVoice").encode(), None, _Callbacks(*self._kept)
        )
        self._engine = library.RHVoice_new_tts_engine(c.byref(settings))
        if not self._engine:
            raise RuntimeError(f"RHVoice does not start on the packages in {root}")

    def _on_rate(self, rate: int, _: object) -> int:
        self._rate = rate
        return 1

    def _on_speech(self, samples: Any, count: int, _: object) -> int:
        self._heard.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 1

    def say(self, text: str, voice: str, rate: float = 1.0, pitch: float = 1.0) -> np.ndarray:
        self._heard = []
        speaking = _Speaking(voice.encode(), 0, 0, 0, rate, pitch, 1.0, 0, None, 0, 1)
        spoken = text.encode()
        message = self._library.RHVoice_new_message(self._engine, spoken, len(spoken), 0, c.byref(speaking), None)
        if not message:
            raise RuntimeError(f"RHVoice's {voice} cannot say {text!r}")
        self._library.RHVoice_speak(message)
        self._library.RHVoice_delete_message(message)
        return at_8k(np.concatenate(self._heard), self._rate) if self._heard else np.zeros(0, np.float32)


def espeak(text: str, variant: str, words_a_minute: int, pitch: int, gap: int) -> np.ndarray:
    text = re.sub(r"\w+", lambda word: _RESPELT.get(word[0], word[0]), text)
    spoken = subprocess.run(
        ["espeak-ng", "-v", f"ru+{variant}", "-s", str(words_a_minute), "-p", str(pitch), "-g", str(gap), "--stdout"],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout
    return at_8k(np.frombuffer(spoken[44:], "<i2"), 22050)


class Retro:
    """ru_tts, by the C interface of the library that `retro-ru-tts` brings: its Python function fails from 3.10 on."""

    def __init__(self) -> None:
        found = find_spec("_ru_tts_native")
        if found is None or found.origin is None:
            raise RuntimeError("retro-ru-tts is not installed")
        self._library = c.PyDLL(found.origin)
        self._heard = bytearray()
        self._kept = _Consume(self._on_wave)

    def _on_wave(self, samples: int, size: int, _: object) -> int:
        self._heard += c.string_at(samples, size)
        return 0

    def say(self, text: str, voice: str, rate: int, pitch: int, intonation: int) -> np.ndarray:
        """`rate`, `pitch` and `intonation` in per cent of the voice's own; a stress is an acute after its vowel."""
        settings = (c.c_int * 12)()
        self._library.ru_tts_config_init(settings)
        settings[:3] = rate, pitch, intonation
        settings[11] |= _FEMALE if voice == "female" else 0
        self._heard = bytearray()
        written = text.replace("\N{COMBINING ACUTE ACCENT}", "+").encode("koi8-r", "ignore")
        buffer = c.create_string_buffer(8192)
        self._library.ru_tts_transfer(settings, written, buffer, c.c_size_t(len(buffer)), self._kept, None)
        return at_8k(np.frombuffer(self._heard, np.int8).astype(np.float32) * 256, 10_000)


def festival(root: Path, texts: Sequence[str], stretches: Sequence[float]) -> list[np.ndarray]:
    """Speech of festvox-ru for each text; empty where festival could not say it."""
    said: list[np.ndarray] = []
    with tempfile.TemporaryDirectory() as folder:
        lines = ["(voice_msu_ru_nsh_clunits)"]
        for number, (text, stretch) in enumerate(zip(texts, stretches, strict=True)):
            lines += [
                f"(Parameter.set 'Duration_Stretch {stretch:.2f})",
                f'(set! u (Utterance Text "{text}"))',
                f'(unwind-protect (begin (utt.synth u) (utt.save.wave u "{folder}/{number}.wav" \'riff)) nil)',
            ]
        script = Path(folder, "say.scm")
        script.write_text("\n".join(lines), encoding="utf-8")
        subprocess.run(["unshare", "-m", "sh", "-c", _FESTIVAL, root.resolve(), script], capture_output=True)
        for number in range(len(texts)):
            sound = Path(folder, f"{number}.wav")
            if sound.exists():
                said.append(at_8k(*soundfile.read(sound, dtype="int16")))
            else:
                said.append(np.zeros(0, np.float32))
    return said


def at_8k(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == RATE:
        return np.asarray(samples, np.float32)
    common = gcd(rate, RATE)
    return resample_poly(np.asarray(samples, np.float32), RATE // common, rate // common).astype(np.float32)


def trimmed(samples: np.ndarray, quiet: float = _QUIET) -> np.ndarray:
    """Without the silence at its ends, but for 30 ms."""
    loud = np.flatnonzero(np.abs(samples) > quiet * max(1.0, float(np.abs(samples).max(initial=0.0))))
    return samples[max(0, loud[0] - _MARGIN) : loud[-1] + _MARGIN] if len(loud) else samples[:0]
