"""Test audio that never trains the model: the recorded human voice of asterisk-core-sounds-ru, and held-out voices.

Each utterance is clean 8 kHz speech with its words; conditions (codec, noise, loss) are laid over it by `condition`.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from speech_training import channel, texts, voices
from speech_training.corpus import Corpus, Spoken
from speech_training.voices import RATE, trimmed

CONDITIONS = (
    "alaw",
    "gsm",
    *(f"{kind}{ratio}" for ratio in (15, 10, 20, 5) for kind in ("babble", "street", "hum")),
    *(f"loss{percent}" for percent in (3, 1, 5)),
)
"""What a test set is heard through. Noise is so many decibels below the speech, then A-law; lost packets are silent."""
_SPOKEN_AS = {"hundred": "сто", "thousand": "тысяча", "2n": "два"}
_TENS = ["десять", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"]
AFTER_S = 0.7
"""Quiet after an utterance."""
PROMPTS = (
    "activated added agent-alreadyon agent-incorrect agent-loggedoff agent-loginok agent-pass agent-user "
    "all-circuits-busy-now auth-incorrect auth-thankyou call-fwd-no-ans call-fwd-on-busy call-waiting calling "
    "cancelled cannot-complete-as-dialed check-number-dial-again conf-invalid conf-invalidpin conf-kicked "
    "conf-leaderhasleft conf-locked conf-lockednow conf-muted conf-unmuted conf-waitforleader de-activated "
    "demo-abouttotry demo-echodone demo-thanks demo-nomatch dir-nomatch disabled do-not-disturb enabled extension for "
    "goodbye hello hello-world hours im-sorry invalid is is-in-use location lowercase minutes number "
    "number-not-answering one-moment-please pbx-invalid phone please-try-again pls-hold-while-try pls-try-call-later "
    "privacy-incorrect privacy-thankyou queue-thankyou removed seconds something-terribly-wrong sorry speed-dial "
    "telephone-number time transfer tt-somethingwrong uppercase vm-Family vm-Friends vm-INBOX vm-Old vm-Urgent vm-Work "
    "vm-and vm-deleted vm-extension vm-for vm-from vm-goodbye vm-incorrect vm-intro vm-last vm-login vm-mailboxfull "
    "vm-message vm-messages vm-msgsaved vm-next vm-nobox vm-password vm-received vm-saved vm-sorry vm-undeleted "
    "vm-youhave with your you-entered"
)
"""Prompts of the human speaker that hold no number, by their names; nobody has listened to them."""


@dataclass(frozen=True)
class Utterance:
    """Clean speech with quiet around it, the words that were said, and who said them."""

    samples: np.ndarray
    words: tuple[str, ...]
    voice: str


def human(sounds: Path) -> dict[str, list[Utterance]]:
    """The recorded speaker: words alone, strings of digits, pairs, whole numbers up to 1199, and no numbers."""
    r = random.Random(42)
    recorded = recorded_words(sounds / "digits")
    sets: dict[str, list[Utterance]] = {"human numberless": []}
    for kind, words in _human_strings(r, list(recorded)):
        parts = [recorded[word] for word in words]
        sets.setdefault(f"human {kind}", []).append(Utterance(placed(parts, r, 0.05, 0.25), tuple(words), "human"))
    for name in PROMPTS.split():
        samples = trimmed(read_sound(sounds / f"{name}.wav"), 0.02)
        sets["human numberless"].append(Utterance(placed([samples], r, 0.1, 0.2), (), "human"))
    return sets


def recorded_words(digits: Path) -> dict[str, np.ndarray]:
    """The human speaker's words of numbers, from her folder of digits."""
    teens = [word for word in texts.COUNTED if word.endswith("надцать")]
    order = sorted(teens, key=lambda word: texts.COUNTED.index(word))
    files = {str(number): word for number, word in enumerate(texts.DIGITS)}
    files |= {str(11 + number): word for number, word in enumerate(order) if number < 9}
    files |= {str(10 * number): word for number, word in enumerate(_TENS, 1)}
    files |= {name: word for name, word in _SPOKEN_AS.items() if name != "2n"}
    return {word: trimmed(read_sound(digits / f"{name}.wav"), 0.02) for name, word in files.items()}


def _human_strings(r: random.Random, words: list[str]) -> Iterator[tuple[str, list[str]]]:
    for word in words:
        yield from [("words", [word])] * 2
    for _ in range(80):
        yield "digits", [r.choice(texts.DIGITS) for _ in range(r.randint(4, 8))]
    for _ in range(60):
        yield "pairs", [word for _ in range(r.randint(2, 4)) for word in texts.whole(r.randint(10, 99), r)]
    for _ in range(60):
        if r.random() < 0.5:
            yield "numbers", ["тысяча", *texts.whole(r.randint(1, 199), r)]
        else:
            yield "numbers", [*texts.whole(r.randint(10, 199), r), *texts.whole(r.randint(100, 199), r)]


def held_out(corpus: Corpus, names: tuple[str, ...], label: str) -> dict[str, list[Utterance]]:
    """Sentences of voices that train nothing: numbers alone, and those without any word of a number.

    The latter twice: `numberless`, where any number that is heard is wrong, and `words`, to be heard by a vocabulary.
    """
    r = random.Random(43)
    numbers: list[Utterance] = []
    others: list[Utterance] = []
    counted = set(texts.COUNTED)
    for name, spoken in corpus.read(lambda stem: stem.removeprefix("rhvoice_") in names).items():
        voice = name.removeprefix("rhvoice_")
        for one in spoken:
            known = [word in counted for word in one.words]
            if all(known):
                numbers.append(_utterance(one, voice, r))
            elif not any(known):
                others.append(_utterance(one, voice, r))
    numberless = [replace(one, words=()) for one in others]
    return {f"{label} numbers": numbers, f"{label} numberless": numberless, f"{label} words": others}


def _utterance(one: Spoken, voice: str, r: random.Random) -> Utterance:
    return Utterance(placed([one.samples.astype(np.float32)], r, 0.1, 0.2), tuple(one.words), voice)


def placed(
    parts: list[np.ndarray], r: random.Random, least_s: float, most_s: float, after_s: float = AFTER_S
) -> np.ndarray:
    """The parts with pauses between and after them, quiet at both ends, at a level that calls have."""
    row = [np.zeros(int(0.4 * RATE), np.float32)]
    for part in parts:
        row += [part, np.zeros(int(RATE * r.uniform(least_s, most_s)), np.float32)]
    joined = np.concatenate([*row, np.zeros(int(after_s * RATE), np.float32)])
    return joined * (channel.FULL * 10 ** (r.uniform(-24, -14) / 20) / channel.loudness(joined))


def read_sound(path: Path) -> np.ndarray:
    """A sound file's samples at 8 kHz. Raises OSError, soundfile.LibsndfileError."""
    samples, rate = soundfile.read(path, dtype="int16")
    return voices.at_8k(samples, rate)


def condition(samples: np.ndarray, name: str, seed: int, others: list[Utterance]) -> np.ndarray:
    """The samples as they arrive under one of CONDITIONS; `others` talk in the babble. 16-bit integers."""
    r = random.Random(f"{name} {seed}")
    kind, figure = name.rstrip("0123456789"), int("0" + name.lstrip("abcdefghijklmnopqrstuvwxyz"))
    if kind == "loss":
        heard = channel.lossy(channel.coded(samples, "ALAW"), r, figure / 100, conceal=False)
    elif kind in ("babble", "street", "hum"):
        noisy = channel.with_noise(samples, _noise(kind, len(samples), r, others), figure)
        heard = channel.coded(noisy, "ALAW")
    else:
        heard = channel.coded(samples, {"alaw": "ALAW", "gsm": "GSM610"}[kind])
    return heard.astype(np.int16)


def _noise(kind: str, count: int, r: random.Random, others: list[Utterance]) -> np.ndarray:
    if kind == "babble":
        mixed = np.zeros(count)
        for _ in range(4):
            other = r.choice(others).samples
            mixed += np.roll(np.resize(other / channel.loudness(other), count), r.randrange(count))
        return mixed
    drawn = np.random.default_rng(r.getrandbits(32))
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    if kind == "street":  # brown rumble of engines that swells and fades
        rumble = np.fft.irfft(np.fft.rfft(drawn.standard_normal(count)) / np.maximum(frequencies, 60) ** 0.8, count)
        return rumble * (1 + 0.5 * np.sin(2 * np.pi * r.uniform(0.1, 0.5) * np.arange(count) / RATE))
    time_s = np.arange(count) / RATE
    return sum(np.sin(2 * np.pi * 50 * n * time_s + n) / n for n in range(1, 12)) + 0.02 * drawn.standard_normal(count)


def store(sets: dict[str, list[Utterance]], path: Path) -> None:
    """One file of all sets, so that measuring needs no voices."""
    flat = [(name, one) for name, utterances in sets.items() for one in utterances]
    np.savez_compressed(
        path,
        samples=np.concatenate([np.clip(one.samples, -32767, 32767).astype(np.int16) for _, one in flat]),
        lengths=[len(one.samples) for _, one in flat],
        labels=np.frombuffer(json.dumps([[name, one.words, one.voice] for name, one in flat]).encode(), np.uint8),
    )


def load(path: Path) -> dict[str, list[Utterance]]:
    with np.load(path) as stored:
        parts = np.split(stored["samples"], np.cumsum(stored["lengths"])[:-1])
        labels = json.loads(bytes(stored["labels"]).decode())
    sets: dict[str, list[Utterance]] = {}
    for part, (name, words, voice) in zip(parts, labels, strict=True):
        sets.setdefault(name, []).append(Utterance(part.astype(np.float32), tuple(words), voice))
    return sets
