"""`ivr speech`: what the owner does with speech models."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, Config, group, or_exit
from ivr.config import load
from ivr.domain.errors import ConfigurationError

speech = group("Speech models: the words they know.")

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
    from ivr.adapters.speech.vosk_compile import Compiled, compiled
    from ivr.speech_words import words_in_use

    def work() -> Compiled:
        centre = load(config)
        source = centre.path(model)
        known = asyncio.run(words_in_use(centre, words or []))
        return compiled(source, centre.path(COMPILED) / source.name, known)

    done = or_exit(work)
    if done.silent:
        told = f"left out, for nobody can say them: {', '.join(done.silent[:SHOWN])}"
        Console(stderr=True).print(told, markup=False)
    typer.echo(f"{done.folder}: {done.words} words")


@speech.command("models")
def models(config: Config = DEFAULT) -> None:
    """List the speech models that are there, load each for a trial, and tell what it is good for."""
    from ivr.adapters.speech.recognition.models import GOOD_FOR, Kind, checked
    from ivr.hearing import models_of

    def work() -> int:
        broken = 0
        for model in models_of(load(config)):
            state = "loads"
            try:
                asyncio.run(checked(model.folder))
            except ConfigurationError as error:
                state, broken = f"BROKEN: {error}", broken + 1
            made = "compiled for this centre" if model.compiled else "as it came"
            what = GOOD_FOR[model.kind if state == "loads" else Kind.UNKNOWN]
            typer.echo(f"{model.folder.name}  {model.megabytes:.1f} MB, {made}: {state}\n    good for {what}")
        return broken

    if or_exit(work):
        raise typer.Exit(1)
