"""`ivr speech`: what the owner does with speech models."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, AsJson, Bars, Config, Days, complain, group, or_exit
from ivr.config import load
from ivr.domain.errors import ConfigurationError

speech = group("Speech models, and what is learnt from calls.")
phrases = group("Phrases of callers that were kept because they were not plainly understood.")
speech.add_typer(phrases, name="phrases")

SHIPPED = Path("asr_models/ivr-ru-phone-8k")
COMPILED = Path("var/asr_models")
SHOWN = 10


@speech.command("compile")
def compile_words(
    config: Config = DEFAULT,
    model: Annotated[Path, typer.Option(help="A model of ours, whose acoustics are taken.")] = SHIPPED,
    words: Annotated[list[Path] | None, typer.Option(help="More words, one a line: streets, names.")] = None,
) -> None:
    """Give the shipped model this centre's words: those of its flow, streets and names. No training is needed."""
    from ivr import hearing
    from ivr.adapters.speech.vosk_compile import Compiled, compiled
    from ivr.speech_words import words_in_use

    def work() -> Compiled:
        centre = load(config)
        source = centre.path(model)
        if model == SHIPPED and not source.is_dir():
            source = hearing.SHIPPED / model.name  # a centre in a folder of its own
        known = asyncio.run(words_in_use(centre, words or []))
        return compiled(source, centre.path(COMPILED) / source.name, known)

    done = or_exit(work)
    if done.silent:
        told = f"left out, for nobody can say them: {', '.join(done.silent[:SHOWN])}"
        Console(stderr=True).print(told, markup=False)
    typer.echo(f"{done.folder}: {done.words} words")


@speech.command("models")
def models(config: Config = DEFAULT) -> None:
    """List the speech models that are there, load each for a trial, and tell what it is good for and who hears."""
    from ivr.adapters.speech.recognition.models import GOOD_FOR, Kind, checked
    from ivr.hearing import models_of, wanted_models, who_hears

    def work() -> int:
        centre = load(config)
        there, (mistakes, _) = models_of(centre), wanted_models(centre)
        loading = []
        for model in there:
            state = "loads"
            try:
                asyncio.run(checked(model.folder))
                loading.append(model)
            except ConfigurationError as error:
                state = f"BROKEN: {error}"
            made = "compiled for this centre" if model.compiled else "as it came"
            what = GOOD_FOR[model.kind if state == "loads" else Kind.UNKNOWN]
            typer.echo(f"{model.folder.name}  {model.megabytes:.1f} MB, {made}: {state}\n    good for {what}")
        try:
            typer.echo(asyncio.run(who_hears(centre, loading)))
        except ConfigurationError as error:
            mistakes += error.mistakes
        for mistake in mistakes:
            complain(mistake)
        return len(there) - len(loading) + len(mistakes)

    if or_exit(work):
        raise typer.Exit(1)


@speech.command("evaluate")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Sounds, and *.jsonl or *.csv lines that tell what was said.")],
    config: Config = DEFAULT,
    model: Annotated[str, typer.Option(help="Name of a model's folder; empty: the recogniser in use.")] = "",
    as_json: AsJson = False,
) -> None:
    """Measure a model on labelled phrases: by question, by noise, and which words are misheard."""
    from ivr import logs, speech_evaluation

    logs.configure()  # standard output is for the figures

    def work() -> dict[str, Any]:
        with Bars() as show:
            return asyncio.run(speech_evaluation.evaluate(load(config), folder, model, show))

    figures = or_exit(work)
    for mistake in figures["mistakes"]:
        Console(stderr=True).print(f"left out: {mistake}", markup=False, soft_wrap=True)
    print(json.dumps(figures, ensure_ascii=False) if as_json else "\n".join(speech_evaluation.text(figures)))


@phrases.command("list")
def phrases_list(
    unlabelled: Annotated[bool, typer.Option(help="Only those without a label.")] = False, config: Config = DEFAULT
) -> None:
    """The phrases that are kept. Shows personal data: the look is in `ivr audit`."""
    from ivr import phrase_desk

    centre = or_exit(lambda: load(config))
    told = or_exit(lambda: phrase_desk.listed(centre, unlabelled))
    none = "no phrase is kept yet" if centre.hearing.keep else "no phrase is kept: hearing.keep in config.yaml is off"
    typer.echo("\n".join(told) or ("no phrase without a label is kept" if unlabelled else none))


@phrases.command("label")
def phrases_label(
    file: Annotated[str, typer.Argument(help="Its name, as `list` shows it.")],
    said: Annotated[str, typer.Option(help="The words that were said; –: nobody spoke.")] = "",
    number: Annotated[str, typer.Option(help="The digits that were meant.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Tell what was said in a phrase; `ivr speech evaluate` measures by it. The look is in `ivr audit`."""
    from ivr import phrase_desk
    from ivr.service.phrases import UnknownPhrase

    if not (said or number) or (number and not (number.isascii() and number.isdigit())):
        complain("tell --said, --number (digits alone) or both")
        raise typer.Exit(2)
    try:
        or_exit(lambda: phrase_desk.label(load(config), file, said, number))
    except UnknownPhrase:
        complain("no phrase of this name is kept")
        raise typer.Exit(1) from None
    typer.echo(f"{file}: labelled")


@phrases.command("purge")
def phrases_purge(config: Config = DEFAULT) -> None:
    """Forget what is older than hearing.keep_days; the engine does so every day that it keeps phrases."""
    from ivr import phrase_desk

    typer.echo(f"{or_exit(lambda: phrase_desk.purge(load(config)))} forgotten")


@speech.command("figures")
def figures(days: Days = 30, config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """How each question fares: no match, no input, barge-ins, fall-backs to tones, hand-overs, seconds."""
    from ivr import question_figures

    def work() -> dict[str, Any]:
        return asyncio.run(question_figures.counted(load(config), days))

    told = or_exit(work)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    elif told["questions"]:
        Console().print(question_figures.table(told))
    else:
        typer.echo(f"no question was asked in the last {days} days")
