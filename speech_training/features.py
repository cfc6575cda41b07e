"""Log-mel features as Kaldi computes them, by the same options that the model's `conf/fbank.conf` gives to vosk."""

import kaldi_native_fbank
import numpy as np

BINS, LOW_HZ, HIGH_HZ = 32, 80.0, 3800.0
CONFIGURATION = f"""--sample-frequency=8000
--frame-length=25
--frame-shift=10
--dither=0
--use-energy=false
--num-mel-bins={BINS}
--low-freq={LOW_HZ:g}
--high-freq={HIGH_HZ:g}
"""


def _options() -> kaldi_native_fbank.FbankOptions:
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = 8000
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.frame_opts.window_type = "povey"
    options.use_energy = False
    options.mel_opts.num_bins = BINS
    options.mel_opts.low_freq = LOW_HZ
    options.mel_opts.high_freq = HIGH_HZ
    return options


_OPTIONS = _options()


def log_mel(samples: np.ndarray) -> np.ndarray:
    """8 kHz samples in the scale of 16 bits → (frames of 10 ms, BINS)."""
    computer = kaldi_native_fbank.OnlineFbank(_OPTIONS)
    computer.accept_waveform(8000, np.asarray(samples, np.float32).tolist())
    computer.input_finished()
    frames = [computer.get_frame(number) for number in range(computer.num_frames_ready)]
    return np.stack(frames) if frames else np.zeros((0, BINS), np.float32)


def stretched(rows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows read at fractional places, between their neighbours."""
    low = np.minimum(places.astype(int), len(rows) - 1)
    high = np.minimum(low + 1, len(rows) - 1)
    part = (places - low)[:, None].astype(np.float32)
    return rows[low] * (1 - part) + rows[high] * part
