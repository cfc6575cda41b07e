"""The command line: `ivr --help`."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Contact centre for electricity suppliers.")
