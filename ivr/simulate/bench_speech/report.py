"""The figures beside what was wanted and what the prototype had. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ivr.dialogue.listening.profile import NUMBER
from ivr.simulate.bench_calls.figures import share
from ivr.simulate.bench_speech.accuracy import NOISES, Tally, above, share_right, threshold
from ivr.simulate.bench_speech.bench import Figures
from ivr.simulate.bench_speech.dialogue import Outcome
from ivr.simulate.bench_speech.judging import Verdict

_COLUMNS = ("said", "right", "A or B", "again", "silent", "wrong", "worst voice", "beyond, p50/p95 ms")
TURNS_A_CORE = 20
AT_15 = tuple(f"{kind}15" for kind in NOISES)


def as_json(figures: Figures) -> dict[str, Any]:
    least = threshold_of(figures)
    return {
        "model": figures.model,
        "at": figures.at,
        "targets": list(targets(figures)),
        "readings": {name: _lines(tallies) for name, tallies in figures.readings.items()},
        "numberless": {
            name: {
                how: {"said": tally.said, "taken": tally.taken, "taken_at_threshold": round(above(tally, least), 4)}
                for how, tally in tallies.items()
            }
            for name, tallies in figures.numberless.items()
        },
        "threshold": round(least, 4),
        "dialogues": {
            how: {**{outcome.value: told.outcomes[outcome] for outcome in Outcome}, "turns": told.turns}
            for how, told in figures.dialogues.items()
        },
        "cost": figures.cost,
        "left_out": figures.absent,
    }


def threshold_of(figures: Figures) -> float:
    """By the tuning voices, where they are there: the others only measure."""
    readings = figures.readings.get("tuning") or next(iter(figures.readings.values()))
    return threshold(readings["alaw"].sure)


def targets(figures: Figures) -> Iterator[dict[str, Any]]:
    """What was wanted, what there is, what the prototype had."""
    least = threshold_of(figures)
    for name, clean, at_15, proto, proto_15 in (
        ("human", 0.99, 0.97, "100 %", "92–98 %"),
        ("held-out", 0.97, 0.94, "93 %", "89 %"),
    ):
        tallies = figures.readings.get(name, {})
        yield _target(f"{name}, clean", share_right(tallies, ("clean",)), clean, proto)
        yield _target(f"{name}, 15 dB: babble, street, hum", share_right(tallies, AT_15), at_15, proto_15)
    if "held-out" in figures.readings:
        voice, worst = _worst(figures.readings["held-out"]["clean"])
        yield _target(f"held-out, worst voice ({voice}), clean", worst, 0.90, "66 %")
    for name, tallies in figures.numberless.items():
        if name != "tuning":
            taken = above(tallies["alaw"], least)
            yield _target(f"{name}: no number, taken for one, A-law", taken, 0.03, "34 %", most=True)
    if figures.dialogues:
        wrong = sum(told.outcomes[Outcome.WRONG] for told in figures.dialogues.values())
        yield {"what": "wrong readings stored after the dialogue", "is": wrong, "wanted": 0, "met": wrong == 0}
    yield {
        "what": "turns a core, by arithmetic",
        "is": figures.cost["turns_a_core"],
        "wanted": TURNS_A_CORE,
        "met": figures.cost["turns_a_core"] >= TURNS_A_CORE,
        "prototype": "130–220",
    }


def wire_targets(runs: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Of turns on the wire. A voice of 250 ms stops the prompt within 200 ms; the answer's time counts from the end of
    the pause that the question's profile wants after a complete number."""
    pause_ms = round(1000 * NUMBER.complete_s)
    for run in runs:
        answer_ms = None if run["answer_p95_ms"] is None else run["answer_p95_ms"] - pause_ms
        for what, value, most in (
            ("caller's first sound → the prompt's last, p95 ms", run["stop_p95_ms"], 450),
            (f"{pause_ms} ms of pause after his last sound → the answer's first, p95 ms", answer_ms, 500),
        ):
            met = None if value is None else value <= most
            yield {"what": f"{run['callers']} callers: {what}", "is": value, "wanted": most, "met": met}
        cores = run["turns_a_core"]
        met = None if cores is None else cores >= TURNS_A_CORE
        yield {"what": f"{run['callers']} callers: turns a core", "is": cores, "wanted": TURNS_A_CORE, "met": met}


def _target(what: str, share_: float | None, wanted: float, prototype: str, *, most: bool = False) -> dict[str, Any]:
    met = None if share_ is None else share_ <= wanted if most else share_ >= wanted
    rounded = None if share_ is None else round(share_, 4)
    return {"what": what, "is": rounded, "wanted": wanted, "met": met, "prototype": prototype}


def _worst(tally: Tally) -> tuple[str, float]:
    name, (said, right) = min(tally.voices.items(), key=lambda item: item[1][1] / item[1][0])
    return name, right / said


def _lines(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    told = {}
    for how, tally in tallies.items():
        beyond = [round(1000 * each) for each in tally.beyond_s]
        told[how] = {
            "said": tally.said,
            "right": round(tally.right, 4),
            **{verdict.value: tally.verdicts[verdict] for verdict in Verdict if verdict is not Verdict.RIGHT},
            "forms": {form: round(right / said, 4) for form, (said, right) in tally.forms.items()},
            "voices": {voice: round(right / said, 4) for voice, (said, right) in tally.voices.items()},
            "beyond_pause_p50_ms": share(beyond, 50),
            "beyond_pause_p95_ms": share(beyond, 95),
        }
    return told


def text(told: Mapping[str, Any]) -> Iterator[str]:
    """The tables of `as_json`, as lines of Markdown; and those of calls, with or without it."""
    if "model" in told:
        yield from _heard(told)
    if told.get("wire"):
        runs = told["wire"]["runs"]
        yield from _table(
            ("target on the wire", "is", "wanted", ""),
            [(one["what"], one["is"], one["wanted"], _mark(one["met"])) for one in wire_targets(runs)],
        )
        yield from _table(
            ("on the wire", *("" for _ in runs)), [(name, *(run[name] for run in runs)) for name in runs[0]]
        )


def _heard(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['model']}, {told['at']}"
    yield from _table(
        ("target", "is", "wanted", "prototype", ""),
        [
            (one["what"], _told(one["is"]), _told(one["wanted"]), one.get("prototype", "–"), _mark(one["met"]))
            for one in told["targets"]
        ],
    )
    for name, lines in told["readings"].items():
        yield from _table(
            (f"{name}: first try", *_COLUMNS),
            [(how, *_cells(line)) for how, line in lines.items()],
        )
    yield from _table(
        ("no number", "line", "said", "taken for one", f"at confidence {told['threshold']}"),
        [
            (name, how, line["said"], line["taken"], _percent(line["taken_at_threshold"]))
            for name, lines in told["numberless"].items()
            for how, line in lines.items()
        ],
    )
    if told["dialogues"]:
        yield from _table(
            ("after the dialogue", *(outcome.value for outcome in Outcome), "turns of one that is stored"),
            [
                (how, *(line[outcome.value] for outcome in Outcome), f"{line['turns'] / max(1, line['stored']):.1f}")
                for how, line in told["dialogues"].items()
            ],
        )
    yield "cost: " + ", ".join(f"{key} {value}" for key, value in told["cost"].items())
    yield from (f"LEFT OUT: {absent}" for absent in told["left_out"])


def _cells(line: Mapping[str, Any]) -> tuple[Any, ...]:
    voice, worst = min(line["voices"].items(), key=lambda item: item[1])
    return (
        line["said"],
        _percent(line["right"]),
        *(line[verdict] for verdict in ("offered", "again", "silent", "wrong")),
        f"{voice} {_percent(worst)}" if len(line["voices"]) > 1 else "",
        "/".join(
            "–" if ms is None else f"{ms:.0f}" for ms in (line["beyond_pause_p50_ms"], line["beyond_pause_p95_ms"])
        ),
    )


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)
    yield ""


def _told(value: float | None) -> str:
    """A share, a whole number, or neither."""
    if value is None:
        return "not measured"
    return str(value) if isinstance(value, int) else _percent(value)


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")


def _mark(met: bool | None) -> str:
    return {True: "met", False: "**missed**", None: ""}[met]
