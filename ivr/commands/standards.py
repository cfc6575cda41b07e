"""`ivr standards`: the service standards, every number with its clause."""

import json
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, AsJson, Config, group, or_exit
from ivr.config import load
from ivr.domain.standards import Standard

standards = group("The service standards: every number with its clause.")


@standards.command("show")
def show_standard(
    name: Annotated[str, typer.Argument(help="Left out: the one in force.")] = "",
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """The numbers of one standard."""
    from ivr import standards_report
    from ivr.adapters.files.flows import read_standard
    from ivr.places import Places

    def work() -> Standard:
        centre = load(config)
        return read_standard(Places.of(centre).standards, name or centre.standard)

    standard = or_exit(work)
    if as_json:
        print(json.dumps(standards_report.documents([standard])[0], ensure_ascii=False))
    else:
        Console().print(standards_report.show(standard))


@standards.command("compare")
def compare_standards(config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """All standards side by side."""
    from ivr import standards_report
    from ivr.adapters.files.flows import read_standards
    from ivr.places import Places

    found = or_exit(lambda: list(read_standards(Places.of(load(config)).standards).values()))
    if as_json:
        print(json.dumps(standards_report.documents(found), ensure_ascii=False))
    else:
        Console().print(standards_report.compare(found))
