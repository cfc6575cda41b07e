"""The flow that config.yaml puts in force: its own, or that of the standard, with its hours, lines and holidays."""

from pathlib import Path

from ivr.adapters.files.flows import FlowFile, read_standard
from ivr.adapters.speech import SystemVoice
from ivr.config import Centre
from ivr.places import Places


def flow_file(centre: Centre, voice: SystemVoice, kept: Path | None = None) -> FlowFile:
    """`kept`: where a copy of the last good flow lies. Raises ConfigurationError when the standard cannot be read."""
    places = Places.of(centre)
    standard = read_standard(places.standards, centre.standard)
    supplier = {"supplier": centre.supplier}
    own = (centre.hours, centre.lines, places.holidays)
    return FlowFile(places.flow, standard, voice, supplier, *own, kept=kept)
