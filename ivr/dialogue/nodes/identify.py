"""Find the caller's account by the number he keys in, and prove that it is his when the flow asks for a proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Digits, Fact, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.confirm import YES, confirmation
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn, text_of

PROOF_DIGITS = 4
NUMBER, CONFIRM, PROOF = "number", "confirm", "proof"


@dataclass(frozen=True, slots=True)
class Identify(Node):
    """A caller who is known already goes straight on. Wrong proofs are counted over the whole call.

    unknown: no such account. confirm: the number read back ({number:account}), 1 yes, 2 again.
    """

    at_least: int
    at_most: int
    ask: Texts
    silence: Texts
    mistake: Texts
    confirm: Texts
    unknown: Texts
    proof: bool
    proof_ask: Texts
    proof_silence: Texts
    proof_wrong: Texts
    failure: Texts
    next: str
    kind = "identify"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        at_least, at_most = fields.length("digits", (10, 10))
        proof = fields.boolean("proof", False)
        return cls(
            fields.node,
            at_least=at_least,
            at_most=at_most,
            ask=fields.texts("ask"),
            silence=fields.silence("silence", "ask"),
            mistake=fields.texts("mistake", required=False),
            confirm=fields.texts("confirm"),
            unknown=fields.texts("unknown"),
            proof=proof,
            proof_ask=fields.texts("proof_ask", required=proof),
            proof_silence=fields.silence("proof_silence", "proof_ask", required=proof),
            proof_wrong=fields.texts("proof_wrong", required=proof),
            failure=fields.texts("failure", required=False),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    def enter(self, turn: Turn) -> Move:
        if turn.facts.get("account_found") is True and turn.facts.get("account"):
            return self._prove(turn)
        self._forget(turn)
        turn.state["phase"] = NUMBER
        return Ask()

    def question(self, turn: Turn) -> Question:
        phase = turn.state["phase"]
        if phase == CONFIRM:
            return confirmation(turn, self.confirm, {"number": turn.state["number"]})
        if phase == PROOF:
            return Question(
                turn.words(self.proof_ask),
                turn.words(self.proof_silence),
                Digits(PROOF_DIGITS, PROOF_DIGITS),
                secret=True,
            )
        return Question(
            turn.words(self.ask), turn.words(self.silence), Digits(self.at_least, self.at_most), mistake=self.mistake
        )

    def answered(self, turn: Turn, value: str) -> Move:
        phase = turn.state["phase"]
        if phase == PROOF:
            return Request("proof", {"account": turn.facts.get("account"), "given": value})
        if phase == NUMBER:
            turn.state.update(phase=CONFIRM, number=value)
            return Ask(fresh=True)
        if value == YES:
            return Request("account", {"number": turn.state["number"]})
        turn.state["phase"] = NUMBER
        return Ask(fresh=True)

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if turn.state["phase"] == PROOF:
            return self._proof_given(turn, facts.get("proven") is True)
        if facts.get("account_found") is True and text_of(facts, "account"):
            return self._prove(turn)
        self._forget(turn)
        if facts.get("account_found") is not False:
            return self.failed(turn, "no_account")
        if turn.count("unknown") >= turn.flow.tries.mistakes:
            return Go(turn.flow.operator, "unknown_account")
        turn.state["phase"] = NUMBER
        return Ask(lead=turn.words(self.unknown), fresh=True)

    def _prove(self, turn: Turn) -> Move:
        if not self.proof or turn.facts.get("proven") is True:
            return Go(self.next)
        if _wrong_proofs(turn) >= turn.flow.tries.mistakes:
            return Go(turn.flow.operator, "not_proven")
        turn.state["phase"] = PROOF
        return Ask()

    def _proof_given(self, turn: Turn, proven: bool) -> Move:
        turn.facts["proven"] = proven
        if proven:
            return Go(self.next)
        turn.facts["wrong_proofs"] = _wrong_proofs(turn) + 1
        if _wrong_proofs(turn) >= turn.flow.tries.mistakes:
            return Go(turn.flow.operator, "not_proven")
        return Ask(lead=turn.words(self.proof_wrong), fresh=True)

    @staticmethod
    def _forget(turn: Turn) -> None:
        """Nothing of an earlier account may stay behind: least of all its proof."""
        for name in [name for name in turn.facts if name.startswith("register_")]:
            del turn.facts[name]
        turn.facts.update(account_found=False, account=None, proven=False)


def _wrong_proofs(turn: Turn) -> int:
    value = turn.facts.get("wrong_proofs")
    return value if isinstance(value, int) else 0
