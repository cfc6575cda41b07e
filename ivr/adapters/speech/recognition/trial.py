"""A model is loaded and hears a silence, in a process that it may take down: python -m …trial FOLDER."""

import sys
from pathlib import Path

from ivr.adapters.speech.recognition.models import Kind, kind_of
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
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), float(rate), '["[unk]"]')
    recogniser.AcceptWaveform(bytes(2 * rate))
    recogniser.FinalResult()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except ConfigurationError as error:
        sys.exit(str(error))
