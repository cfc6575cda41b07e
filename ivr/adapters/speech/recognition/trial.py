"""A model is loaded and hears a silence, in a process that it may take down: python -m …trial FOLDER."""

import sys
from pathlib import Path


def main(folder: str) -> int:
    import vosk

    from ivr.adapters.speech.recognition.upsample import rate_of

    vosk.SetLogLevel(-1)
    rate = rate_of(Path(folder))
    recogniser = vosk.KaldiRecognizer(vosk.Model(folder), float(rate), '["[unk]"]')
    recogniser.AcceptWaveform(bytes(2 * rate))
    recogniser.FinalResult()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
