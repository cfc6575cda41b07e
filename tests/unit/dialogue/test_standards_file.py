"""The file of standards: the numbers of the digest, and every mistake named with its place."""

from pathlib import Path

import pytest

from ivr.dialogue.standards_file import load_standards
from ivr.domain.errors import ConfigurationError
from ivr.domain.standards import Bound, Measure, Target

FILE = Path(__file__).parents[3] / "dialplans/standards.yaml"
LEAST = """
x:
  title: X
  document: Y
  hours: {clause: "1"}
  recording: {clause: "2", warned: true}
"""


def test_the_five_standards_and_their_waits() -> None:
    standards = load_standards(FILE.read_text(encoding="utf-8"), FILE.name)
    waits = {
        name: (standard.targets.wait.seconds, standard.targets.wait.measure)
        for name, standard in standards.items()
        if standard.targets.wait
    }
    assert waits == {
        "noviten": (180, Measure.AVERAGE),
        "rosatom": (100, Measure.AVERAGE),
        "gazprom_bryansk": (600, Measure.MAXIMUM),
        "omskenergo": (40, Measure.MAXIMUM),
        "belgorod": (60, Measure.AVERAGE),
    }
    assert all(standard.name == name and standard.recording.warned for name, standard in standards.items())


def test_numbers_of_rosatom_gazprom_and_omskenergo() -> None:
    standards = load_standards(FILE.read_text(encoding="utf-8"), FILE.name)
    rosatom, gazprom, omsk = standards["rosatom"], standards["gazprom_bryansk"], standards["omskenergo"]
    assert rosatom.targets.answer == Target(15, Measure.MAXIMUM, "п. 4.3")
    assert rosatom.recording.months == 6
    assert rosatom.informing is not None and rosatom.informing.after_negative_s == (300, 1800)
    assert gazprom.targets.lost_share == Bound(0.15, "п. 79 г)")
    assert omsk.menu.levels is not None and omsk.menu.items is not None and omsk.menu.seconds is not None
    assert (omsk.menu.levels.value, omsk.menu.items.value, omsk.menu.seconds.value) == (4, 4, 15)


def test_the_least_that_is_a_standard() -> None:
    assert load_standards(LEAST, "s.yaml")["x"].targets.wait is None


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("{", "s.yaml: not YAML"),
        ("- 1", "s.yaml: must be standards by name"),
        ("x: 5", "s.yaml: x: must be keys with values"),
        (LEAST + "  colour: red\n", "s.yaml: x.colour: unknown key; there are: document, hours"),
        (LEAST + "  targets: {wait: {seconds: 5, measure: average}}\n", "s.yaml: x.targets.wait.clause: "),
        (LEAST + "  targets: {wait: {secs: 5}}\n", "s.yaml: x.targets.wait.secs: unknown key; there are: clause"),
        (LEAST + "  targets: 5\n", "s.yaml: x.targets: "),
        (LEAST.replace('{clause: "1"}', '{clause: "1", operators: {mon: "8"}}'), "s.yaml: x.hours.operators: '8' are"),
        (LEAST.replace('{clause: "1"}', '{clause: "1", operators: 5}'), "s.yaml: x.hours.operators: "),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, mistakes: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_standards(text, "s.yaml")
    assert any(mistake.startswith(mistakes) for mistake in caught.value.mistakes), caught.value.mistakes
