"""Writes a trained network as Kaldi's `final.mdl`: transition model, nnet3 and priors, in Kaldi's binary format."""

import struct
from collections.abc import Callable, Sequence

import numpy as np

from speech_training.network import CONTEXT, FLOOR, PAST, SCALE, STRIDE, TOLD, Affine

Matrix = Callable[[np.ndarray], bytes]
_STAY = 0.5


def model(
    layers: Sequence[Affine], memory: Sequence[Affine], outputs: Sequence[int], bins: int, blank_nats: float
) -> bytes:
    """The file's bytes. `outputs` gives the network's output for each phone of the decoder.

    `blank_nats` are taken off the blank through the priors that the decoder divides by: CTC swallows weak words.
    """
    classes = len(layers[-1].bias)
    priors = np.ones(classes)
    priors[0] = np.exp(blank_nats)
    network = _network(layers, memory, bins)
    context = _token("<LeftContext>") + _int(PAST) + _token("<RightContext>") + _int(CONTEXT)
    return b"\0B" + _transitions(outputs) + network + context + _token("<Priors>") + _vector(priors)


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _int(value: int) -> bytes:
    return struct.pack("<bi", 4, value)


def _float(value: float) -> bytes:
    return struct.pack("<bf", 4, value)


def _ints(values: Sequence[int]) -> bytes:
    return struct.pack("<bi", 4, len(values)) + np.asarray(values, "<i4").tobytes()


def _vector(values: Sequence[float] | np.ndarray) -> bytes:
    array = np.asarray(values, "<f4")
    return _token("FV") + _int(len(array)) + array.tobytes()


def whole(matrix: np.ndarray) -> bytes:
    rows, columns = matrix.shape
    return _token("FM") + _int(rows) + _int(columns) + np.ascontiguousarray(matrix, "<f4").tobytes()


def halved(matrix: np.ndarray) -> bytes:
    """Kaldi's CompressedMatrix of 16 bits, which it reads wherever it expects a matrix."""
    low, high = float(matrix.min()), float(matrix.max())
    span = max(high - low, 1e-6)
    steps = np.clip(np.round((matrix - low) / span * 65535), 0, 65535).astype("<u2")
    return _token("CM2") + struct.pack("<ffii", low, span, *matrix.shape) + steps.tobytes()


def _transitions(outputs: Sequence[int]) -> bytes:
    """One emitting state a phone. Phone p has the transitions 2p-1 (stays) and 2p (leaves)."""
    count = len(outputs)
    parts = [
        _token("<TransitionModel>"),
        _token("<Topology>"),
        _ints(range(1, count + 1)),
        _ints([-1, *[0] * count]),
        _int(1),
        _int(2),
        _int(0) + _int(2) + _int(0) + _float(_STAY) + _int(1) + _float(1 - _STAY),
        _int(-1) + _int(0),
        _token("</Topology>"),
        _token("<Triples>"),
        _int(count),
        *(_int(phone) + _int(0) + _int(output) for phone, output in enumerate(outputs, 1)),
        _token("</Triples>"),
        _token("<LogProbs>"),
        _vector([0.0, *[np.log(_STAY), np.log(1 - _STAY)] * count]),
        _token("</LogProbs>"),
        _token("</TransitionModel>"),
    ]
    return b"".join(parts)


def _affine(weights: np.ndarray, bias: np.ndarray, matrix: Matrix) -> bytes:
    return (
        _token("<FixedAffineComponent>")
        + _token("<LinearParams>")
        + matrix(weights)
        + _token("<BiasParams>")
        + _vector(bias)
        + _token("</FixedAffineComponent>")
    )


def _nonlinear(kind: str, size: int) -> bytes:
    statistics = _token("<ValueAvg>") + _vector([]) + _token("<DerivAvg>") + _vector([])
    count = _token("<Count>") + struct.pack("<bd", 8, 0.0)
    return _token(f"<{kind}>") + _token("<Dim>") + _int(size) + statistics + count + _token(f"</{kind}>")


def _network(layers: Sequence[Affine], memory: Sequence[Affine], bins: int) -> bytes:
    """nnet3 computes only the frames its output asks for, so a stride needs no more than offsets in input frames."""
    wiring = [f"input-node name=input dim={bins}"]
    bodies: list[tuple[str, bytes]] = []

    def add(name: str, source: str, body: bytes) -> str:
        bodies.append((name, body))
        wiring.append(f"component-node name={name} component={name} input={source}")
        return name

    add("norm", "input", _affine(np.eye(bins) * SCALE, -np.ones(bins) * FLOOR * SCALE, whole))
    last = add("norm.relu", "norm", _nonlinear("RectifiedLinearComponent", bins))
    remembered = last
    for number, layer in enumerate(memory):
        back = [(place + 1 - layer.kernel) * layer.dilation * STRIDE for place in range(layer.kernel)]
        add(f"memory{number}", _appended([remembered], back), _affine(_rows(layer), layer.bias, halved))
        relu = _nonlinear("RectifiedLinearComponent", len(layer.bias))
        remembered = add(f"memory{number}.relu", f"memory{number}", relu)
    rate = 1
    for number, layer in enumerate(layers):
        offsets = [(place - layer.kernel // 2) * layer.dilation * rate for place in range(layer.kernel)]
        sources = [last, remembered] if number == TOLD else [last]
        source = last if layer.kernel == 1 else _appended(sources, offsets)
        rows, weights = len(layer.bias), _rows(layer)
        if number == len(layers) - 1:
            add("out", source, _affine(weights, layer.bias, whole))
            add("log", "out", _nonlinear("LogSoftmaxComponent", rows))
        else:
            add(f"layer{number}", source, _affine(weights, layer.bias, halved))
            last = add(f"layer{number}.relu", f"layer{number}", _nonlinear("RectifiedLinearComponent", rows))
        rate *= layer.stride
    wiring.append("output-node name=output input=log objective=linear")
    header = _token("<Nnet3>") + b"\n" + ("\n".join(wiring) + "\n\n").encode()
    named = b"".join(_token("<ComponentName>") + _token(name) + body for name, body in bodies)
    return header + _token("<NumComponents>") + _int(len(bodies)) + named + _token("</Nnet3>")


def _rows(layer: Affine) -> np.ndarray:
    """(out, kernel * in), as Append() gives it."""
    return layer.weights.transpose(0, 2, 1).reshape(len(layer.bias), -1)


def _appended(sources: Sequence[str], offsets: Sequence[int]) -> str:
    """Every source at each of the offsets."""
    parts = [one if offset == 0 else f"Offset({one}, {offset})" for offset in offsets for one in sources]
    return f"Append({', '.join(parts)})"
