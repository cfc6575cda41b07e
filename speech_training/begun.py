"""A network that was exported before, read back from Kaldi's `final.mdl` to be trained on.

Normalisation was folded into the weights when it was written; it is put back with the statistics of a batch, so that
the network goes on as it was. Weights come back as 16 bits kept them.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ivr.adapters.speech.letter_to_sound import PHONES
from speech_training.features import BINS
from speech_training.network import Affine, Network

_SHAKEN = 0.15
"""Of the deviation of a layer's weights, when it is widened."""
_NAME, _AFFINE, _BIAS = b"<ComponentName> ", b"<FixedAffineComponent> <LinearParams> ", b"<BiasParams> FV "


def read(model: Path, channels: int) -> Network:
    """The network of a folder made by `export.acoustics`, widened to `channels`. Raises OSError, ValueError."""
    components = _components((model / "am/final.mdl").read_bytes())
    if "out" not in components or "memory0" not in components:
        raise ValueError(f"{model}: no model of ours with a memory")
    with torch.random.fork_rng():
        torch.manual_seed(1)  # a memory that is widened is the same each time
        network = Network(BINS, len(PHONES), len(components["layer0"][1]))
    named = [
        *((f"layer{place}", *pair) for place, pair in enumerate(zip(network.convolutions, network.norms, strict=True))),
        *(
            (f"memory{place}", *pair)
            for place, pair in enumerate(zip(network.memory, network.memory_norms, strict=True))
        ),
    ]
    for name, convolution, norm in named:
        _fill(convolution, *components[name])
        norm.running_var.fill_(1 - norm.eps)
    _fill(network.out, *components["out"])
    return (_widened(network, channels) if channels > network.channels else network).eval()


def _widened(narrow: Network, channels: int) -> Network:
    """A wider network that hears much the same: channels are doubled by chance and their parts in what follows halved
    (Net2Net, Chen et al., 2016), then all is shaken a little, for twins would learn alike."""
    drawn = torch.Generator().manual_seed(3)
    had = narrow.channels
    source = torch.cat([torch.arange(had), torch.randint(0, had, (channels - had,), generator=drawn)])
    share = 1 / torch.bincount(source, minlength=had)[source]
    wide = Network(BINS, len(PHONES), channels)
    with torch.no_grad():
        for place, (old, new) in enumerate(zip(narrow.convolutions, wide.convolutions, strict=True)):
            weight = old.weight
            if place:
                weight = torch.cat([weight[:, source] * share[:, None], weight[:, had:]], 1)
            new.weight.copy_(weight[source] + _SHAKEN * weight.std() * torch.randn(new.weight.shape, generator=drawn))
            new.bias.copy_(old.bias[source])
        wide.out.weight.copy_(narrow.out.weight[:, source] * share[:, None])
        wide.out.bias.copy_(narrow.out.bias)
    wide.memory, wide.memory_norms = narrow.memory, narrow.memory_norms
    for norm in wide.norms:
        norm.running_var.fill_(1 - norm.eps)
    return wide


def put_back_norms(network: Network, frames: torch.Tensor) -> None:
    """Normalisation whose gain and offset undo it on these `frames` (as `Network.forward` takes them): nothing changes
    but that training may go on."""
    seen: dict[nn.Module, torch.Tensor] = {}
    norms = [*network.norms, *network.memory_norms]
    hooks = [norm.register_forward_hook(lambda norm, given, _: seen.__setitem__(norm, given[0])) for norm in norms]
    with torch.no_grad():
        network.eval()(frames)
        for norm in norms:
            mean, var = seen[norm].mean((0, 2)), seen[norm].var((0, 2), unbiased=False)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(var)
            norm.weight.copy_((var + norm.eps).sqrt())
            norm.bias.copy_(mean)
    for hook in hooks:
        hook.remove()


def mean(first: Sequence[Affine], second: Sequence[Affine], share: float) -> list[Affine]:
    """Layer by layer, `share` of the second: of two networks, of which one began as the other, the mean is often better
    than either (Wortsman et al., 2022)."""
    return [
        Affine(
            one.weights * (1 - share) + other.weights * share,
            one.bias * (1 - share) + other.bias * share,
            one.kernel,
            one.stride,
            one.dilation,
        )
        for one, other in zip(first, second, strict=True)
    ]


def _fill(convolution: nn.Module, rows: np.ndarray, bias: np.ndarray) -> None:
    """With what the file holds. Channels that it lacks stay as they were drawn, and nobody listens to them yet: the
    network hears the same."""
    kernel = convolution.weight.shape[2]
    weights = np.ascontiguousarray(rows.reshape(len(bias), kernel, -1).transpose(0, 2, 1))
    out, into, _ = weights.shape
    with torch.no_grad():
        convolution.weight[:out] = 0
        convolution.weight[:out, :into] = torch.from_numpy(weights)
        convolution.bias[:out] = torch.from_numpy(bias.copy())


def _components(model: bytes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Weights and bias of each affine component, by its name; see `kaldi.py`, which writes them."""
    found = {}
    place = 0
    while (place := model.find(_NAME, place)) >= 0:
        place += len(_NAME)
        end = model.index(b" ", place)
        if model.startswith(_AFFINE, end + 1):
            rows, after = _matrix(model, end + 1 + len(_AFFINE))
            if not model.startswith(_BIAS, after):
                raise ValueError("a component of final.mdl has no bias")
            (size,) = struct.unpack_from("<xi", model, after + len(_BIAS))
            found[model[place:end].decode()] = rows, np.frombuffer(model, "<f4", size, after + len(_BIAS) + 5)
    return found


def _matrix(model: bytes, place: int) -> tuple[np.ndarray, int]:
    """The matrix at `place`, and where it ends."""
    if model.startswith(b"FM ", place):
        rows, columns = struct.unpack_from("<xixi", model, place + 3)
        start = place + 13
        return np.frombuffer(model, "<f4", rows * columns, start).reshape(rows, columns), start + 4 * rows * columns
    low, span, rows, columns = struct.unpack_from("<ffii", model, place + 4)
    start = place + 20
    steps = np.frombuffer(model, "<u2", rows * columns, start).reshape(rows, columns)
    return (steps * np.float32(span / 65535) + np.float32(low)).astype(np.float32), start + 2 * rows * columns
