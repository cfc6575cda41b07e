"""The kinds of nodes a flow is made of."""

from collections.abc import Mapping

from ivr.dialogue.nodes.announce import Announce
from ivr.dialogue.nodes.ask import AskNode
from ivr.dialogue.nodes.balance import Balance
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.go import GoNode
from ivr.dialogue.nodes.hang_up import HangUp
from ivr.dialogue.nodes.hours import Hours
from ivr.dialogue.nodes.identify import Identify
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.news import News
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.nodes.reading import ReadingNode
from ivr.dialogue.nodes.say import SayNode
from ivr.dialogue.nodes.set import SetNode
from ivr.dialogue.nodes.tell import Tell
from ivr.dialogue.nodes.unchecked import Unchecked

KINDS: Mapping[str, type[Node]] = {
    kind.kind: kind
    for kind in (
        SayNode,
        Menu,
        AskNode,
        Identify,
        ReadingNode,
        Unchecked,
        Balance,
        Tell,
        News,
        Announce,
        Hours,
        SetNode,
        GoNode,
        Operator,
        HangUp,
    )
}
