"""What a sound is in memory. No heavy import here: the engine and every command read sounds, few change them."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""Mono, -1…1."""

RATE = 8000
"""Samples a second of everything we make."""
