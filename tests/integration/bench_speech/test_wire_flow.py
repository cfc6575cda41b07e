from ivr.adapters.files.flows import read_flow
from ivr.dialogue.asks import Number
from ivr.dialogue.engine import resume, start
from ivr.dialogue.model import Gather, Match, Mode, Say
from ivr.simulate.bench_speech.wire import spoken
from ivr.simulate.city.alaw import decode
from tests.integration.recognition.conftest import REPOSITORY, SOUNDS


def test_the_flow_of_the_bench_asks_for_ten_digits_in_words_and_reads_them_back() -> None:
    flow = read_flow(REPOSITORY / "dialplans/bench/voice.yaml")
    asked = start(flow, {"open": True, "hearing": True})
    assert [effect.prompt[0].name for effect in asked.effects if isinstance(effect, Say)] == ["recording_notice"]
    assert isinstance(asked.wait, Gather) and asked.wait.asks == Number(10, 10, "account") and asked.wait.interruptible
    answered = resume(flow, asked.session, Match("6786786786", Mode.SPEECH))
    assert isinstance(answered.wait, Gather) and answered.wait.prompt[0].name != "again"


def test_what_the_callers_say_begins_and_ends_with_sound() -> None:
    phrase = spoken(SOUNDS, 1)
    assert len(phrase) % 160 == 0 and 3 < len(phrase) / 8000 < 9
    assert phrase == spoken(SOUNDS, 1) != spoken(SOUNDS, 2)
    sound = abs(decode(phrase))
    assert sound[:400].max() > 0.005 and sound[-400:].max() > 0.005
