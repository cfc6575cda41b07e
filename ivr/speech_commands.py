"""`ivr speech …`: what the owner does with speech models."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.config import load
from ivr.domain.errors import ConfigurationError, IvrError

speech = typer.Typer(no_args_is_help=True, help="Speech models: the words they know, and how well they hear.")

SHIPPED = Path("asr_models/ivr-ru-phone-8k")
COMPILED = Path("var/asr_models")
SHOWN = 10


@speech.command("compile")
def compile_words(
    config: Annotated[Path, typer.Option("--config", help="The centre's configuration.")] = Path("config.yaml"),
    model: Annotated[Path, typer.Option(help="A model of ours, whose acoustics are taken.")] = SHIPPED,
    words: Annotated[list[Path] | None, typer.Option(help="More words, one a line: streets, names.")] = None,
) -> None:
    """Give the shipped model this centre's words: those of its flow, streets and names. No training is needed."""
    from ivr.adapters.speech.vosk_compile import compiled
    from ivr.speech_words import words_in_use

    console = Console(stderr=True)
    try:
        centre = load(config)
        source = centre.path(model)
        known = asyncio.run(words_in_use(centre, words or []))
        done = compiled(source, centre.path(COMPILED) / source.name, known)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            console.print(f"✗ {mistake}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    except (IvrError, OSError) as error:
        console.print(f"✗ {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    if done.silent:
        console.print(f"left out, for nobody can say them: {', '.join(done.silent[:SHOWN])}", markup=False)
    typer.echo(f"{done.folder}: {done.words} words")
