"""A-law as ITU-T G.711 gives it."""

import numpy as np
import pytest

from ivr.simulate.city.alaw import decode, encode, through_line


def test_every_code_survives() -> None:
    codes = bytes(range(256))
    assert encode(decode(codes)) == codes


@pytest.mark.parametrize(
    ("code", "value"),
    # G.711 table 1a: the ends of the first and the last segment, in 16-bit units.
    [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504)],
)
def test_known_values(code: int, value: int) -> None:
    assert decode(bytes([code]))[0] * 32768 == value


def test_a_sound_keeps_its_form_through_the_line() -> None:
    sound = (0.3 * np.sin(np.arange(8000) / 5)).astype(np.float32)
    noise = through_line(sound) - sound
    assert 10 * np.log10(np.mean(sound**2) / np.mean(noise**2)) > 35  # dB
