"""Asterisk's configuration files, rendered from templates and plain values.

Every value is checked before it reaches a file: a line break would start a new line, `;` a comment, `[` a section,
`${` an expression of the dialplan. What does not fit is refused, never escaped.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from ivr.adapters.asterisk.layout import Layout
from ivr.domain.errors import ConfigurationError

Plain = str | int | bool | Path
Value = Plain | tuple["Value", ...] | list["Value"] | Mapping[str, "Value"]

MODE = 0o640
_BREAKING = set(";[]${}\\`\"'|&<>") | {chr(code) for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")
_NODE = re.compile(r"[a-z][a-z0-9-]{0,15}")
_EXTENSION = re.compile(r"[1-9]\d{2,5}")
_RIGHTS = re.compile(r"[a-z]+(,[a-z]+)*")
_FILTER = re.compile(r"eventfilter(\([A-Za-z0-9_,()-]+\))? =[^=]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One operator's telephone. `fallback`: the fallback queue rings it, the earlier the smaller its `penalty`."""

    extension: str
    secret: str = field(repr=False)
    penalty: int = 0
    fallback: bool = True


@dataclass(frozen=True, slots=True)
class AsteriskValues:
    """All that the templates may name. `values` are more of them, each checked in the same way.

    `carrier` and `operator_networks` are CIDRs, `event_filters` whole lines of manager.conf.
    """

    layout: Layout
    node: str
    sip_host: str
    sip_port: int
    rtp_first: int
    rtp_last: int
    ami_port: int
    ami_secret: str = field(repr=False)
    music: Path
    ami_host: str = "127.0.0.1"
    ami_user: str = "ivr"
    ami_read: str = "system,call,agent,user,dtmf"
    ami_write: str = "originate,call,agent,reporting"
    event_filters: tuple[str, ...] = ()
    max_calls: int = 1000
    carrier: tuple[str, ...] = ("127.0.0.1/32",)
    operator_networks: tuple[str, ...] = ("127.0.0.1/32",)
    operators: tuple[Line, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)


def render(templates: Path, target: Path, values: AsteriskValues) -> bool:
    """Render every `*.j2` of `templates` into `target`, and remove files there that no template makes any more.

    A template may include another folder's by its path from the parent of `templates`. Each file is replaced whole.
    Gives True when anything changed. Raises ConfigurationError with every value and template that is wrong.
    """
    context = _context(values)
    environment = Environment(
        loader=FileSystemLoader([templates, templates.parent]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    texts: dict[str, str] = {}
    mistakes = []
    for template in sorted(templates.glob("*.j2")):
        try:
            texts[template.stem] = environment.get_template(template.name).render(context)
        except TemplateError as error:
            mistakes.append(f"{template}: {error}")
    if not texts and not mistakes:
        mistakes.append(f"{templates}: no templates (*.j2)")
    if mistakes:
        raise ConfigurationError(mistakes)
    return _write(target, texts)


def _write(target: Path, texts: Mapping[str, str]) -> bool:
    target.mkdir(mode=0o750, parents=True, exist_ok=True)
    changed = False
    for name, text in texts.items():
        path = target / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            path.chmod(MODE)
            continue
        with NamedTemporaryFile("w", encoding="utf-8", dir=target, prefix=f".{name}.", delete=False) as draft:
            draft.write(text)
            os.fchmod(draft.fileno(), MODE)
        Path(draft.name).replace(path)
        changed = True
    for stale in set(target.glob("*.conf")) - {target / name for name in texts}:
        stale.unlink()
        changed = True
    return changed


def _context(values: AsteriskValues) -> dict[str, Value]:
    own: dict[str, Value] = {
        entry.name: getattr(values, entry.name)
        for entry in fields(values)
        if entry.name not in ("layout", "operators", "values")
    }
    layout = values.layout
    own |= {"state": layout.state, "conf": layout.conf, "run": layout.run}
    own |= {"modules": layout.installation.modules, "data": layout.installation.data}
    own["operators"] = tuple(
        {entry.name: getattr(line, entry.name) for entry in fields(line)} for line in values.operators
    )
    mistakes = [f"values.{name}: the name is taken" for name in values.values if name in own]
    context: dict[str, Value] = {**own, **values.values}
    filters = context.pop("event_filters")
    mistakes += [mistake for name, value in context.items() for mistake in _breaking(name, value)]
    mistakes += _misfits(values)
    if mistakes:
        raise ConfigurationError(mistakes)
    return context | {"event_filters": filters}


def _breaking(key: str, value: Value) -> Iterator[str]:
    """Mistakes of any value, however deep: what would break out of its place in the file."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _breaking(f"{key}: name {name!a}", name)
            yield from _breaking(f"{key}.{name}", part)
    elif isinstance(value, tuple | list):
        for number, part in enumerate(value):
            yield from _breaking(f"{key}.{number}", part)
    elif isinstance(value, str | Path):
        text = str(value)
        wrong = sorted(_BREAKING & set(text))
        if isinstance(value, Path) and "," in text:
            wrong.append(",")
        if wrong:
            yield f"{key}: {', '.join(map(ascii, wrong))} must not be in a value of Asterisk's configuration"
        if text != text.strip():
            yield f"{key}: must not begin or end with a space"


def _misfits(values: AsteriskValues) -> Iterator[str]:
    """Mistakes of the values whose form is known."""
    for key in ("sip_port", "rtp_first", "rtp_last", "ami_port"):
        if not 1 <= getattr(values, key) <= 65535:
            yield f"{key}: must be a port, 1…65535"
    for key in ("sip_host", "ami_host"):
        if not _parses(ipaddress.ip_address, getattr(values, key)):
            yield f"{key}: must be an IP address"
    for key in ("carrier", "operator_networks"):
        for number, network in enumerate(getattr(values, key)):
            if not _parses(ipaddress.ip_network, network):
                yield f"{key}.{number}: must be a network, such as 192.0.2.0/24"
    patterns = (
        ("node", _NODE),
        ("ami_user", _NODE),
        ("ami_secret", _SECRET),
        ("ami_read", _RIGHTS),
        ("ami_write", _RIGHTS),
    )
    for key, pattern in patterns:
        if not pattern.fullmatch(getattr(values, key)):
            yield f"{key}: must match {pattern.pattern}"
    for number, line in enumerate(values.event_filters):
        if not _FILTER.fullmatch(line) or _BREAKING & set(line):
            yield f"event_filters.{number}: must be a line such as eventfilter(name(Hangup)) ="
    for number, operator in enumerate(values.operators):
        if not _EXTENSION.fullmatch(operator.extension):
            yield f"operators.{number}.extension: must be 3 to 6 digits"
        if not _SECRET.fullmatch(operator.secret):
            yield f"operators.{number}.secret: must match {_SECRET.pattern}"
        if operator.penalty < 0:
            yield f"operators.{number}.penalty: must not be negative"


def _parses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
