"""Find the caller's account: offered by the number he calls from, or keyed in; and prove that it is his."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.asks import KeyName, Number, YesNo
from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice, Digits, Fact, Prompt, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.confirm import YES, confirmation
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn, text_of, whole
from ivr.domain.identity import CONTRACT_DIGITS, LONGEST_PLACE, SHORTEST_PLACE

PROOF_DIGITS: Mapping[str, tuple[int, int]] = {
    "contract": (CONTRACT_DIGITS, CONTRACT_DIGITS),
    "house": (SHORTEST_PLACE, LONGEST_PLACE),
}
"""Kinds of proofs, and how many digits each has."""

LOOK, OFFER, NUMBER, CONFIRM, FIND, PROOF = "look", "offer", "number", "confirm", "find", "proof"


@dataclass(frozen=True, slots=True)
class Identify(Node):
    """A caller who is known already goes straight on. Wrong proofs are counted over the whole call.

    offer:   one account of the number he calls from ({offer_end:digits}), 1 yes, 2 another. With several: each is said
             by `offer_item` and chosen by its key ({offer_key:number}); `offer_other` names the key of none of them.
    unknown: no such account. confirm: the number read back ({number:account}), 1 yes, 2 again.
    proof:   asked for before anybody passes; without it nothing of the account may be told.
    billing_down: where to go with the number just keyed when no account can be looked up (`unchecked`); left out: the
             apology and the operator.
    locked:  identification is locked after too many failures; then the operator.
    """

    at_least: int
    at_most: int
    offer: Texts
    offer_item: Texts
    offer_other: Texts
    ask: Texts
    silence: Texts
    mistake: Texts
    confirm: Texts
    unknown: Texts
    proves: bool
    proof_by: tuple[str, ...]
    proof_texts: Mapping[str, tuple[Texts, Texts]]
    proof_wrong: Texts
    locked: Texts
    failure: Texts
    billing_down: str
    next: str
    kind = "identify"
    breaths = (
        ("unknown", "ask"),
        ("offer_item", "offer_other"),
        ("proof_wrong", "proof_ask"),
        ("proof_wrong", "house_ask"),
    )

    @classmethod
    def read(cls, fields: Fields) -> Self:
        at_least, at_most = fields.length("digits", (10, 10))
        proven = fields.boolean("proof", False)
        proof_by = fields.some_of("proof_by", ("contract",), tuple(PROOF_DIGITS))
        offer = fields.texts("offer", required=False)
        if offer and not proven:
            fields.wrong("offer", "'offer' needs 'proof: true': a caller's number can be forged")
        contract, house = proven and "contract" in proof_by, proven and "house" in proof_by
        return cls(
            fields.node,
            at_least=at_least,
            at_most=at_most,
            offer=offer,
            offer_item=fields.texts("offer_item", required=bool(offer)),
            offer_other=fields.texts("offer_other", required=bool(offer)),
            ask=fields.texts("ask"),
            silence=fields.silence("silence", "ask"),
            mistake=fields.texts("mistake", required=False),
            confirm=fields.texts("confirm"),
            unknown=fields.texts("unknown"),
            proves=proven,
            proof_by=proof_by,
            proof_texts={
                "contract": (
                    fields.texts("proof_ask", required=contract),
                    fields.silence("proof_silence", "proof_ask", required=contract),
                ),
                "house": (
                    fields.texts("house_ask", required=house),
                    fields.silence("house_silence", "house_ask", required=house),
                ),
            },
            proof_wrong=fields.texts("proof_wrong", required=proven),
            locked=fields.texts("locked", required=False),
            failure=fields.texts("failure", required=False),
            billing_down=fields.target("billing_down", required=False, asked=True),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    @property
    def leads_on(self) -> bool:
        return True

    def enter(self, turn: Turn) -> Move:
        if turn.facts.get("account_found") is True and turn.facts.get("account"):
            return self._prove(turn)
        self._forget(turn)
        if self.offer and turn.facts.get("caller_known") is True and turn.facts.get("offer_declined") is not True:
            turn.state["phase"] = LOOK
            return Request("offers")
        turn.state["phase"] = NUMBER
        return Ask()

    def question(self, turn: Turn) -> Question:
        match turn.state["phase"]:
            case "offer":
                return self._offer(turn)
            case "confirm":
                return confirmation(turn, self.confirm, {"number": turn.state["number"]}, YesNo(self._account))
            case "proof":
                kind = text_of(turn.facts, "proof_kind")
                asked, silence = self.proof_texts[kind]
                length = PROOF_DIGITS[kind]
                proof = Number(*length, kind)
                return Question(turn.words(asked), turn.words(silence), Digits(*length), secret=True, asks=proof)
        return Question(
            turn.words(self.ask),
            turn.words(self.silence),
            Digits(self.at_least, self.at_most),
            mistake=self.mistake,
            asks=self._account,
        )

    def answered(self, turn: Turn, value: str) -> Move:
        match turn.state["phase"]:
            case "offer":
                return self._chosen(turn, value)
            case "proof":
                asked = {"account": turn.facts.get("account"), "given": value, "proofs": " ".join(self.proof_by)}
                return Request("proof", asked)
            case "number":
                turn.state.update(phase=CONFIRM, number=value)
                return Ask(fresh=True)
        if value == YES:
            return self._find(turn, {"number": turn.state["number"]})
        turn.state["phase"] = NUMBER
        return Ask(fresh=True)

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if facts.get("identity_locked") is True:
            turn.say(self.locked or self.failure or turn.flow.failure)
            return Go(turn.flow.operator, "identity_locked")
        match turn.state["phase"]:
            case "look":
                turn.state["phase"] = OFFER if (whole(facts, "offers") or 0) > 0 else NUMBER
                return Ask()
            case "proof":
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

    def failed(self, turn: Turn, code: str) -> Move:
        keyed = turn.state.get("number") if turn.state.get("phase") == FIND else None
        if code == "billing_down" and self.billing_down and keyed:
            turn.facts["account_unchecked"] = keyed
            return Go(self.billing_down, code)
        return Node.failed(self, turn, code)

    @property
    def _account(self) -> Number:
        return Number(self.at_least, self.at_most, "account")

    def _keys(self, turn: Turn) -> list[str]:
        """A key for each offered account and, last, for none of them; keys that work from anywhere are left to that."""
        keys = turn.flow.keys
        free = [key for key in "123456789" if key not in (keys.operator, keys.root)]
        return free[: (whole(turn.facts, "offers") or 0) + 1]

    def _offer(self, turn: Turn) -> Question:
        *own, other = self._keys(turn)
        words: Prompt = ()
        for number, key in enumerate(own, start=1):
            local: dict[str, Fact] = {"offer_end": turn.facts.get(f"offer_{number}_end"), "offer_key": int(key)}
            words += turn.words(self.offer if len(own) == 1 else self.offer_item, local)
        if len(own) > 1:
            words += turn.words(self.offer_other, {"offer_key": int(other)})
        asks = YesNo() if len(own) == 1 else KeyName()
        help = turn.words(turn.flow.silence) + words
        return Question(words, help, Choice(frozenset([*own, other])), fresh=True, asks=asks)

    def _chosen(self, turn: Turn, key: str) -> Move:
        *own, _ = self._keys(turn)
        if key in own:
            return self._find(turn, {"offer": own.index(key) + 1})
        turn.facts["offer_declined"] = True
        turn.state["phase"] = NUMBER
        return Ask(fresh=True)

    def _find(self, turn: Turn, what: Mapping[str, Fact]) -> Move:
        turn.state["phase"] = FIND
        return Request("account", {**what, "proofs": " ".join(self.proof_by)} if self.proves else what)

    def _prove(self, turn: Turn) -> Move:
        if not self.proves or turn.facts.get("proven") is True:
            return Go(self.next)
        if _wrong_proofs(turn) >= turn.flow.tries.mistakes:
            return Go(turn.flow.operator, "not_proven")
        if turn.facts.get("proof_kind") not in self.proof_by:
            return self.failed(turn, "no_proof")
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
