"""`ivr staffing`: operators needed each half hour."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, AsJson, Bars, Config, or_exit
from ivr.config import load
from ivr.domain.errors import ConfigurationError

WHOLE_TABLE = 110
"""Columns that the table needs: figures that are cut are of no use."""
SIMULATED_TOO = 20
"""More, for the simulation."""


def staffing(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or XLSX with `time` and `calls` a half hour; also `date`, `aht`.")
    ] = None,
    calls_per_hour: Annotated[
        float | None, typer.Option(min=0, max=1e6, help="An even stream instead of a file.")
    ] = None,
    aht: Annotated[float, typer.Option(min=1, max=36_000, help="Talk with wrap-up, mean, in seconds.")] = 300,
    patience: Annotated[float, typer.Option(min=1, max=36_000, help="Callers give up after this, mean, in s.")] = 180,
    wait: Annotated[float | None, typer.Option(help="Mean wait at most, s; else the standard's.")] = None,
    lost: Annotated[
        float | None, typer.Option(help="Share of callers lost at most, 0..1; else the standard's.")
    ] = None,
    p95: Annotated[float | None, typer.Option(help="95 % of callers wait at most so long, s.")] = None,
    shrinkage: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of paid time not at the telephone, 0..0.9.")
    ] = 0,
    simulate: Annotated[
        int,
        typer.Option(
            min=0, max=1000, help="Beside it: the engine's own queue with these operators, over so many days."
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Another number, other days.")] = 1,
    config: Config = DEFAULT,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A CSV table instead of words.")] = False,
) -> None:
    """Operators needed each half hour for the standard's wait and lost share (Erlang A: callers give up)."""
    from ivr import staffing_report
    from ivr.adapters.files.demand_file import read_demand
    from ivr.adapters.files.flows import read_standard
    from ivr.places import Places

    def work() -> tuple[list[staffing_report.Need], staffing_report.Assumptions, staffing_report.Beside]:
        if (file is None) == (calls_per_hour is None):
            raise ConfigurationError(["staffing: give either a file of calls or --calls-per-hour"])
        if as_json and as_csv:
            raise ConfigurationError(["staffing: --json and --csv exclude each other; give one"])
        centre = load(config)
        standard = read_standard(Places.of(centre).standards, centre.standard)
        given = staffing_report.Assumptions(aht, patience, shrinkage, staffing_report.target(standard, wait, lost, p95))
        demand = read_demand(file) if file else staffing_report.flat(calls_per_hour or 0.0)
        found = staffing_report.needs(demand, given)
        if not simulate:
            return found, given, ()
        from ivr import staffing_simulation

        with Bars() as show:
            days = staffing_simulation.simulate(found, patience, standard.targets, simulate, seed, show)
        return found, given, [day.columns() for day in days]

    found, given, beside = or_exit(work)
    if as_json:
        print(json.dumps(staffing_report.document(found, given, beside), ensure_ascii=False))
    elif as_csv:
        staffing_report.write_csv(found, sys.stdout, beside)
    else:
        console = Console()
        console.width = max(console.width, WHOLE_TABLE + (SIMULATED_TOO if beside else 0))
        console.print(staffing_report.table(found, given, beside))
