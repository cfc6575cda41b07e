"""The flow that config.yaml puts in force: its own, or that of the standard, with its hours, lines and holidays."""

from collections.abc import Mapping
from pathlib import Path

from ivr.adapters.files.flows import FlowFile, read_flow, read_standard
from ivr.adapters.speech import SystemVoice
from ivr.config import MOSCOW, ZONES, Centre
from ivr.dialogue.model import Fact
from ivr.dialogue.week import in_words, parse_week
from ivr.places import Places


def flow_file(
    centre: Centre, voice: SystemVoice, kept: Path | None = None, facts: Mapping[str, Fact] | None = None
) -> FlowFile:
    """`kept`: where a copy of the last good flow lies; `facts`: measured instead of an ordinary customer's. Raises
    ConfigurationError when the standard cannot be read."""
    places = Places.of(centre)
    standard = read_standard(places.standards, centre.standard)
    supplier = {**(facts or {}), "supplier": centre.supplier}
    own = (centre.hours, centre.lines, places.holidays)
    return FlowFile(places.flow, standard, voice, supplier, *own, kept=kept)


def differing(centre: Centre) -> list[str]:
    """Where config.yaml differs from the standard's own, or leaves open what it offers: no mistakes, but to be known.
    Raises ConfigurationError when the flow cannot be read; its hours must be good."""
    flow, told = read_flow(Places.of(centre).flow), []
    for queue, given in centre.hours.items():
        own = flow.queues[queue]
        if parse_week(given) != own:
            told.append(
                f"hours.{queue}: {in_words(parse_week(given))} goes before {in_words(own)} of {flow.file}; "
                "left out, that holds"
            )
    for line in sorted(set(flow.entries) - set(centre.lines.values())):
        told.append(f"lines: no number leads to '{line}' of {flow.file}; if it has one: lines: {{\"NUMBER\": {line}}}")
    region = ZONES.get(centre.standard, MOSCOW)
    if centre.timezone != region:
        told.append(f"timezone: {centre.timezone}; the region of '{centre.standard}' has {region}")
    return told
