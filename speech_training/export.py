"""A checkpoint becomes a folder that `vosk.Model` loads: acoustics and settings; the graph is made of words later."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from ivr.adapters.speech import vosk_graph
from ivr.adapters.speech.letter_to_sound import PHONES
from speech_training import begun, features, kaldi
from speech_training.network import Network


@dataclass(frozen=True)
class Decoding:
    """Settings of the decoder, chosen on the tuning voices alone.

    acoustic_scale: weight of sounds beside words. blank_nats: taken off the blank. costs: of hearing `[unk]`.
    """

    acoustic_scale: float = 1.5
    blank_nats: float = 2.5
    beam: float = 11.0
    lattice_beam: float = 8.0
    costs: vosk_graph.Costs = field(default_factory=vosk_graph.Costs)

    def configuration(self) -> str:
        return (
            f"--min-active=200\n--max-active=2000\n--beam={self.beam:g}\n--lattice-beam={self.lattice_beam:g}\n"
            f"--acoustic-scale={self.acoustic_scale:g}\n--frame-subsampling-factor=3\n"
            f"--endpoint.silence-phones={vosk_graph.SILENCE}\n"
            "--endpoint.rule2.min-trailing-silence=0.5\n--endpoint.rule3.min-trailing-silence=0.75\n"
            "--endpoint.rule4.min-trailing-silence=1.0\n"
            # Determinised by phones first, two seconds of silence cost ten seconds: its paths differ by phones alone.
            "--phone-determinize=false\n"
            "--frames-per-chunk=12\n"  # partial results every 120 ms instead of 480, at the same cost
        )


def acoustics(checkpoint: Path, folder: Path, decoding: Decoding, begin: Path | None = None, share: float = 1.0) -> int:
    """Writes everything but the graph; gives the number of the network's parameters. With `begin`, a model of ours, the
    weights are the mean of its own and a `share` of what was trained."""
    kept = torch.load(checkpoint, weights_only=False)
    network = Network(features.BINS, len(PHONES), kept["channels"])
    network.load_state_dict(kept["network"])
    layers, memory = network.eval().folded()
    if begin:
        first, first_memory = begun.read(begin, kept["channels"]).folded()
        layers, memory = begun.mean(first, layers, share), begun.mean(first_memory, memory, share)
    for part in ("am", "conf", "graph"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    model = kaldi.model(layers, memory, vosk_graph.outputs(), features.BINS, decoding.blank_nats)
    folder.joinpath("am", "final.mdl").write_bytes(model)
    folder.joinpath("conf", "fbank.conf").write_text(features.CONFIGURATION)
    folder.joinpath("conf", "model.conf").write_text(decoding.configuration())
    folder.joinpath("costs.json").write_text(decoding.costs.as_json())
    return sum(parameter.numel() for parameter in network.parameters())
