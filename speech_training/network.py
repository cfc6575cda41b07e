"""The acoustic model: a TDNN of plain convolutions, 10 ms in, 30 ms out, 300 ms of context on either side."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

FLOOR, SCALE = 7.0, 0.25
"""y = relu((log-mel - FLOOR) * SCALE): what lies below the noise of A-law is one and the same silence."""
STRIDE = 3
LAYERS = ((5, 1, 1), (3, STRIDE, 1), (3, 1, 1), (3, 1, 1), (3, 1, 2), (3, 1, 2), (3, 1, 3))
"""Kernel, stride, dilation counted in the layer's own input rate."""
CONTEXT = 2 + 1 + STRIDE * (1 + 1 + 2 + 2 + 3)
"""Frames of input that an output frame needs on each side."""


@dataclass(frozen=True)
class Affine:
    """A convolution with its normalisation folded in: weights are (out, in, kernel)."""

    weights: np.ndarray
    bias: np.ndarray
    kernel: int
    stride: int
    dilation: int


class Network(nn.Module):
    def __init__(self, bins: int, outputs: int, channels: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.channels = channels
        widths = (bins, *(channels for _ in LAYERS))
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, channels, kernel, stride=stride, dilation=dilation)
            for width, (kernel, stride, dilation) in zip(widths, LAYERS, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(channels) for _ in LAYERS)
        self.out = nn.Conv1d(channels, outputs, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """(batch, frames + 2 * CONTEXT, bins), padded at its edges → (batch, frames / 3 rounded up, outputs)."""
        x = torch.relu((frames - FLOOR) * SCALE).transpose(1, 2)
        for place, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x = torch.relu(norm(convolution(x)))
            if place:
                x = self.dropout(x)
        return self.out(x).transpose(1, 2)

    def folded(self) -> list[Affine]:
        """Every layer as one affine map, the output layer last."""
        layers = []
        for (kernel, stride, dilation), convolution, norm in zip(LAYERS, self.convolutions, self.norms, strict=True):
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weights = convolution.weight * gain[:, None, None]
            bias = (convolution.bias - norm.running_mean) * gain + norm.bias
            layers.append(Affine(_array(weights), _array(bias), kernel, stride, dilation))
        return [*layers, Affine(_array(self.out.weight), _array(self.out.bias), 1, 1, 1)]


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().double().numpy()
