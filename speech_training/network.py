"""The acoustic model: a TDNN of plain convolutions, 10 ms in, 30 ms out, 300 ms of context on either side.

Beside it runs a narrow memory of how loud the last 2.4 s were: what is much weaker than the speech before it is
somebody else in the room, though the same sound in a quiet call is the caller. 300 ms cannot tell the two apart.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

FLOOR, SCALE = 7.0, 0.25
"""y = relu((log-mel - FLOOR) * SCALE): what lies below the noise of A-law is one and the same silence."""
STRIDE = 3
LAYERS = ((5, 1, 1), (3, STRIDE, 1), (3, 1, 1), (3, 1, 1), (3, 1, 2), (3, 1, 2), (3, 1, 3))
"""Kernel, stride, dilation counted in the layer's own input rate."""
MEMORY = ((5, 1), (4, 5), (4, 20))
"""Kernel and dilation in frames of 30 ms; it looks back only."""
REMEMBERED = 128
"""Channels of the memory."""
TOLD = 4
"""The layer that is told of it."""
CONTEXT = 2 + 1 + STRIDE * (1 + 1 + 2 + 2 + 3)
"""Frames of input that an output frame needs on each side."""
_AFTER = 2 + 2 + 3
"""Frames of 30 ms that the layers from TOLD on need on each side."""
PAST = STRIDE * (sum((kernel - 1) * dilation for kernel, dilation in MEMORY) + _AFTER)
"""Frames of input that an output frame needs before it, with its memory."""


@dataclass(frozen=True)
class Affine:
    """A convolution with its normalisation folded in: weights are (out, in, kernel)."""

    weights: np.ndarray
    bias: np.ndarray
    kernel: int
    stride: int
    dilation: int


class Convolution(nn.Module):
    """Its weights are kept as a matrix, (out, in × kernel): Muon learns matrices."""

    def __init__(self, into: int, out: int, kernel: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        drawn = nn.Conv1d(into, out, kernel)
        self._shape, self._stride, self._dilation = drawn.weight.shape, stride, dilation
        self.rows = nn.Parameter(drawn.weight.detach().flatten(1).clone())
        self.bias = nn.Parameter(drawn.bias.detach().clone())

    @property
    def weight(self) -> torch.Tensor:
        """(out, in, kernel), the same memory as `rows`."""
        return self.rows.view(self._shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.conv1d(x, self.weight, self.bias, stride=self._stride, dilation=self._dilation)


class Network(nn.Module):
    def __init__(self, bins: int, outputs: int, channels: int) -> None:
        super().__init__()
        self.channels = channels
        widths = [bins, *(channels for _ in LAYERS)]
        widths[TOLD] += REMEMBERED
        self.convolutions = nn.ModuleList(
            Convolution(width, channels, kernel, stride, dilation)
            for width, (kernel, stride, dilation) in zip(widths, LAYERS, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(channels) for _ in LAYERS)
        self.memory = nn.ModuleList(
            Convolution(REMEMBERED if place else bins, REMEMBERED, kernel, dilation=dilation)
            for place, (kernel, dilation) in enumerate(MEMORY)
        )
        self.memory_norms = nn.ModuleList(nn.BatchNorm1d(REMEMBERED) for _ in MEMORY)
        self.out = Convolution(channels, outputs, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """(batch, PAST + frames + CONTEXT, bins), padded at its edges → (batch, frames / 3 rounded up, outputs)."""
        x = torch.relu((frames - FLOOR) * SCALE).transpose(1, 2)
        memory = x[:, :, ::STRIDE]
        for convolution, norm in zip(self.memory, self.memory_norms, strict=True):
            memory = torch.relu(norm(convolution(memory)))
        x = x[:, :, PAST - CONTEXT :]
        for place, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            if place == TOLD:
                x = torch.cat([x, memory[:, :, : x.shape[2]]], 1)
            x = torch.relu(norm(convolution(x)))
        return self.out(x).transpose(1, 2)

    def folded(self) -> tuple[list[Affine], list[Affine]]:
        """Every layer as one affine map, the output layer last; and those of the memory."""
        layers = [
            _folded(convolution, norm, *shape)
            for convolution, norm, shape in zip(self.convolutions, self.norms, LAYERS, strict=True)
        ]
        memory = [
            _folded(convolution, norm, kernel, 1, dilation)
            for convolution, norm, (kernel, dilation) in zip(self.memory, self.memory_norms, MEMORY, strict=True)
        ]
        return [*layers, Affine(_array(self.out.weight), _array(self.out.bias), 1, 1, 1)], memory


def _folded(convolution: nn.Module, norm: nn.Module, kernel: int, stride: int, dilation: int) -> Affine:
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weights = convolution.weight * gain[:, None, None]
    bias = (convolution.bias - norm.running_mean) * gain + norm.bias
    return Affine(_array(weights), _array(bias), kernel, stride, dilation)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().double().numpy()
