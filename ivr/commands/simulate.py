"""`ivr simulate`: the product's own decisions, on a day that never was."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, AsJson, Bars, Config, OtherRules, group, or_exit
from ivr.config import load
from ivr.domain.errors import ConfigurationError

USUAL_PEAK = 30
OF_AN_INVENTED_DAY = ("calls", "hours", "talk", "talk_cv", "impatient", "storm", "storm_at", "storm_hours")
"""Options."""

simulate = group("Run the product's decisions on a day that never was.")


@simulate.command("queue")
def simulate_queue(
    context: typer.Context,
    calls: Annotated[int, typer.Option(min=1, help="Calls of an ordinary day for an operator.")] = 3000,
    operators: Annotated[
        int | None, typer.Option(min=1, help="Operators in the busiest half hour; left out: 30, or as recorded.")
    ] = None,
    even: Annotated[bool, typer.Option(help="As many operators day and night, not as the load asks.")] = False,
    hours: Annotated[str, typer.Option(help="When operators work: from-to; 20-8 is over midnight.")] = "0-24",
    talk: Annotated[float, typer.Option(min=1, help="Mean talk, seconds.")] = 240.0,
    talk_cv: Annotated[float, typer.Option(min=0.01, help="Its coefficient of variation.")] = 1.2,
    wrap_up: Annotated[float, typer.Option(min=0, help="Mean work after a talk, seconds.")] = 30.0,
    impatient: Annotated[float, typer.Option(min=0, max=1, help="Share who wait 60 s; others wait 540 s.")] = 0.5,
    absent: Annotated[float, typer.Option(min=0, max=0.95, help="Share of operators who do not come.")] = 0.0,
    away: Annotated[float, typer.Option(min=0, max=0.95, help="Share who leave for half of every hour.")] = 0.0,
    missed: Annotated[float, typer.Option(min=0, max=0.95, help="Share of offers nobody picks up.")] = 0.01,
    storm: Annotated[float, typer.Option(min=1, max=1000, help="A power cut: so many times the usual load.")] = 1.0,
    storm_at: Annotated[float, typer.Option(min=0, max=24, help="Its hour.")] = 18.0,
    storm_hours: Annotated[float, typer.Option(min=0.1, help="How long it takes to ebb.")] = 3.0,
    standard: Annotated[str, typer.Option(help="Whose standard judges; left out: the one in force.")] = "",
    replay: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="A recorded day: its callers, and its staff unless told otherwise."),
    ] = None,
    rules: OtherRules = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another day.")] = 1,
    csv: Annotated[Path | None, typer.Option(help="Half hours into this CSV file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="A picture into this PNG file.")] = None,
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """A day of the queue: waits, losses and occupancy under the standard's limits, by the engine's own ACD."""
    from ivr import queue_report, queue_rules
    from ivr.adapters.files.flows import read_standard
    from ivr.domain.acd import QueueRules, Rules
    from ivr.places import Places
    from ivr.simulate.queue import report
    from ivr.simulate.queue.day import Load, Storm, callers
    from ivr.simulate.queue.figures import Day, day
    from ivr.simulate.queue.replay import evenly
    from ivr.simulate.queue.shifts import Crew, shaped
    from ivr.simulate.queue.shifts import even as alike
    from ivr.simulate.queue.world import World

    def work() -> Day:
        for option, path in (("--csv", csv), ("--plot", plot)):
            report.check(option, path)
        centre = load(config)
        ruled = load(rules) if rules else None
        targets = read_standard(Places.of(centre).standards, standard or centre.standard).targets
        if replay is not None:
            _must_be_left_out(context)
            found = queue_report.recorded(centre, replay.date(), operators, seed, ruled or centre, targets)
            people, in_force = found.people, found.rules
            crew = Crew.of(evenly(found.named) if even else found.named)
        else:
            power_cut = Storm(storm, storm_at, storm_hours) if storm > 1 else None
            day_load = Load(calls, _span(hours), talk, talk_cv, impatient, storm=power_cut)
            peak = operators or USUAL_PEAK
            people, planned = callers(day_load, seed), alike(peak) if even else shaped(day_load, peak)
            # One queue, whatever the rules say of others.
            in_force = Rules(others=queue_rules.rules(ruled.queue, targets).others if ruled else QueueRules.of(targets))
            crew = Crew(planned)
        crew = replace(crew, absent=absent, away=away, missed=missed, wrap_up_s=wrap_up)
        with Bars() as show:
            log = World(people, crew, in_force, seed).run(show)
        result = day(people, log, targets)
        if csv:
            report.write_csv(result, csv)
        if plot:
            report.write_plot(result, plot, f"{len(people)} calls a day, {max(crew.planned)} operators at the peak")
        return result

    result = or_exit(work)
    if as_json:
        print(json.dumps(result.document(), ensure_ascii=False))
    else:
        report.show(result, Console())


def _must_be_left_out(context: typer.Context) -> None:
    """Raises ConfigurationError for options that say nothing of a recorded day."""
    sources = {name: context.get_parameter_source(name) for name in OF_AN_INVENTED_DAY}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigurationError([f"{options}: a recorded day has its own callers; leave it out, or --replay"])


def _span(hours: str) -> tuple[float, float]:
    begins, dash, ends = hours.partition("-")
    try:
        span = float(begins), float(ends)
    except ValueError:
        span = (0.0, 0.0)
    if not dash or span[0] == span[1] or not all(0 <= hour <= 24 for hour in span):
        raise ConfigurationError([f"--hours {hours}: expected two hours of a day, like 8-20, or 20-8 over midnight"])
    return span
