"""A flow file becomes a Flow, or a ConfigurationError with every mistake: file, line, node, what is wrong, remedy.

What a file inherits and does not use is left out; what it says itself must be used.
"""

from collections.abc import Mapping
from hashlib import sha256

from ivr.dialogue import checks
from ivr.dialogue.derive import MAX_CHARACTERS, Read, derived
from ivr.dialogue.fields import NAME, Fields
from ivr.dialogue.flow import Flow, Keys, Limits, Link, Pauses, Spoken, Tries
from ivr.dialogue.nodes import KINDS
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.source import FILE_LINES, Value, nearest
from ivr.dialogue.week import parse_week
from ivr.dialogue.wording import KINDS as WORDINGS
from ivr.dialogue.wording import WordingError, placeholders
from ivr.domain.errors import ConfigurationError
from ivr.domain.hours import Week

__all__ = ["MAX_CHARACTERS", "Flow", "Read", "load"]

Text = tuple[str, int]
"""A text and its line."""

SHORT, CLOSED, VOICE = "_short", "_closed", "_voice"
"""The short twin of text NAME is the text NAME_short, its twin for closed hours NAME_closed, the one where words may
answer NAME_voice: a studio recording may replace them too."""


def load(text: str, file: str, read: Read | None = None) -> Flow:
    """Make a flow of `text`; `file` is how mistakes name it, `read` fetches the files it inherits from. Raises
    ConfigurationError with every mistake."""
    root, whole = derived(text, file, read)
    top = Fields("", root)
    parts: dict[str, Fields] = {}
    name = top.word("flow", "") if top.get("flow") else ""
    start = top.target("start")
    entries = top.entries("lines")
    main = top.target("root")
    operator = top.target("operator")
    silence, mistake, failure = top.texts("silence"), top.texts("mistake"), top.texts("failure")
    keys, pauses, tries, limits = _keys(top), _pauses(top), _tries(top), _limits(top)
    queues = _queues(top)
    texts = _texts(top.get("texts"))
    short = _twins(top, "short", SHORT, texts)
    closed = _twins(top, "closed", CLOSED, {**texts, **_named(short, SHORT)})
    voice = _twins(top, "voice", VOICE, {**texts, **_named(short, SHORT), **_named(closed, CLOSED)})
    topics: dict[str, str] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    nodes = _nodes(top, parts, topics, phrases)
    top.done()
    beginnings = (start, main, operator, *entries.values())
    _leave_out_unused(top, parts, beginnings, texts, {SHORT: short, CLOSED: closed, VOICE: voice})
    twins = {**_named(short, SHORT), **_named(closed, CLOSED), **_named(voice, VOICE)}
    flow = Flow(
        name=name,
        version=sha256(whole.encode()).hexdigest()[:12],
        file=file,
        start=start,
        root=main,
        operator=operator,
        silence=silence,
        mistake=mistake,
        failure=failure,
        texts={name: text for name, (text, _) in {**texts, **twins}.items()},
        nodes={name: node for name, node in nodes.items() if name in parts},
        queues=queues,
        keys=keys,
        pauses=pauses,
        tries=tries,
        limits=limits,
        topics={name: topic for name, topic in topics.items() if name in parts},
        phrases={name: said for name, said in phrases.items() if name in parts},
        links=_links(top, parts),
        spoken=_spoken(top, parts),
        lines={name: part.line for name, part in parts.items()},
        entries=entries,
        short={name: name + SHORT for name in short},
        closed={name: name + CLOSED for name in closed},
        voice={name: name + VOICE for name in voice},
        files=tuple(root.mistakes.files),
    )
    text_lines = {name: line for name, (_, line) in {**texts, **twins}.items()}
    checks.check(flow, {"": top, **parts}, text_lines, root.mistakes)
    if root.mistakes.found:
        raise ConfigurationError(root.mistakes.sorted())
    return flow


def _leave_out_unused(
    top: Fields,
    parts: dict[str, Fields],
    beginnings: tuple[str, ...],
    texts: dict[str, Text],
    sections: Mapping[str, dict[str, Text]],
) -> None:
    """Take out inherited nodes that no call comes to, inherited texts that are never said, and inherited twins of
    texts that the file has changed. `sections`: twins by what ends their names; later ones may replace earlier."""
    reached = checks.reached(beginnings, _links(top, parts), parts)
    for name in [name for name, part in parts.items() if part.line >= FILE_LINES and name not in reached]:
        del parts[name]
    said = {name for spoken in _spoken(top, parts) for name in spoken.texts}
    for name in [name for name, (_, line) in texts.items() if line >= FILE_LINES and name not in said]:
        del texts[name]
    known = dict(texts)
    for end, twins in sections.items():
        for name in [name for name, (_, line) in twins.items() if line >= FILE_LINES]:
            if name not in known or known[name][1] < FILE_LINES:
                del twins[name]
        known |= _named(twins, end)


def _named(twins: Mapping[str, Text], end: str) -> dict[str, Text]:
    """Twins by their own names."""
    return {name + end: text for name, text in twins.items()}


def _links(top: Fields, parts: Mapping[str, Fields]) -> tuple[Link, ...]:
    return tuple(link for part in (top, *parts.values()) for link in part.links)


def _spoken(top: Fields, parts: Mapping[str, Fields]) -> tuple[Spoken, ...]:
    return tuple(said for part in (top, *parts.values()) for said in part.spoken)


def _nodes(
    top: Fields, parts: dict[str, Fields], topics: dict[str, str], phrases: dict[str, tuple[str, ...]]
) -> dict[str, Node]:
    value = top.get("nodes")
    found: dict[str, Node] = {}
    for name, given in (value.mapping() if value is not None else {}).items():
        here = given.at(f"node '{name}'")
        if not NAME.match(name):
            here.wrong("the name must be small latin letters, digits and _, beginning with a letter")
        if not here.is_mapping:
            parts[name] = Fields(name, here)
            continue
        node = _node(name, here, parts, topics, phrases)
        if node is not None:
            found[name] = node
    return found


def _node(
    name: str, value: Value, parts: dict[str, Fields], topics: dict[str, str], phrases: dict[str, tuple[str, ...]]
) -> Node | None:
    parts[name] = fields = Fields(name, value, "kind")
    kind_value = value.mapping().get("kind")
    kind = kind_value.text("'kind'") if kind_value is not None else ""
    if kind_value is None:
        value.wrong(f"key 'kind' is missing{nearest('', KINDS)}")
    elif kind and kind not in KINDS:
        kind_value.wrong(f"unknown kind '{kind}'{nearest(kind, KINDS)}")
    if kind not in KINDS:
        return None
    node = KINDS[kind].read(fields)
    if topic := fields.word("topic", ""):
        topics[name] = topic
    if said := fields.phrases("phrases"):
        phrases[name] = said
    fields.done()
    return node


def _twins(top: Fields, key: str, end: str, texts: Mapping[str, Text]) -> dict[str, Text]:
    """The twins of section `key` by the name of the text they replace; each is called by that name and `end`."""
    value = top.get(key, required=False)
    found = _texts(value)
    for name, given in (value.mapping() if value is not None else {}).items():
        here = given.at(f"text '{name}'")
        if name not in texts:
            here.wrong(f"there is no such text to have {key} words" + nearest(name, texts))
            del found[name]
        if name + end in texts:
            here.wrong(f"its {key} twin is called '{name}{end}', and so is a text; rename that")
    return found


def _texts(value: Value | None) -> dict[str, Text]:
    """Texts with their lines; their placeholders must be ones that wording can say."""
    found: dict[str, Text] = {}
    for name, given in (value.mapping() if value is not None else {}).items():
        here = given.at(f"text '{name}'")
        if not NAME.match(name):
            here.wrong("the name must be small latin letters, digits and _, beginning with a letter")
        text = " ".join(here.text("it").split())
        found[name] = (text, here.line)
        try:
            kinds = [kind for _, kind in placeholders(text)]
        except WordingError:
            here.wrong("a brace that opens no placeholder; write {fact:kind}")
            continue
        for kind in kinds:
            if kind not in WORDINGS:
                here.wrong(f"unknown kind of placeholder '{kind}'{nearest(kind, WORDINGS)}")
    return found


def _queues(top: Fields) -> dict[str, Week]:
    value = top.get("queues")
    found: dict[str, Week] = {}
    for name, given in (value.mapping() if value is not None else {}).items():
        here = given.at(f"queue '{name}'")
        if not NAME.match(name):
            here.wrong("the name must be small latin letters, digits and _, beginning with a letter")
        try:
            found[name] = parse_week({day: spans.text(f"'{day}'") for day, spans in here.mapping().items()})
        except ValueError as error:
            here.wrong(str(error))
            found[name] = Week(((),) * 7)
    return found


def _section(top: Fields, key: str) -> Fields | None:
    value = top.get(key, required=False)
    return Fields("", value.at(f"'{key}'")) if value is not None else None


def _keys(top: Fields) -> Keys:
    section = _section(top, "keys")
    if section is None:
        return Keys()
    default = Keys()
    given: dict[str, str] = {}
    for name, allowed in (("operator", "0123456789"), ("root", "0123456789"), ("back", "*#"), ("repeat", "*#")):
        value = section.get(name, required=False)
        key = value.text(f"'{name}'") if value is not None else getattr(default, name)
        if value is not None and (len(key) != 1 or key not in allowed):
            value.wrong(f"'{name}' must be one of {' '.join(allowed)}, is '{key}'")
        if value is not None and key in given.values():
            value.wrong(f"key '{key}' is used twice; give each command its own")
        given[name] = key
    section.done()
    return Keys(**given)


def _pauses(top: Fields) -> Pauses:
    section = _section(top, "pauses")
    if section is None:
        return Pauses()
    default = Pauses()
    pauses = Pauses(
        choice_s=section.integer("choice_s", int(default.choice_s), 1, 30),
        number_s=section.integer("number_s", int(default.number_s), 1, 60),
        between_digits_s=section.integer("between_digits_s", int(default.between_digits_s), 1, 15),
    )
    section.done()
    return pauses


def _tries(top: Fields) -> Tries:
    section = _section(top, "tries")
    if section is None:
        return Tries()
    tries = Tries(
        section.integer("silence", Tries().silence, 1, 5), section.integer("mistakes", Tries().mistakes, 1, 5)
    )
    section.done()
    return tries


def _limits(top: Fields) -> Limits:
    section = _section(top, "limits")
    if section is None:
        return Limits()
    limits = Limits(section.integer("turn", Limits().turn, 5, 100), section.integer("call", Limits().call, 20, 5000))
    section.done()
    return limits
