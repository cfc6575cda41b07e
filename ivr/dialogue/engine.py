"""The flow engine: two pure functions. What was heard goes in; what to do, and the one thing to wait for, come out.

Everything that holds at any place of any flow is decided here: the keys that always work, silence, mistakes, services
that fail, and flows that run in circles. Nodes decide only what is their own.
"""

from collections.abc import Mapping
from contextlib import suppress

from ivr.dialogue.flow import Flow
from ivr.dialogue.model import (
    DEAF,
    Choice,
    Digits,
    Ending,
    EndingKind,
    Fact,
    Failure,
    Gather,
    Grammar,
    Match,
    Mode,
    NoInput,
    NoMatch,
    Note,
    Phrase,
    Prompt,
    Record,
    Reply,
    Request,
    Result,
    Session,
    Sprint,
    Taken,
    Unheard,
    Wait,
)
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.session import session_from_json, session_to_json
from ivr.dialogue.turn import Ask, Back, Go, Move, Turn
from ivr.dialogue.wording import WordingError

SECRET = "•"
"""Stands in the log of steps for what proves who the caller is."""
BY_KEYS = Phrase("Давайте попробуем кнопками телефона.", "by_keys")
"""Said before a question that words could not answer."""
UNHEARD = Phrase("Простите, не получилось разобрать.", "voice_unheard")
"""Said before a question that is put again because words were not understood."""

__all__ = ["resume", "session_from_json", "session_to_json", "start"]


def start(flow: Flow, facts: Mapping[str, Fact], line: str = "") -> Sprint:
    """Begin a call. `facts` are those of `facts.START`; `line` names the line of its own that was rung, if any."""
    first = flow.entries.get(line, flow.start)
    turn = Turn(flow, first, dict(facts), {}, (), 0)
    return _run(turn, Go(first))


def resume(flow: Flow, session: Session, result: Result) -> Sprint:
    """Go on after a wait. Raises ValueError when the session belongs to another version of the flow."""
    if (session.flow, session.version) != (flow.name, flow.version):
        raise ValueError(f"session of {session.flow} {session.version}, flow is {flow.name} {flow.version}")
    turn = Turn(
        flow,
        session.node,
        dict(session.facts),
        dict(session.state),
        session.path,
        session.steps + 1,
        wanted=session.wanted,
    )
    return _run(turn, result)


def _run(turn: Turn, came: Move | Result) -> Sprint:
    """Decide until there is something to wait for, or the end. Words that cannot be said end at the operator."""
    try:
        move = came if isinstance(came, Go) else _came(turn, came)
        entered = 0
        while isinstance(move, (Go, Back)):
            entered += 1
            turn.steps += 1
            if entered > turn.flow.limits.turn or turn.steps > turn.flow.limits.call:
                return _give_up(turn, "flow_limit")
            move = _enter(turn, move)
        if isinstance(move, Ending):
            return _end(turn, move)
        if turn.steps > turn.flow.limits.call:
            return _give_up(turn, "flow_limit")
        return _wait(turn, _gather(turn, move) if isinstance(move, Ask) else move)
    except WordingError:
        return _give_up(turn, "flow_wording")


def _came(turn: Turn, came: Move | Result) -> Move:
    """What the present node makes of the result, once all that holds everywhere has been looked at."""
    node, asked = turn.flow.nodes[turn.node], turn.state.pop("asked", None)
    secret = turn.state.pop("secret", False)
    match came:
        case Match(value=value) if asked in ("choice", "digits"):
            _note(turn, "match", _heard(turn, value, secret), f"{came.mode.value} {came.wanted}".rstrip())
            turn.wanted = came.wanted or turn.wanted
            turn.came = came
            return _command(turn, value, asked == "digits", within=True) or _answered(turn, node, value)
        case NoMatch(value=value) if asked in ("choice", "digits"):
            _note(turn, "no_match", _heard(turn, value, secret))
            return _command(turn, value, asked == "digits", within=False) or _mistaken(turn, node, came.mode)
        case NoInput() if asked in ("choice", "digits"):
            _note(turn, "no_input")
            return _silent(turn, node)
        case Unheard(reason=reason) if asked in ("choice", "digits"):
            _note(turn, "by_keys", result=reason)
            return _by_keys(turn, node, reason)
        case Reply(facts=facts) if asked == "service":
            request = turn.state.pop("request", "")
            proof = ("proven" if facts.get("proven") else "wrong") if request == "proof" else None
            told = (request, facts.get("verdict"), facts.get("reason"), proof)
            _note(turn, "reply", result=" ".join(str(word) for word in told if word))
            turn.facts.update(facts)
            return node.replied(turn, facts)
        case Taken(seconds=seconds) if asked == "sound":
            _note(turn, "recorded", result=f"{seconds:.0f} s")
            return node.recorded(turn, came)
        case Failure(code=code):
            _note(turn, "failure", result=code)
            return node.failed(turn, code)
        case _:
            _note(turn, "failure", result="unexpected_result")
            return node.failed(turn, "unexpected_result")


def _heard(turn: Turn, value: str, secret: Fact) -> str:
    """What the log of steps keeps of an answer: of a proof or a PIN only that there was one."""
    keys = turn.flow.keys
    return SECRET if secret and value not in (keys.operator, keys.back, keys.repeat, keys.root) else value


def _answered(turn: Turn, node: Node, value: str) -> Move:
    turn.forget_tries()
    return node.answered(turn, value)


def _command(turn: Turn, value: str, digits: bool, within: bool) -> Move | None:
    """A key that works from anywhere, or None.

    Among digits, the operator's key counts when it was keyed alone, and the root's when alone it is no answer.
    """
    keys = turn.flow.keys
    if value == keys.back:
        return Back()
    if value == keys.repeat:
        return Ask()
    if value == keys.operator:
        return Go(turn.flow.operator, "asked")
    if value == keys.root and not (digits and within):
        turn.wanted = ""
        return Go(turn.flow.root)
    return None


def _mistaken(turn: Turn, node: Node, mode: Mode) -> Move:
    if turn.count("mistakes") >= turn.flow.tries.mistakes:
        return Go(turn.flow.operator, "mistakes")
    if mode is Mode.SPEECH:
        return Ask(lead=(UNHEARD,), fresh=True)
    return Ask(lead=turn.words(node.question(turn).mistake or turn.flow.mistake), fresh=True)


def _silent(turn: Turn, node: Node) -> Move:
    if turn.count("silences") >= turn.flow.tries.silence:
        return Go(node.silent_target or turn.flow.operator, "silence")
    turn.state["help"] = True
    return Ask()


def _by_keys(turn: Turn, node: Node, reason: str) -> Move:
    """The same question by keys alone; it has as many tries left as if it had been asked so from the beginning."""
    turn.state["by_keys"] = True
    if reason == "silence":
        return _silent(turn, node)
    if reason in ("asked", DEAF):
        turn.facts["hearing"] = False
    return Ask(lead=(BY_KEYS,), fresh=True)


def _enter(turn: Turn, move: Go | Back) -> Move:
    """Leave the present node for another. A menu that is left stays on the path, so that `back` returns to it."""
    flow, path = turn.flow, turn.path
    if isinstance(move, Back):
        target, reason = (path[-1] if path else flow.root), ""
    else:
        target, reason = move.target, move.reason
        if isinstance(flow.nodes[turn.node], Menu):
            path = (*path, turn.node)
    if isinstance(move, Back) or target in (turn.wanted, flow.operator):
        turn.wanted = ""  # he is there, or has turned away from it
    if target == flow.root:
        path = ()
    elif target in path:
        path = path[: path.index(target)]
    turn.node, turn.path = target, path
    turn.state = {"reason": reason} if reason else {}
    _note(turn, "entered", result=reason)
    if topic := flow.topics.get(target):
        _note(turn, "topic", result=topic)
    return flow.nodes[target].enter(turn)


def _gather(turn: Turn, ask: Ask) -> Gather:
    """The present question as a wait, with the keys that always work."""
    flow = turn.flow
    question = flow.nodes[turn.node].question(turn)
    prompt: Prompt = ask.lead + (question.silence if turn.state.pop("help", False) else question.prompt)
    always = frozenset({flow.keys.operator, flow.keys.back, flow.keys.repeat, flow.keys.root})
    if question.secret:
        turn.state["secret"] = True
    grammar: Grammar
    if isinstance(question.grammar, Choice):
        turn.state["asked"] = "choice"
        grammar, first_s = Choice(question.grammar.keys | always), flow.pauses.choice_s
    else:
        turn.state["asked"] = "digits"
        number, commands = question.grammar, frozenset({flow.keys.back, flow.keys.repeat})
        grammar = Digits(number.at_least, number.at_most, number.commands | commands)
        first_s = flow.pauses.number_s
    return Gather(
        prompt,
        grammar,
        first_s,
        flow.pauses.between_digits_s,
        fresh=ask.fresh or question.fresh,
        secret=question.secret,
        asks=question.asks if turn.hears else None,
    )


def _wait(turn: Turn, wait: Wait) -> Sprint:
    if isinstance(wait, Request):
        turn.state["asked"] = "service"
        turn.state["request"] = wait.kind
    elif isinstance(wait, Record):
        turn.state["asked"] = "sound"
    return Sprint(_session(turn), tuple(turn.effects), wait=wait)


def _end(turn: Turn, ending: Ending) -> Sprint:
    _note(turn, "ended", result=ending.reason)
    return Sprint(_session(turn), tuple(turn.effects), ending=ending)


def _give_up(turn: Turn, reason: str) -> Sprint:
    """The flow itself is at fault: an apology, and a person instead."""
    with suppress(WordingError):  # when even the apology cannot be said: an operator without it
        turn.say(turn.flow.failure)
    operator = turn.flow.nodes[turn.flow.operator]
    queue = operator.queue_of(turn) if isinstance(operator, Operator) else ""
    return _end(turn, Ending(EndingKind.OPERATOR, reason, queue))


def _session(turn: Turn) -> Session:
    return Session(
        turn.flow.name, turn.flow.version, turn.node, turn.facts, turn.state, turn.path, turn.steps, turn.wanted
    )


def _note(turn: Turn, event: str, heard: str = "", result: str = "") -> None:
    turn.effects.append(Note(turn.node, event, heard, result))
