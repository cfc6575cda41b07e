"""Graphs read back by their published binary format; what they mean is proven by the recogniser's own tests."""

import math
import struct
from pathlib import Path

from ivr.adapters.speech import vosk_graph
from ivr.adapters.speech.letter_to_sound import PHONES
from ivr.adapters.speech.openfst import Fst

WORDS = {"да": (("d", "a"),), "анна": (("a", "n", "@"), ("a", "n", "a")), "аа": (("a", "a"),)}


def read(raw: bytes) -> Fst:
    """A reader of OpenFst's `vector` format of its own, so that writer and reader cannot err alike."""
    magic, size = struct.unpack_from("<ii", raw)
    assert magic == 0x7EB2FDD6
    place = 8 + size
    assert raw[8:place] == b"vector"
    (size,) = struct.unpack_from("<i", raw, place)
    assert raw[place + 4 : place + 4 + size] == b"standard"
    place += 4 + size
    _version, _flags, _properties, start, states, arcs = struct.unpack_from("<iiQqqq", raw, place)
    assert start == 0
    place += struct.calcsize("<iiQqqq")
    fst = Fst()
    for _ in range(states):
        state = fst.state()
        final, count = struct.unpack_from("<fq", raw, place)
        place += 12
        if final != math.inf:
            fst.final[state] = final
        for _ in range(count):
            heard, told, cost, target = struct.unpack_from("<iifi", raw, place)
            fst.arc(state, heard, told, cost, target)
            place += 16
    assert place == len(raw)
    assert arcs == sum(map(len, fst.arcs))
    return fst


def accepts(fst: Fst, labels: list[int]) -> set[tuple[int, ...]]:
    """What the graph tells for these input labels, by every path."""
    found = set()
    todo = [(0, 0, ())]
    seen = set(todo)
    while todo:
        state, read_so_far, told = todo.pop()
        if read_so_far == len(labels) and state in fst.final:
            found.add(told)
        for heard, word, _, target in fst.arcs[state]:
            if heard and (read_so_far == len(labels) or labels[read_so_far] != heard):
                continue
            step = (target, read_so_far + bool(heard), (*told, word) if word else told)
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return found


def labels(path: str) -> list[int]:
    """Transitions of a path like `d/begin a/end a/end -`: entering each phone, staying where it repeats."""
    out: list[int] = []
    before = 0
    for step in path.split():
        if step in "-=":
            phone = vosk_graph.SILENCE if step == "-" else vosk_graph.INNER_BLANK
        else:
            name, _, place = step.partition("/")
            phone = 3 + 4 * (PHONES.index(name) - 1) + vosk_graph.PLACES.index(place)
        out.append(2 * phone - 1 if phone == before else 2 * phone)
        before = phone
    return out


def graph(folder: Path) -> tuple[Fst, dict[str, int]]:
    vosk_graph.write(folder, WORDS, vosk_graph.Costs())
    numbers = dict(line.split() for line in (folder / "words.txt").read_text(encoding="utf-8").splitlines())
    return read((folder / "HCLr.fst").read_bytes()), {word: int(number) for word, number in numbers.items()}


def test_a_word_is_heard_with_phones_that_last_and_blanks_between(tmp_path: Path) -> None:
    fst, numbers = graph(tmp_path)
    for path in ("d/begin a/end", "- - d/begin d/begin = = a/end a/end - -"):
        assert accepts(fst, labels(path)) >= {(numbers["да"],)}
    assert (numbers["да"], numbers["да"]) in accepts(fst, labels("d/begin a/end d/begin a/end"))


def test_every_way_of_saying_tells_the_same_word(tmp_path: Path) -> None:
    fst, numbers = graph(tmp_path)
    for last in ("@", "a"):
        assert (numbers["анна"],) in accepts(fst, labels(f"a/begin n/internal {last}/end"))


def test_the_same_phone_twice_needs_a_blank(tmp_path: Path) -> None:
    fst, numbers = graph(tmp_path)
    assert (numbers["аа"],) in accepts(fst, labels("a/begin = a/end"))
    assert (numbers["аа"],) not in accepts(fst, labels("a/begin a/end"))


def test_other_sounds_are_unknown(tmp_path: Path) -> None:
    fst, numbers = graph(tmp_path)
    assert accepts(fst, labels("t/begin u/internal = t/end")) == {(numbers["[unk]"],)}
    assert accepts(fst, labels("t/begin")) == set()


def test_arcs_are_sorted_as_a_composition_needs(tmp_path: Path) -> None:
    sounds, _ = graph(tmp_path)
    assert all(arcs == sorted(arcs, key=lambda arc: arc[1]) for arcs in sounds.arcs)
    order = read((tmp_path / "Gr.fst").read_bytes())
    assert all(arcs == sorted(arcs, key=lambda arc: arc[0]) for arcs in order.arcs)
    probabilities = math.exp(-order.final[0]) + sum(math.exp(-arc[2]) for arc in order.arcs[0])
    assert math.isclose(probabilities, 1, abs_tol=1e-6)
