"""The decoding graph of our own acoustic model, as stock vosk loads it: which words there are and how they sound.

vosk composes `HCLr.fst` (sounds → words) with the grammar of the turn, or with `Gr.fst` when a turn gives none. Every
word is one chain of phones that starts at the hub and tells its word on its first arc, so that a grammar prunes at
once: with thousands of words no determinised tree and no lookahead type of graph is needed.

Phones of the decoder (numbered from 1) know their place in the word, so that word times are right, and share the
outputs of the network: 1 is blank between words, which is silence; 2 is blank within a word; then four of each phone.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.adapters.speech.letter_to_sound import PHONES
from ivr.adapters.speech.openfst import Fst

UNKNOWN = "[unk]"
SILENCE, INNER_BLANK = 1, 2
PLACES = ("begin", "internal", "end", "singleton")
_NUMBER = {phone: number for number, phone in enumerate(PHONES)}
Pronunciations = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Costs:
    """What it costs to hear `[unk]`: once, and for each of its phones. In nats, beside the scaled acoustics."""

    unknown: float = 4.0
    unknown_phone: float = 2.25

    def as_json(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def outputs() -> list[int]:
    """The network's output for each phone of the decoder, in order."""
    return [0, 0, *(number for number in range(1, len(PHONES)) for _ in PLACES)]


def write(folder: Path, words: Pronunciations, costs: Costs, weights: Mapping[str, float] | None = None) -> None:
    """Writes the model's `graph` folder; `weights` are frequencies for turns without a grammar, all equal without."""
    symbols = ["<eps>", *words, UNKNOWN, "#0", "<s>", "</s>"]
    numbers = {word: number for number, word in enumerate(symbols)}
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    folder.joinpath("HCLr.fst").write_bytes(_sounds(words, numbers, costs).encoded(by_output=True))
    folder.joinpath("Gr.fst").write_bytes(_any_order(words, numbers, weights or {}).encoded(by_output=False))
    folder.joinpath("words.txt").write_text(
        "".join(f"{word} {number}\n" for number, word in enumerate(symbols)), encoding="utf-8"
    )
    folder.joinpath("disambig_tid.int").write_text(f"{2 * len(outputs()) + 1}\n")  # vosk wants one; no arc has it
    boundaries = ["1 nonword", "2 internal", *_boundaries()]
    folder.joinpath("phones", "word_boundary.int").write_text("".join(f"{line}\n" for line in boundaries))


def _boundaries() -> Iterator[str]:
    for number in range(1, len(PHONES)):
        for place in PLACES:
            yield f"{_phone(number, place)} {place}"


def _phone(number: int, place: str) -> int:
    return 3 + len(PLACES) * (number - 1) + PLACES.index(place)


def _stays(phone: int) -> int:
    """Label of the transition that stays in a phone."""
    return 2 * phone - 1


def _enters(phone: int) -> int:
    return 2 * phone


def _sounds(words: Pronunciations, numbers: Mapping[str, int], costs: Costs) -> Fst:
    """The topology of CTC over the lexicon: a phone lasts as long as it likes, blanks may lie between."""
    fst = Fst()
    hub, quiet = fst.state(), fst.state()
    fst.final[hub] = fst.final[quiet] = 0.0
    fst.arc(hub, _enters(SILENCE), 0, 0.0, quiet)
    fst.arc(quiet, _stays(SILENCE), 0, 0.0, quiet)
    fst.arc(quiet, 0, 0, 0.0, hub)
    for word, ways in words.items():
        for way in dict.fromkeys(ways):
            _word(fst, hub, numbers[word], [_NUMBER[phone] for phone in way])
    _unknown(fst, hub, numbers[UNKNOWN], costs)
    return fst


def _word(fst: Fst, hub: int, word: int, phones: list[int]) -> None:
    places = ["singleton"] if len(phones) == 1 else ["begin", *["internal"] * (len(phones) - 2), "end"]
    before, told = hub, word
    for place, phone in enumerate(phones):
        this = _phone(phone, places[place])
        state = fst.state()
        if place == 0 or phone != phones[place - 1]:  # the same phone again is heard only after a blank
            fst.arc(before, _enters(this), told, 0.0, state)
        if place:
            blank = _blank(fst, before)
            fst.arc(blank, _enters(this), 0, 0.0, state)
        fst.arc(state, _stays(this), 0, 0.0, state)
        before, told = state, 0
    fst.arc(before, 0, 0, 0.0, hub)


def _blank(fst: Fst, before: int) -> int:
    blank = fst.state()
    fst.arc(before, _enters(INNER_BLANK), 0, 0.0, blank)
    fst.arc(blank, _stays(INNER_BLANK), 0, 0.0, blank)
    return blank


def _unknown(fst: Fst, hub: int, word: int, costs: Costs) -> None:
    """`[unk]`: any two or more phones, each at its cost, so that other words need not become words we know."""
    inner = fst.state()
    between = _blank(fst, inner)
    fst.arc(between, 0, 0, 0.0, inner)
    for number in range(1, len(PHONES)):
        begin, middle, end = (fst.state() for _ in range(3))
        for state, place in ((begin, "begin"), (middle, "internal"), (end, "end")):
            fst.arc(state, _stays(_phone(number, place)), 0, 0.0, state)
            fst.arc(state, 0, 0, 0.0, hub if place == "end" else inner)
        first = costs.unknown + costs.unknown_phone
        fst.arc(hub, _enters(_phone(number, "begin")), word, first, begin)
        fst.arc(inner, _enters(_phone(number, "internal")), 0, costs.unknown_phone, middle)
        fst.arc(inner, _enters(_phone(number, "end")), 0, costs.unknown_phone, end)


def _any_order(words: Iterable[str], numbers: Mapping[str, int], weights: Mapping[str, float]) -> Fst:
    """Any words in any order, by their weights: what a turn without a grammar may hear."""
    share = {word: weights.get(word, 1.0) for word in (*words, UNKNOWN)}
    total = 1.25 * sum(share.values())  # a fifth is left for the end
    fst = Fst()
    start = fst.state()
    fst.final[start] = math.log(5)
    for word, weight in share.items():
        fst.arc(start, numbers[word], numbers[word], -math.log(weight / total), start)
    return fst
