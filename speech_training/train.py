"""Training by CTC, counted in steps: a fixed learning rate, then a straight fall to nothing over the last ones.

A checkpoint holds everything that a run needs to go on, the order of the data too.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch.nn import functional

from ivr.adapters.speech.letter_to_sound import PHONES
from speech_training import begun
from speech_training.features import BINS
from speech_training.network import CONTEXT, PAST, STRIDE, Network
from speech_training.shards import Utterance
from speech_training.variation import hiss, varied

DEV = 400
"""Utterances kept back to watch the error; of the training voices, so they choose nothing about unseen ones."""
_SHORT = 5
"""Phones, at most, of a lone «да», «нет», «три»: a twelfth of the utterances and most of what callers say."""
_SHORT_COPIES = 4
"""So often such an utterance is used where others are once."""
_WARM_UP = 200
_CLIP = 5.0
_TRIED = 150
"""Utterances that tell the normalisation of a model to begin with."""


@dataclass(frozen=True)
class Schedule:
    """`steps` in all, the last `falling` of them with a falling rate; `frames` of input in a batch."""

    steps: int
    falling: int
    rate: float = 1e-3
    channels: int = 320
    frames: int = 12_000
    seed: int = 1
    threads: int = 2
    save_every: int = 200

    def rate_at(self, step: int) -> float:
        left = (self.steps - step) / max(1, self.falling)
        return self.rate * min(1.0, (step + 1) / _WARM_UP) * max(0.01, min(1.0, left))


class Training:
    """One run: `checkpoint` is read when it is there, so a broken run goes on where it stopped. `begin`: the folder of
    a model of ours to begin with, instead of chance."""

    def __init__(
        self, utterances: Sequence[Utterance], schedule: Schedule, checkpoint: Path, begin: Path | None = None
    ) -> None:
        torch.set_num_threads(schedule.threads)
        torch.manual_seed(schedule.seed)
        order = list(utterances)
        random.Random(schedule.seed).shuffle(order)
        self._dev, self._data = order[:DEV], order[DEV:]
        self._data += [one for one in self._data if 0 < len(one.phones) <= _SHORT] * (_SHORT_COPIES - 1)
        self._schedule, self._checkpoint = schedule, checkpoint
        channels = schedule.channels
        self.network = begun.read(begin, channels) if begin else Network(BINS, len(PHONES), channels)
        self._optimisers = _optimisers(self.network)
        self._random = random.Random(schedule.seed)
        self._floor = hiss(self._random)
        self._step = 0
        self._batches: list[list[int]] = []
        if checkpoint.exists():
            self._resume()
        elif begin:
            some = self._random.sample(self._data, min(_TRIED, len(self._data)))
            frames, _ = _padded([varied(one, self._floor, self._other, self._random) for one in some])
            begun.put_back_norms(self.network, frames)

    def _resume(self) -> None:
        kept = torch.load(self._checkpoint, weights_only=False)
        self.network.load_state_dict(kept["network"])
        for optimiser, state in zip(self._optimisers, kept["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self._random.setstate(kept["random"])
        torch.set_rng_state(kept["torch_random"])
        self._step, self._batches = kept["step"], kept["batches"]

    def _save(self) -> None:
        beside = self._checkpoint.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "channels": self.network.channels,
                "optimisers": [optimiser.state_dict() for optimiser in self._optimisers],
                "random": self._random.getstate(),
                "torch_random": torch.get_rng_state(),
                "step": self._step,
                "batches": self._batches,
            },
            beside,
        )
        beside.rename(self._checkpoint)

    def run(self, tell: Callable[[str], None]) -> None:
        """To the last step; `tell` hears of the loss and of the error on held-back utterances."""
        schedule, started, first = self._schedule, monotonic(), self._step
        losses: list[float] = []
        while self._step < schedule.steps:
            if not self._batches:
                self._batches = _batches(self._data, schedule.frames, self._random)
            losses.append(self._learn([self._data[number] for number in self._batches.pop()]))
            self._step += 1
            if self._step % schedule.save_every == 0 or self._step == schedule.steps:
                self._save()
                pace = (monotonic() - started) / (self._step - first)
                tell(
                    f"step {self._step}/{schedule.steps}: loss {sum(losses) / len(losses):.3f}, "
                    f"phone errors {self.phone_errors():.2%}, {pace:.2f} s a step"
                )
                losses = []

    def _learn(self, utterances: Sequence[Utterance]) -> float:
        self.network.train()
        for optimiser in self._optimisers:
            optimiser.zero_grad()
            for group in optimiser.param_groups:
                group["lr"] = self._schedule.rate_at(self._step)
        frames, lengths = _padded([varied(one, self._floor, self._other, self._random) for one in utterances])
        phones = torch.from_numpy(np.concatenate([one.phones for one in utterances]).astype(np.int64))
        counts = torch.tensor([len(one.phones) for one in utterances])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = self.network(frames)
        scores = functional.log_softmax(outputs.float(), -1).transpose(0, 1)
        loss = functional.ctc_loss(scores, phones, lengths, counts, reduction="sum", zero_infinity=True)
        loss = loss / counts.sum().clamp(min=1)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        for optimiser in self._optimisers:
            optimiser.step()
        return float(loss.detach())

    def _other(self) -> np.ndarray:
        return self._random.choice(self._data).features

    def phone_errors(self) -> float:
        """Share of phones that are wrong, missing or too many, by the best path."""
        self.network.eval()
        errors = total = 0
        with torch.no_grad():
            for start in range(0, len(self._dev), 50):
                part = self._dev[start : start + 50]
                frames, lengths = _padded([one.features.astype(np.float32) for one in part])
                best = self.network(frames).argmax(-1)
                for one, row, length in zip(part, best, lengths, strict=True):
                    errors += _distance(one.phones.tolist(), _collapsed(row[:length].tolist()))
                    total += len(one.phones)
        return errors / max(1, total)


def _optimisers(network: Network) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al., 2024) for the matrices of the hidden layers, AdamW for the rest, at rates that match."""
    hidden = [layer.rows for layer in (*network.convolutions, *network.memory)]
    matrices = {id(rows) for rows in hidden}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in matrices]
    return [
        torch.optim.Muon(hidden, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, weight_decay=1e-3),
    ]


def _batches(data: Sequence[Utterance], frames: int, r: random.Random) -> list[list[int]]:
    """Utterances of a like length together, the batches in any order."""
    order = sorted(range(len(data)), key=lambda number: len(data[number].features) + r.uniform(-30, 30))
    batches: list[list[int]] = [[]]
    longest = 0
    for number in order:
        longest = max(longest, len(data[number].features))
        if batches[-1] and longest * (len(batches[-1]) + 1) > frames:
            batches.append([])
            longest = len(data[number].features)
        batches[-1].append(number)
    r.shuffle(batches)
    return batches


def _padded(features: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch as Kaldi's decoder sees it: the first and last frame repeated beyond the edges."""
    lengths = [(len(one) + STRIDE - 1) // STRIDE for one in features]
    longest = STRIDE * (max(lengths) - 1) + 1 + CONTEXT
    rows = [np.pad(one[:longest], ((PAST, max(0, longest - len(one))), (0, 0)), mode="edge") for one in features]
    return torch.from_numpy(np.stack(rows)), torch.tensor(lengths)


def _collapsed(best: list[int]) -> list[int]:
    return [phone for place, phone in enumerate(best) if phone and (place == 0 or best[place - 1] != phone)]


def _distance(wanted: list[int], heard: list[int]) -> int:
    row = list(range(len(heard) + 1))
    for number, one in enumerate(wanted, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (one != other))
    return row[-1]
