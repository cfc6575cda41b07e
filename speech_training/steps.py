"""The steps from packages to a model, each skipped when its result is there."""

import argparse
import json
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import strftime

from ivr.adapters.asterisk.private_copy import mirrors_here
from ivr.adapters.speech import vosk_graph
from ivr.adapters.speech.vosk_compile import listed, pronounced
from speech_training import measure, testsets, tune, vocabulary, voices
from speech_training.corpus import Corpus
from speech_training.export import Decoding, acoustics
from speech_training.shards import Shards
from speech_training.train import Schedule, Training

PACKAGES = (
    "asterisk-core-sounds-ru-wav festival festvox-ru hunspell-ru libestools2.5 librhvoice-core7 librhvoice5 rhvoice "
    "rhvoice-russian"
)
SHARDS = 4
PROCESSES = 2
PHRASES = 100
REJECTED_UNDER = ("alaw", "gsm", "babble15", "street15", "hum15")


@dataclass(frozen=True)
class Work:
    """Where everything lies: `folder` holds packages, corpus, shards and checkpoint, `model` is what ships."""

    folder: Path
    model: Path
    flows: Path

    @property
    def packages(self) -> Path:
        return self.folder / "packages"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def corpus(self) -> Corpus:
        return Corpus(self.packages, self.folder / "corpus", self.flows)

    def shards(self) -> Shards:
        return Shards(self.corpus(), self.folder / "shards")


def say(line: str) -> None:
    print(f"{strftime('%H:%M:%S')} {line}", flush=True)


def packages(work: Work) -> None:
    """Fetches Debian's packages (RHVoice's are in non-free) and unpacks them privately; nothing is installed."""
    if work.packages.exists():
        return
    fetched = work.folder / "apt"
    (fetched / "lists/partial").mkdir(parents=True, exist_ok=True)
    (fetched / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    (fetched / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{fetched}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
        f'Dir::State::lists "{fetched}/lists";\nDir::Cache "{fetched}/cache";\nAPT::Sandbox::User "root";\n'
    )
    (fetched / "sources.list").write_text(f"deb {mirrors_here()[0]} bookworm main non-free\n")
    apt = ["apt-get", "-qq", "-c", str(fetched / "apt.conf")]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "download", *PACKAGES.split()], check=True, cwd=fetched)
    unpacked = work.folder / "unpacking"
    for package in sorted(fetched.glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, unpacked], check=True)
    unpacked.rename(work.packages)


def _speak(work: Work, name: str) -> str:
    return f"{name}: {work.corpus().make(name):.0f} s of speech"


def _shard(work: Work, number: int) -> str:
    return f"shard {number}: {work.shards().make(number):.1f} h of features"


def corpus(work: Work) -> None:
    with ProcessPoolExecutor(PROCESSES) as pool:
        for done in pool.map(_speak, *zip(*((work, name) for name in work.corpus().names()), strict=True)):
            say(done)


def shards(work: Work) -> None:
    with ProcessPoolExecutor(PROCESSES) as pool:
        for done in pool.map(_shard, [work] * SHARDS, range(SHARDS)):
            say(done)


def train(work: Work, schedule: Schedule, begin: Path | None) -> None:
    Training(work.shards().read(), schedule, work.checkpoint, begin).run(say)


def export(work: Work, decoding: Decoding, begin: Path | None, share: float) -> None:
    count = acoustics(work.checkpoint, work.model, decoding, begin, share)
    vosk_graph.write(work.model / "graph", pronounced(listed(work.model.parent / "words.txt")), decoding.costs)
    say(f"{work.model}: {count} parameters; its graph knows what every centre hears: the rest by `ivr speech compile`")


def try_settings(work: Work) -> None:
    """Figures of the tuning voices by setting; what is best becomes the default of `Decoding`, by hand."""
    sets = testsets.held_out(work.corpus(), voices.TUNING, "tuning")
    for line in tune.tried(work.checkpoint, work.folder / "tuning", sets, tune.grid(Decoding())):
        say(line)


@cache
def _sets(work: Work) -> dict[str, list[testsets.Utterance]]:
    sets = testsets.human(next((work.packages / "usr/share/asterisk/sounds").glob("ru*")))
    sets |= testsets.held_out(work.corpus(), voices.TEST, "held-out")
    return sets | testsets.held_out(work.corpus(), voices.TUNING, "tuning")


def _evaluated(work: Work, name: str, how: str) -> measure.Result:
    sets = _sets(work)
    return measure.measured(measure.Ear(work.model), name, sets[name], how, sets["tuning words"])


def evaluate(work: Work) -> None:
    """Every set under its conditions; the whole table is kept as JSON beside the checkpoint."""
    names = [name for name in _sets(work) if not name.endswith(" words")] + ["human words"]
    asked = [(name, how) for how in testsets.CONDITIONS for name in names]
    asked = [(name, how) for name, how in asked if not name.endswith("numberless") or how in REJECTED_UNDER]
    results = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        for result in pool.map(_evaluated, *zip(*((work, *one) for one in asked), strict=True)):
            results.append(result)
            say(result.line())
    for line in _rejection(results):
        say(line)
    phrases = random.Random(7).sample(_sets(work)["held-out words"], PHRASES)
    dictionary = work.packages / "usr/share/hunspell/ru_RU.dic"
    for result in vocabulary.measured(work.model, work.folder / "vocabulary", dictionary, phrases):
        results.append(result)
        say(result.line())
    (work.folder / "measured.json").write_text(json.dumps(measure.report(results), ensure_ascii=False, indent=1))


def _rejection(results: list[measure.Result]) -> Iterator[str]:
    """By the threshold of the tuning voices: right numbers that are asked again, other phrases that pass."""
    told = {result.name: result for result in results}
    least, _ = tune.taken(told["tuning numbers, alaw"], told["tuning numberless, alaw"])
    for result in results:
        low = sum(one < least for one in result.confidences)
        if result.words:
            yield f"{result.name}: {low / max(1, result.whole):.1%} of the right ones lie below {least:.2f}"
        else:
            yield f"{result.name}: {(result.accepted - low) / result.utterances:.1%} taken, at {least:.2f} and above"


def main() -> None:
    parser = argparse.ArgumentParser(prog="speech_training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("var/speech"), help="packages, corpus, shards, checkpoint")
    parser.add_argument("--model", type=Path, default=Path("asr_models/ivr-ru-phone-8k"))
    parser.add_argument("--flows", type=Path, default=Path("dialplans"), help="whose phrases are said, too")
    parser.add_argument("--steps", type=int, default=16000)
    parser.add_argument("--falling", type=int, default=12000, help="steps at the end with a falling rate")
    parser.add_argument("--rate", type=float, default=Schedule.rate, help="of learning, before it falls")
    parser.add_argument("--begin", type=Path, help="a model of ours to train on from: a copy of its folder")
    parser.add_argument("--share", type=float, default=0.5, help="of what was trained, beside the model it began with")
    parser.add_argument(
        "do", nargs="*", default=["packages", "corpus", "shards", "train", "export", "evaluate"], help="steps to do"
    )
    told = parser.parse_args()
    work = Work(told.work.resolve(), told.model.resolve(), told.flows.resolve())
    doing = {
        "packages": lambda: packages(work),
        "corpus": lambda: corpus(work),
        "shards": lambda: shards(work),
        "train": lambda: train(work, Schedule(told.steps, told.falling, told.rate), told.begin),
        "export": lambda: export(work, Decoding(), told.begin, told.share),
        "tune": lambda: try_settings(work),
        "evaluate": lambda: evaluate(work),
    }
    work.folder.mkdir(parents=True, exist_ok=True)
    for step in told.do:
        say(step)
        doing[step]()
