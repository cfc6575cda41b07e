"""Tell the company's news, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Phrase, Prompt, Request
from ivr.dialogue.nodes.series import Series
from ivr.dialogue.turn import MISSING, Move, Turn, text_of, whole


@dataclass(frozen=True, slots=True)
class News(Series):
    """`item` says one piece of news as {news:text}, and is said at most `most` times. A recorded piece is
    played as it is."""

    failure: Texts
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
            further=(further := fields.texts("further", required=False)),
            further_silence=fields.silence("further_silence", "further", required=bool(further)),
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
        for number, (text, sound) in enumerate(items, start=1):
            turn.state.update({f"news_{number}": text, f"news_{number}_sound": sound})
        return self.tell(turn, len(items))

    def thing(self, turn: Turn, number: int) -> Prompt:
        text, sound = (text_of(turn.state, f"news_{number}{end}") for end in ("", "_sound"))
        return (Phrase(text or MISSING, sound=sound),) if sound else turn.words(self.item, {"news": text})
