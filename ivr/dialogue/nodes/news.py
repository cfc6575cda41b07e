"""Tell the company's news, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Go, Move, Turn, text_of, whole


@dataclass(frozen=True, slots=True)
class News(Node):
    """`item` says one piece of news as {news:text}, and is said at most `most` times. A recorded piece is
    played as it is."""

    intro: Texts
    item: Texts
    none: Texts
    failure: Texts
    most: int
    next: str
    kind = "news"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            intro=fields.texts("intro", required=False),
            item=fields.texts("item"),
            none=fields.texts("none"),
            failure=fields.texts("failure", required=False),
            most=fields.integer("most", 3, 1, 10),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    def enter(self, turn: Turn) -> Move:
        return Request("news")

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        count = min(whole(facts, "news_count") or 0, self.most)
        heads = [f"news_{number}" for number in range(1, count + 1)]
        items = [(text_of(facts, head), text_of(facts, head + "_sound")) for head in heads]
        items = [item for item in items if any(item)]
        turn.say(self.intro if items else self.none)
        for text, sound in items:
            if sound:
                turn.play(sound, text)
            else:
                turn.say(self.item, {"news": text})
        turn.settle("done", "told")
        return Go(self.next)
