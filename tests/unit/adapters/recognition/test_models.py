from pathlib import Path

import pytest

from ivr.adapters.speech.recognition.models import Kind, SpeechModel, found, kind_of, preferred
from ivr.domain.errors import ConfigurationError

GRAMMAR = ("am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst")
OPEN = ("am/final.mdl", "graph/HCLG.fst")
ONNX = ("tokens.txt", "model.onnx")
OLD = ("final.mdl", "HCLr.fst")


def model(place: Path, name: str, files: tuple[str, ...], size: int = 10) -> Path:
    for file in files:
        (place / name / file).parent.mkdir(parents=True, exist_ok=True)
        (place / name / file).write_bytes(bytes(size))
    return place / name


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (GRAMMAR, Kind.GRAMMAR),
        (OLD, Kind.GRAMMAR),
        (ONNX, Kind.ONNX),
        (("model.onnx",), Kind.UNKNOWN),
        (OPEN, Kind.OPEN),
        (("am/final.mdl",), Kind.UNKNOWN),
        (("graph/HCLr.fst",), Kind.UNKNOWN),
        (("README",), Kind.UNKNOWN),
    ],
)
def test_kinds_by_what_lies_in_the_folder(tmp_path: Path, files: tuple[str, ...], kind: Kind) -> None:
    assert kind_of(model(tmp_path, "one", files)) is kind


def test_a_compiled_copy_stands_for_the_one_it_was_made_of(tmp_path: Path) -> None:
    own, shipped, compiled = tmp_path / "own", tmp_path / "shipped", tmp_path / "compiled"
    large = model(own, "large", OPEN)
    model(shipped, "large", GRAMMAR)
    small = model(shipped, "small", GRAMMAR)
    (shipped / "words.txt").write_text("да")
    first = SpeechModel(large, Kind.OPEN, False)
    assert found(compiled, own, shipped) == [first, SpeechModel(small, Kind.GRAMMAR, False)]
    made = model(compiled, "small", GRAMMAR)
    model(compiled, ".small.new", GRAMMAR)
    there = found(compiled, own, shipped)
    assert there == [first, SpeechModel(made, Kind.GRAMMAR, True), SpeechModel(small, Kind.GRAMMAR, False)]
    assert preferred(there, "small") == [*there[1:], first]
    assert found(tmp_path / "none", tmp_path / "nothing") == []


def test_the_model_that_is_named_then_the_larger_ones(tmp_path: Path) -> None:
    model(tmp_path, "small", GRAMMAR)
    model(tmp_path, "better", GRAMMAR, 20)
    model(tmp_path, "open", OPEN, 90)
    model(tmp_path, "junk", ("README",), 900)
    models = found(tmp_path / "none", tmp_path)
    assert [one.folder.name for one in preferred(models, "")] == ["open", "better", "small"]
    assert [one.folder.name for one in preferred(models, "small")] == ["small", "open", "better"]
    assert [one.folder.name for one in preferred(models, "junk")] == ["junk", "open", "better", "small"]
    with pytest.raises(ConfigurationError, match=r"no speech model big; there are: better, junk, open, small"):
        preferred(models, "big")
    with pytest.raises(ConfigurationError, match="no speech model at all; there are: none"):
        preferred([], "")


def test_its_size_is_told(tmp_path: Path) -> None:
    assert SpeechModel(model(tmp_path, "one", GRAMMAR, 500_000), Kind.GRAMMAR, False).megabytes == 1.5
