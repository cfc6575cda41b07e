"""The shipped model with the words of one place: stock vosk hears names that no training has seen."""

import json
import subprocess
from pathlib import Path

import pytest
import vosk

from ivr.adapters.speech.vosk_compile import Compiled, compiled, listed, words_of
from ivr.domain.errors import ConfigurationError

MODEL = Path("asr_models/ivr-ru-phone-8k")
STREETS = ["лысково", "богородицкая", "краснофлотская", "щербинки", "ваганьково"]
WORDS = [*listed(Path("asr_models/words.txt")), *STREETS, "ь"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(MODEL.resolve(), tmp_path_factory.mktemp("models") / "ours", WORDS)


def said(text: str) -> bytes:
    """A voice of espeak-ng at 8 kHz, a pause of absolute silence at either end."""
    spoken = subprocess.run(["espeak-ng", "-v", "ru+m3", "-s", "150", "--stdout", text], capture_output=True)
    telephone = "ffmpeg -v error -i - -af adelay=500,apad=pad_dur=1 -ar 8000 -f s16le -"
    return subprocess.run(telephone.split(), input=spoken.stdout, capture_output=True, check=True).stdout


def heard(folder: Path, sound: bytes, grammar: list[str]) -> str:
    vosk.SetLogLevel(-1)
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), 8000, json.dumps(grammar, ensure_ascii=False))
    told = [
        json.loads(recogniser.Result())["text"]
        for start in range(0, len(sound), 3200)
        if recogniser.AcceptWaveform(sound[start : start + 3200])
    ]
    return " ".join(text for text in [*told, json.loads(recogniser.FinalResult())["text"]] if text)


@pytest.mark.parametrize("street", STREETS)
def test_a_street_that_was_never_trained_is_heard(place: Compiled, street: str) -> None:
    assert heard(place.folder, said(street), [*STREETS, "[unk]"]) == street


def test_a_number_is_heard_by_the_grammar_of_numbers(place: Compiled) -> None:
    number = "двенадцать тысяч триста шестьдесят пять"  # espeak-ng says сорок wrongly
    assert heard(place.folder, said(number), [*number.split(), "один", "два", "семь", "ноль", "[unk]"]) == number


def test_what_the_grammar_does_not_hold_is_not_forced_into_it(place: Compiled) -> None:
    assert heard(place.folder, said("богородицкая"), ["да", "нет", "[unk]"]) in ("[unk]", "")


def test_words_are_counted_and_the_unspeakable_named(place: Compiled) -> None:
    names = (place.folder / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    assert place.words == len(set(WORDS)) - 1 == len(names) - 5
    assert place.silent == ("ь",)


def test_compiling_again_replaces_the_words(place: Compiled, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    compiled(MODEL.resolve(), folder, ["да", "нет"])
    compiled(MODEL.resolve(), folder, ["да"])
    assert "нет" not in (folder / "graph" / "words.txt").read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir()] == ["ours"]


def test_a_stress_that_is_given_is_no_part_of_the_word(tmp_path: Path) -> None:
    done = compiled(MODEL.resolve(), tmp_path / "ours", ["лы́сково"])
    assert "лысково 1" in (done.folder / "graph" / "words.txt").read_text(encoding="utf-8")


def test_a_model_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model of ours"):
        compiled(tmp_path, tmp_path / "ours", ["да"])


def test_words_are_taken_from_texts_without_their_slots() -> None:
    assert words_of(["Улица Лы́сково, дом 5", "{street:name} улица"]) == ["улица", "лы́сково", "дом"]


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="streets"):
        listed(tmp_path / "streets.txt")


def test_a_list_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "streets.txt").write_bytes("Sadovaya\nЛысково\n".encode("cp1251"))
    with pytest.raises(ConfigurationError, match=r"streets\.txt, line 2: is not UTF-8"):
        listed(tmp_path / "streets.txt")


def test_what_nobody_can_say_is_told(tmp_path: Path) -> None:
    (tmp_path / "streets.txt").write_text("Садовая foo\n123 # bar\n", encoding="utf-8")
    words = listed(tmp_path / "streets.txt")
    assert compiled(MODEL.resolve(), tmp_path / "ours", words).silent == ("foo", "123")


def test_a_stress_that_is_written_down_counts_though_the_word_comes_without_it_too(tmp_path: Path) -> None:
    graphs = [
        compiled(MODEL.resolve(), tmp_path / name, words).folder / "graph/HCLr.fst"
        for name, words in (("one", ["нахо́дитесь"]), ("both", ["нахо́дитесь", "находитесь"]), ("none", ["находитесь"]))
    ]
    one, both, none = (graph.read_bytes() for graph in graphs)
    assert one == both != none
