"""A model is loaded and hears a silence, in a process that it may take down: python -m …trial FOLDER."""

import sys
from pathlib import Path

from ivr.adapters.speech.recognition.models import NUMBERS, Kind, for_numbers, kind_of
from ivr.domain.errors import ConfigurationError
from ivr.service.hearing import RATE


def main(folder: Path) -> None:
    """Raises ConfigurationError, or whatever the engine does."""
    if kind_of(folder) is Kind.ONNX:
        from ivr.adapters.speech.recognition.sherpa import SherpaStream, load
        from ivr.adapters.speech.recognition.threaded import Vocabulary

        stream = SherpaStream(load(folder), Vocabulary(()))
        stream.accept(bytes(2 * RATE))
        stream.finish()
        return
    import vosk

    from ivr.adapters.speech.recognition.upsample import rate_of

    vosk.SetLogLevel(-1)
    rate = rate_of(folder)

    def hears(model: vosk.Model) -> None:
        recogniser = vosk.KaldiRecognizer(model, float(rate), '["[unk]"]')
        recogniser.AcceptWaveform(bytes(2 * rate))
        recogniser.FinalResult()

    hears(vosk.Model(str(folder)))
    with for_numbers(folder) as numbers:
        if numbers is None:
            return
        try:
            model = vosk.Model(str(numbers))
        except Exception as error:  # what vosk raises has no class of its own
            raise ConfigurationError([f"{NUMBERS}: {error}"]) from error
        hears(model)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except ConfigurationError as error:
        sys.exit(str(error))
