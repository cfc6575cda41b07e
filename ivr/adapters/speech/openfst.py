"""Writes OpenFst's binary `vector` files over the tropical semiring: a graph needs no OpenFst on this machine."""

import math
import struct
from dataclasses import dataclass, field

_MAGIC = 2125659606
_VERSION = 2
_EXPANDED_MUTABLE = 0b11
_SORTED_BY_INPUT, _SORTED_BY_OUTPUT = 1 << 28, 1 << 30


@dataclass
class Fst:
    """States are numbers from 0, the first made is the start. Costs are negative natural logarithms."""

    arcs: list[list[tuple[int, int, float, int]]] = field(default_factory=list)
    final: dict[int, float] = field(default_factory=dict)

    def state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def arc(self, source: int, heard: int, told: int, cost: float, target: int) -> None:
        """From `source` to `target`: `heard` is the input label, `told` the output label, 0 is none."""
        self.arcs[source].append((heard, told, cost, target))

    def encoded(self, *, by_output: bool) -> bytes:
        """The file's bytes, each state's arcs sorted by their output or input label, as compositions need them."""
        properties = _EXPANDED_MUTABLE | (_SORTED_BY_OUTPUT if by_output else _SORTED_BY_INPUT)
        key = 1 if by_output else 0
        parts = [
            struct.pack("<i", _MAGIC),
            _text("vector"),
            _text("standard"),
            struct.pack("<iiQqqq", _VERSION, 0, properties, 0, len(self.arcs), sum(map(len, self.arcs))),
        ]
        for state, arcs in enumerate(self.arcs):
            parts.append(struct.pack("<fq", self.final.get(state, math.inf), len(arcs)))
            parts += [struct.pack("<iifi", *arc) for arc in sorted(arcs, key=lambda arc: arc[key])]
        return b"".join(parts)


def _text(name: str) -> bytes:
    return struct.pack("<i", len(name)) + name.encode()
