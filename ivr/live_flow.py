"""The flow that config.yaml puts in force: its own, or that of the standard, with its hours, lines and holidays."""

from ivr.adapters.files.flows import FlowFile, read_standard
from ivr.adapters.speech import SystemVoice
from ivr.config import Centre
from ivr.places import Places


def flow_file(centre: Centre, voice: SystemVoice) -> FlowFile:
    """Raises ConfigurationError when the standard cannot be read."""
    places = Places.of(centre)
    standard = read_standard(places.standards, centre.standard)
    supplier = {"supplier": centre.supplier}
    return FlowFile(places.flow, standard, voice, supplier, centre.hours, centre.lines, places.holidays)
