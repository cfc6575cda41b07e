"""The command line: `ivr --help`. Thin: each command reads the configuration and calls one function."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Column, Table

from ivr import logs
from ivr.config import Centre, Secrets, load, secrets
from ivr.domain.errors import ConfigurationError, IvrError
from ivr.domain.standards import Standard
from ivr.speech_commands import speech

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Contact centre for electricity suppliers.")
bench = typer.Typer(no_args_is_help=True, help="Measure the engine; figures are ratios of one run.")
app.add_typer(bench, name="bench")
customers = typer.Typer(no_args_is_help=True, help="Accounts, meters and balances from the supplier's files.")
app.add_typer(customers, name="customers")
readings = typer.Typer(no_args_is_help=True, help="Readings on their way to billing.")
app.add_typer(readings, name="readings")
requests = typer.Typer(no_args_is_help=True, help="What callers turned to the centre for, and what became of it.")
app.add_typer(requests, name="requests")
news = typer.Typer(no_args_is_help=True, help="News that was recorded: by telephone, or a sound file of yours.")
app.add_typer(news, name="news")
standards = typer.Typer(no_args_is_help=True, help="The service standards: every number with its clause.")
app.add_typer(standards, name="standards")
app.add_typer(speech, name="speech")

Config = Annotated[Path, typer.Option("--config", help="The centre's configuration.")]
Days = Annotated[int, typer.Option(min=1, help="How far back.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]
DEFAULT = Path("config.yaml")
PRIVATE = 0o027  # recordings, database and logs are for this user and his group only, whoever writes them
WHOLE_SECRETS = 100  # columns that a table of accounts needs: a secret that is cut is of no use


def secrets_file(centre_home: Path) -> Path:
    return centre_home / "var" / "secrets.env"


def _read(config: Path) -> tuple[Centre, Secrets]:
    centre = load(config)
    return centre, secrets(secrets_file(centre.home))


def _or_exit(work: Callable[[], T]) -> T:
    """Run it; an error of ours is told in its own words, with exit code 2."""
    console = Console(stderr=True)
    try:
        return work()
    except ConfigurationError as error:
        for mistake in error.mistakes:
            console.print(f"✗ {mistake}", style="red", markup=False, soft_wrap=True)
    except (IvrError, OSError) as error:
        console.print(f"✗ {error}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(2)


@app.command()
def run(config: Config = DEFAULT) -> None:
    """Start the whole centre: database, sounds, Asterisk, engine, web. Ctrl-C stops everything it started."""
    from ivr.launch import launch
    from ivr.prepare import prepare

    def work() -> int:
        os.umask(PRIVATE)
        centre, keys = _read(config)
        with _Bars() as show:
            asyncio.run(prepare(centre, show))
        return asyncio.run(launch(centre, keys, config))

    raise typer.Exit(_or_exit(work))


@app.command()
def prepare(config: Config = DEFAULT) -> None:
    """Make what is missing before a start: the database, its sample, every sound."""
    from ivr.prepare import prepare as work

    def prepared() -> None:
        with _Bars() as show:
            asyncio.run(work(load(config), show))

    _or_exit(prepared)


@app.command()
def engine(config: Config = DEFAULT, debug: bool = False) -> None:
    """The engine alone, beside an Asterisk that already runs (what `run` starts, and what systemd would)."""
    from ivr.app import run_engine

    logs.configure(debug=debug)
    os.umask(PRIVATE)

    def work() -> None:
        centre, keys = _read(config)
        asyncio.run(run_engine(centre, keys))

    _or_exit(work)


@app.command()
def check(config: Config = DEFAULT) -> None:
    """Prove configuration, flows, sounds and Asterisk before a start; every mistake is listed at once."""
    from ivr.check import check as check_all

    console = Console()

    def report(part: str, mistakes: list[str]) -> None:
        console.print(f"{'✗' if mistakes else '✓'} {part}", style="red" if mistakes else "green")
        for mistake in mistakes:
            console.print(f"    {mistake}", markup=False, soft_wrap=True)

    good = asyncio.run(check_all(config, secrets_file(config.resolve().parent), report))
    raise typer.Exit(0 if good else 1)


@app.command()
def demo(config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """Let simulated callers ring the running centre and show what both sides say."""
    from ivr.simulate.demo import run_demo

    def work() -> int:
        centre, keys = _read(config)
        return asyncio.run(run_demo(centre, keys, as_json=as_json, console=Console(stderr=as_json)))

    raise typer.Exit(_or_exit(work))


@app.command()
def operators(config: Config = DEFAULT) -> None:
    """The operators and their softphones' accounts. Shows secrets: keep it from strangers' eyes."""
    from ivr.adapters.files import roster
    from ivr.places import Places

    def work() -> Table:
        centre, keys = _read(config)
        table = Table("name", "user", "server", Column("password", no_wrap=True, overflow="ignore"))
        root = keys.operator_secret.get_secret_value()
        for operator in roster.load(Places.of(centre).roster):
            secret = roster.softphone_secret(root, operator.extension)
            table.add_row(operator.name, operator.extension, f"{centre.sip.host}:{centre.sip.port} (UDP)", secret)
        return table

    table = _or_exit(work)
    console = Console()
    console.print(table, width=max(console.width, WHOLE_SECRETS))


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

    standard = _or_exit(work)
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

    found = _or_exit(lambda: list(read_standards(Places.of(load(config)).standards).values()))
    if as_json:
        print(json.dumps(standards_report.documents(found), ensure_ascii=False))
    else:
        Console().print(standards_report.compare(found))


@bench.command()
def ami(events: Annotated[int, typer.Option(help="Events in the stream.")] = 20000, as_json: AsJson = False) -> None:
    """Events per second of our AMI codec against panoramisk's own, and what each corrupts."""
    from ivr.simulate import bench_ami

    print(json.dumps(bench_ami.run(events), ensure_ascii=False, indent=None if as_json else 2))


@bench.command()
def calls(
    config: Config = DEFAULT,
    concurrent: Annotated[list[int] | None, typer.Option(help="Calls at once; may be given several times.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often both sides take turns.")] = 1,
    as_json: AsJson = False,
) -> None:
    """One tone menu as a bare Asterisk dialplan and through the engine, by SIPp: CPU, delay of the answer, failures."""
    from ivr.simulate.bench_calls.bench import run_bench

    def work() -> dict[str, Any]:
        centre, keys = _read(config)
        with _Bars() as show:
            return asyncio.run(
                run_bench(centre, keys, concurrent=concurrent or (50, 150, 300), rounds=rounds, on_progress=show)
            )

    print(json.dumps(_or_exit(work), ensure_ascii=False, indent=None if as_json else 2))


@bench.command("import")
def bench_import(
    accounts: Annotated[int, typer.Option(help="Invented accounts in the file.")] = 255_000,
    url: Annotated[str, typer.Option(help="An empty database to fill instead of a new SQLite file.")] = "",
    as_json: AsJson = False,
) -> None:
    """Rows per second into an empty database and again, the peak of memory, and how long live calls wait meanwhile."""
    from ivr.simulate import bench_import

    print(json.dumps(bench_import.run(accounts, url), ensure_ascii=False, indent=None if as_json else 2))


@customers.command("import")
def customers_import(
    file: Annotated[
        Path, typer.Argument(help="CSV (UTF-8 or cp1251; ; , or tab) or XLSX; docs/data.md lists columns.")
    ],
    config: Config = DEFAULT,
    check: Annotated[bool, typer.Option("--check", help="Tell what would be done, and write nothing.")] = False,
    close_missing: Annotated[bool, typer.Option("--close-missing", help="Close accounts the file leaves out.")] = False,
    close_most: Annotated[bool, typer.Option("--close-most", help="… even more than a fifth of them.")] = False,
) -> None:
    """Take accounts, meters and balances in; the same file again changes nothing. Exit code 1: some rows were bad."""
    from ivr import subscribers

    def work() -> int:
        centre = load(config)
        with _Bars() as show:
            rows = subscribers.import_file(
                centre,
                file,
                lambda done, of: show("accounts", done, of),
                check=check,
                close_missing=close_missing,
                close_most=close_most,
            )
            report = asyncio.run(rows)
        subscribers.tell_import(report, file, Console(), check=check)
        return 1 if report.bad_rows else 0

    raise typer.Exit(_or_exit(work))


@customers.command("show")
def customers_show(number: str, config: Config = DEFAULT) -> None:
    """One account as callers are told of it. Shows personal data."""
    from zoneinfo import ZoneInfo

    from ivr import subscribers

    def work() -> int:
        centre = load(config)
        account = asyncio.run(subscribers.show(centre, number))
        if account is None:
            Console(stderr=True).print("✗ there is no such account in force", style="red")
            return 1
        Console().print(subscribers.tell_account(account, ZoneInfo(centre.timezone)))
        return 0

    raise typer.Exit(_or_exit(work))


@readings.command("export")
def readings_export(
    out: Annotated[Path, typer.Option("--out", help="The file to make; it must not be there yet.")],
    format: Annotated[str, typer.Option("--format", help="csv, xlsx or json.")] = "csv",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave earlier days for later.")] = None,
    again: Annotated[int | None, typer.Option(help="Write this old batch once more, word for word.")] = None,
    config: Config = DEFAULT,
) -> None:
    """Give billing every reading that no file has held yet, each once."""
    from ivr import subscribers

    def work() -> None:
        day = since.date() if since else None
        done = asyncio.run(subscribers.export_file(load(config), out, format, day, again))
        for each in done:
            left = " (left behind by an export that was cut short)" if each.earlier else ""
            words = f"batch {each.batch.id}: {each.readings} readings in {each.batch.path}{left}"
            Console().print(words, markup=False, soft_wrap=True)
        if not done:
            Console().print("nothing new to export")

    _or_exit(work)


@requests.command("list")
def requests_list(
    number: Annotated[str, typer.Argument(help="An account's or a caller's number; left out: all.")] = "",
    topic: Annotated[str, typer.Option(help="One topic only.")] = "",
    days: Days = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    config: Config = DEFAULT,
) -> None:
    """The newest matters of calls. Shows personal data."""
    from ivr import contact_report

    _table(lambda: contact_report.listed(load(config), number, topic, days, limit))


@requests.command("report")
def requests_report(days: Days = 30, config: Config = DEFAULT) -> None:
    """How many matters of each topic came out how."""
    from ivr import contact_report

    _table(lambda: contact_report.counted(load(config), days))


@news.command("list")
def news_list(config: Config = DEFAULT) -> None:
    """Recorded news that are or will be in force."""
    from ivr import contact_report

    _table(lambda: contact_report.news(load(config)))


@news.command("add")
def news_add(
    file: Annotated[Path, typer.Argument(help="WAV, MP3, OGG, FLAC or M4A.")],
    first: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; left out: today.")] = None,
    last: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; left out: until removed.")
    ] = None,
    title: Annotated[str, typer.Option(help="Said instead should the file be gone.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Publish a sound file as a piece of news."""
    from ivr import contact_report

    days = (first or datetime.now()).date(), last.date() if last else None
    number = _or_exit(lambda: asyncio.run(contact_report.add_news(load(config), file, *days, title)))
    Console().print(f"published as number {number}")


@news.command("remove")
def news_remove(number: int, config: Config = DEFAULT) -> None:
    """Take a piece of recorded news back."""
    from ivr import contact_report

    if not _or_exit(lambda: asyncio.run(contact_report.remove_news(load(config), number))):
        Console(stderr=True).print("✗ there is no recorded news of this number", style="red")
        raise typer.Exit(1)


@news.command("pin")
def news_pin(
    pin: Annotated[str, typer.Option(prompt="PIN", hide_input=True, confirmation_prompt=True, help="Left out: asked.")],
) -> None:
    """The line of var/secrets.env that lets whoever knows the PIN record news by telephone."""
    from ivr.adapters.pin import hashed

    print(f"IVR_NEWS_PIN_HASH='{_or_exit(lambda: hashed(pin))}'")


def _table(read: Callable[[], Coroutine[Any, Any, Table]]) -> None:
    Console().print(_or_exit(lambda: asyncio.run(read())))


class _Bars:
    """Progress bars by name of what is being made; quiet lines where there is no terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._bars.start()
        return self._show

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def _show(self, what: str, done: int, of: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=of)
        self._bars.update(self._tasks[what], completed=done, total=of)
