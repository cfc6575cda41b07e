"""How well words are heard that are no numbers: whole phrases of held-out voices, by grammars of growing size.

No phrase of these voices trains the model, and the grammar is a plain list, so that any word may follow any other.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.adapters.speech.vosk_compile import compiled
from speech_training import measure, texts
from speech_training.testsets import Utterance

SIZES = (0, 300, 1000, 3000)
"""Words of the dictionary put beside those that are said."""


def measured(model: Path, folder: Path, dictionary: Path, utterances: Sequence[Utterance]) -> Iterator[measure.Result]:
    """One result for each of SIZES. `folder` is written over with a graph of all those words."""
    needed = sorted({word for one in utterances for word in one.words})
    listed = texts.dictionary(dictionary)
    others = [word for word in random.Random(5).sample(listed, max(SIZES)) if word not in needed]
    compiled(model, folder, [*needed, *others])
    for size in SIZES:
        grammar = [*needed, *others[:size], measure.UNKNOWN]
        ear = measure.Ear(folder, grammar)
        yield measure.measured(ear, f"words by a grammar of {len(grammar)}", utterances, "alaw", list(utterances))
