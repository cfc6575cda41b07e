"""`ivr operators`: the roster, the softphones' accounts, and what to enter where."""

import io
import json
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Column, Table

from ivr.adapters.softphones import Account
from ivr.commands.shell import DEFAULT, AsJson, Config, or_exit, read
from ivr.domain.errors import ConfigurationError

WIDE = 110
"""Columns that a table needs at least: a secret that is cut is of no use."""
HIDDEN = "(shown with --secret)"
SECRET_FILE = 0o600

operators = typer.Typer(
    invoke_without_command=True, help="The operators and their softphones' accounts; alone, it shows secrets."
)


@operators.callback()
def accounts(context: typer.Context, config: Config = DEFAULT) -> None:
    """The operators and their softphones' accounts. Alone it shows secrets: keep it from strangers' eyes."""
    if context.invoked_subcommand is not None:
        return

    def work() -> Table:
        table = Table("name", "user", "server", Column("password", no_wrap=True, overflow="ignore"))
        for account in _accounts(config):
            table.add_row(account.name, account.extension, f"{account.address} (UDP)", account.secret)
        return table

    _wide().print(or_exit(work))


@operators.command("list")
def list_operators(config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """The roster: who has which skills, queues and shifts. No secrets."""
    from ivr.adapters.files import roster
    from ivr.config import load
    from ivr.places import Places

    found = or_exit(lambda: roster.load(Places.of(load(config)).roster))
    if as_json:
        print(json.dumps({"operators": [operator.model_dump() for operator in found]}, ensure_ascii=False))
        return
    table = Table("name", "extension", "skills", "queues", Column("shifts", overflow="fold"), "reserve", "penalty")
    for operator in found:
        table.add_row(
            operator.name,
            operator.extension,
            ", ".join(f"{skill} {level}" for skill, level in operator.skills.items()),
            ", ".join(operator.queues),
            ", ".join(f"{days} {hours}" for days, hours in operator.shifts.items()) or "any",
            "yes" if operator.reserve else "",
            str(operator.penalty),
        )
    _wide().print(table)


@operators.command()
def provision(
    extension: Annotated[str, typer.Argument(help="Whose softphone.")],
    client: Annotated[str, typer.Option(help="linphone, microsip or zoiper; left out: all of them.")] = "",
    secret: Annotated[bool, typer.Option("--secret", help="Show the password.")] = False,
    linphone_file: Annotated[
        Path | None, typer.Option(help="Write Linphone's provisioning file there; it holds the password.")
    ] = None,
    url: Annotated[str, typer.Option(help="https address you put that file at: shown as Linphone's QR code.")] = "",
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """What to enter in an operator's softphone: server, port, user, and where the password is."""
    from ivr.adapters import softphones

    def work() -> tuple[Account, dict[str, dict[str, str]], str]:
        known = {account.extension: account for account in _accounts(config)}
        if extension not in known:
            raise ConfigurationError(
                [f"operators: no operator has the extension {extension}; there are: {', '.join(known)}"]
            )
        account = known[extension]
        shown = softphones.entries(account, account.secret if secret else HIDDEN)
        if client and client not in shown:
            raise ConfigurationError([f"operators: no softphone '{client}'; there are: {', '.join(shown)}"])
        code = _code(url) if url else ""
        if linphone_file:
            _write_secretly(linphone_file, softphones.linphone_file(account))
        return account, {name: dict(values) for name, values in shown.items() if client in ("", name)}, code

    account, shown, code = or_exit(work)
    if as_json:
        document = {"extension": extension, "server": account.server, "port": account.port, "softphones": shown}
        print(json.dumps(document, ensure_ascii=False))
        return
    console = Console()
    for name, values in shown.items():
        table = Table(title=f"{name}: {values.pop('where')}", show_header=False, title_justify="left")
        for setting, value in values.items():
            table.add_row(setting, value)
        console.print(table)
    for line in _remarks(account, linphone_file, code):
        console.print(line, markup=False, soft_wrap=True)
    if code:
        print(code)


@operators.command()
def token(
    extension: Annotated[str, typer.Argument(help="Whose token.")],
    config: Config = DEFAULT,
) -> None:
    """What an operator's programme shows to the API (docs/api.md): a secret, keep it like a password."""
    from ivr.adapters.files import roster
    from ivr.places import Places

    def work() -> str:
        centre, keys = read(config)
        known = [operator.extension for operator in roster.load(Places.of(centre).roster)]
        if extension not in known:
            raise ConfigurationError(
                [f"operators: no operator has the extension {extension}; there are: {', '.join(known)}"]
            )
        return roster.api_token(keys.operator_secret.get_secret_value(), extension)

    print(or_exit(work))


def _wide() -> Console:
    console = Console()
    console.width = max(console.width, WIDE)
    return console


def _accounts(config: Path) -> list[Account]:
    from ivr.adapters.files import roster
    from ivr.places import Places

    centre, keys = read(config)
    root = keys.operator_secret.get_secret_value()
    return [
        Account(
            operator.name,
            operator.extension,
            centre.sip.host,
            centre.sip.port,
            roster.softphone_secret(root, operator.extension),
        )
        for operator in roster.load(Places.of(centre).roster)
    ]


def _code(url: str) -> str:
    """A QR code for a terminal. Raises ConfigurationError when the address is of no use to Linphone."""
    import segno

    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ConfigurationError(["operators: --url: must begin with https://: the file behind it holds a password"])
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def _write_secretly(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET_FILE), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), SECRET_FILE)  # it may have been there, open to others
        file.write(text)


def _remarks(account: Account, linphone_file: Path | None, code: str) -> list[str]:
    from ivr.adapters.softphones import reach

    found = [
        "The password is made from IVR_OPERATOR_SECRET in var/secrets.env; it changes only with that.",
        "QR codes: Linphone on Android and iOS reads one that is the web address of its provisioning file "
        "(--linphone-file, --url); MicroSIP reads none, Zoiper only those made by its maker's service.",
    ]
    if note := reach(account.server):
        found.insert(0, note)
    if linphone_file:
        found.append(f"{linphone_file}: written; whoever reads it can register as {account.extension}.")
    if code:
        found.append("Linphone: Assistant: scan this code.")
    return found
