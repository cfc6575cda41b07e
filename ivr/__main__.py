"""`python -m ivr`: the command line."""

from ivr.cli import app

app()
