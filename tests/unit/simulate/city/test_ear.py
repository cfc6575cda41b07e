"""What the ear hears, on real synthesised prompts of one voice: the hardest case, since its words repeat exactly."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from ivr.adapters.speech.samples import level, telephone, trim
from ivr.adapters.speech.wavefile import read_wav
from ivr.simulate.city.alaw import RATE, Sound, through_line
from ivr.simulate.city.ear import Ear, Searched, loudness, silences, silent

PROMPTS = {
    "notice": "Здравствуйте! Все разговоры записываются.",
    "menu": "Передать показания — нажмите один. Баланс и оплата — два. Новости компании — три. Оператор — ноль.",
    "after": "Передать показания по другому счёту — нажмите один. Главное меню — два.",
    "ask": "Наберите десять цифр лицевого счёта.",
    "last": "Прошлое показание — двенадцать тысяч.",
    "accepted": "Показание двенадцать тысяч принято. Спасибо!",
    "refused": "Показание не принято. Проверьте цифры.",
    "thanks": "Спасибо.",
    "bye": "Спасибо за звонок. До свидания!",
    "news": "Новости компании.",
    "operator": "Соединяю с оператором. Оставайтесь, пожалуйста, на линии.",
    "owe": "Долга нет. Переплата — сто двадцать рублей.",
}
UNKNOWN = (
    "Меня зовут Мария, слушаю вас внимательно. Чем я могу вам помочь сегодня вечером?",
    "У нас с самого утра нет света во всём подъезде, и никто не знает, когда включат.",
)
Sounds = Mapping[str, Sound]


def spoken(folder: Path, text: str) -> Sound:
    raw = folder / "raw.wav"
    subprocess.run(["espeak-ng", "-v", "ru", "-s", "150", "-w", str(raw), text], check=True)
    return level(trim(telephone(*read_wav(raw))), -23.0).astype(np.float32)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    folder = tmp_path_factory.mktemp("espeak")
    return {name: spoken(folder, text) for name, text in PROMPTS.items()}


@pytest.fixture(scope="module")
def ear(sounds: Sounds) -> Ear:
    return Ear(sounds)


def pause(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def line(*parts: Sound) -> Sound:
    return through_line(np.concatenate(parts))


def first(sound: Sound, seconds: float) -> Sound:
    return sound[: round(seconds * RATE)]


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_is_found_where_it_is_and_nowhere_else(ear: Ear, sounds: Sounds, name: str) -> None:
    others = [sounds[other] for other in PROMPTS if other != name]
    recording = line(*others, pause(1), sounds[name], pause(1))
    begins_s = (len(np.concatenate(others)) + RATE) / RATE
    (hit,) = ear.find(recording, name)
    assert hit.start_s == pytest.approx(begins_s, abs=0.002)
    assert hit.score > 0.97
    assert hit.heard_s == pytest.approx(ear.seconds(name), abs=0.15)


def test_a_call_is_told_line_by_line(ear: Ear, sounds: Sounds) -> None:
    names = ["notice", "menu", "ask", "last", "accepted", "after", "bye"]
    heard = ear.timeline(line(*(part for name in names for part in (sounds[name], pause(0.3)))))
    assert [one.name for one in heard] == names
    assert all(one.whole for one in heard)


@pytest.mark.parametrize("name", [name for name in PROMPTS if name != "thanks"])
def test_a_prompt_cut_after_a_second_by_the_next_one(ear: Ear, sounds: Sounds, name: str) -> None:
    recording = line(first(sounds[name], 1.0), pause(0.05), sounds["operator"])
    hits = ear.find(recording, name)
    assert hits
    assert hits[0].start_s == pytest.approx(0, abs=0.002)
    if name != "operator":
        assert 0.6 < hits[0].heard_s < 1.4


def test_the_shortest_cut_that_counts(ear: Ear, sounds: Sounds) -> None:
    recording = line(pause(0.5), first(sounds["notice"], 0.06 + 0.42), pause(1))
    assert ear.find(recording, "notice")
    assert not ear.find(line(pause(0.5), first(sounds["notice"], 0.25), pause(1)), "notice")


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_speech_of_the_same_voice_is_nothing_known(ear: Ear, tmp_path: Path, text: str) -> None:
    assert ear.timeline(line(spoken(tmp_path, text))) == []


def test_noise_and_silence_are_nothing_known(ear: Ear) -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, 30 * RATE).astype(np.float32)
    assert ear.timeline(line(noise)) == []
    assert ear.timeline(pause(10)) == []
    assert ear.timeline(pause(0)) == []


def test_shared_beginnings_are_told_apart_by_what_follows(ear: Ear, sounds: Sounds) -> None:
    """«Передать показания…» begins two menus, «Спасибо…» is a whole prompt and the beginning of another."""
    assert ear.find(line(sounds["after"], pause(1)), "menu") == []
    assert ear.find(line(sounds["menu"], pause(1)), "after") == []
    assert ear.find(line(sounds["bye"], pause(1)), "thanks") == []
    assert ear.find(line(sounds["thanks"], pause(1)), "bye") == []


def test_words_inside_a_longer_prompt_are_not_the_prompt_of_these_words(ear: Ear, sounds: Sounds) -> None:
    assert ear.find(line(sounds["menu"], pause(1)), "news") == []


def test_a_quieter_line_with_noise_and_lost_packets(ear: Ear, sounds: Sounds) -> None:
    random = np.random.default_rng(2)
    sound = 0.25 * sounds["menu"]
    for at in random.choice(np.arange(5000, len(sound) - 5000, 160), 5, replace=False):
        sound = sound.copy()
        sound[at : at + 160] = 0
    noisy = sound + random.normal(0, 0.003, len(sound)).astype(np.float32)
    (hit,) = ear.find(line(pause(0.4), noisy, pause(1)), "menu")
    assert hit.start_s == pytest.approx(0.4, abs=0.005)
    assert hit.heard_s == pytest.approx(ear.seconds("menu"), abs=0.3)


def test_a_stall_of_the_sender_in_the_middle_is_followed(ear: Ear, sounds: Sounds) -> None:
    stalled = line(first(sounds["menu"], 2.0), pause(0.06), sounds["menu"][2 * RATE :], pause(1))
    (hit,) = ear.find(stalled, "menu")
    assert hit.heard_s == pytest.approx(ear.seconds("menu"), abs=0.15)


def test_one_sound_under_two_names_is_heard_as_both(sounds: Sounds) -> None:
    ear = Ear({"notice": sounds["notice"], "again": sounds["notice"].copy()})
    recording = line(sounds["notice"])
    assert ear.find(recording, "notice") == ear.find(recording, "again") != []
    assert len(ear.timeline(recording)) == 1


def test_while_the_recording_grows_a_shared_beginning_is_neither_sure_nor_wrong(ear: Ear, sounds: Sounds) -> None:
    (soon,) = ear.judge(Searched(line(first(sounds["menu"], 0.7))), "after")
    assert (soon.sure, soon.wrong) == (False, False)
    (later,) = ear.judge(Searched(line(first(sounds["menu"], 2.5))), "after")
    assert (later.sure, later.wrong) == (False, True)
    (menu,) = ear.judge(Searched(line(first(sounds["menu"], 2.5))), "menu")
    assert (menu.sure, menu.wrong) == (True, False)


@pytest.mark.parametrize("sound", [pause(1), np.concatenate((np.ones(400, np.float32), pause(1))), pause(0)])
def test_what_cannot_be_recognised_is_refused_by_name(sound: Sound) -> None:
    with pytest.raises(ValueError, match="sound blank: is too short or too quiet"):
        Ear({"blank": sound})


def test_names_of_all_sounds(ear: Ear) -> None:
    assert ear.names == tuple(PROMPTS)


def test_dead_air_is_found_with_its_length(sounds: Sounds) -> None:
    recording = line(pause(1.5), sounds["notice"], pause(2.5), sounds["bye"])
    (before, between) = silences(recording, 1.2)
    notice_s = len(sounds["notice"]) / RATE
    assert before == pytest.approx((0, 1.5), abs=0.12)
    assert between == pytest.approx((1.5 + notice_s, 4.0 + notice_s), abs=0.12)
    assert silences(recording, 3.0) == []
    assert silences(pause(0), 0.1) == []


def test_the_line_noise_of_silence_is_silence() -> None:
    assert silent(through_line(pause(1)))
    assert not silent(np.full(RATE, 0.1, dtype=np.float32))


def test_loudness_leaves_silence_out(sounds: Sounds) -> None:
    alone = loudness(sounds["menu"])
    assert loudness(np.concatenate((sounds["menu"], pause(20)))) == pytest.approx(alone, abs=0.05)
    assert loudness(0.5 * sounds["menu"]) == pytest.approx(alone - 6.02, abs=0.5)
    assert loudness(pause(1)) == float("-inf")
