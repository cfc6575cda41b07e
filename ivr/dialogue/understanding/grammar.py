"""What a recogniser may hear at each question: the common words of the same tables that understand the answer.

A grammar is a list of words and short phrases, as vosk's own argument takes it. `[unk]` is always in it: without it
anything said becomes one of its words.
"""

from collections.abc import Collection, Iterable

from ivr.dialogue.understanding import addresses, commands, date_words, money, number_words, reply_words
from ivr.dialogue.understanding.asides import (
    AND,
    BUT,
    DENIALS,
    EARLIER,
    FILLER_PHRASES,
    FILLERS,
    HALF,
    INTERRUPTIONS,
    MEASURES,
    NOT,
    NOW,
    OR,
    PAIRS,
    PARTS_OF_ONE,
    POINTS,
)
from ivr.dialogue.understanding.dictation import dictated
from ivr.dialogue.understanding.heard import UNKNOWN
from ivr.dialogue.understanding.number_words import HALF_AGAIN
from ivr.dialogue.understanding.wordlist import all_forms, common_forms, common_phrases
from ivr.dialogue.understanding.wordlist import phrases as all_phrases

Grammar = tuple[str, ...]
LEADS = (
    *("здравствуйте", "добрый день", "алло", "девушка", "подскажите", "подскажите пожалуйста", "скажите", "пожалуйста"),
    *("хочу", "хотел", "хотела", "хотел бы", "хотела бы", "мне", "мне нужно", "мне надо", "нужно", "надо", "можно"),
    *("узнать", "по поводу", "насчёт", "у меня", "у нас", "вопрос"),
    *("не хочу", "не надо", "не нужно", "не нужен", "не нужна", "не нужны", "не интересует", "не интересуют"),
)
"""Words around a wish, which say nothing of it."""


def digits() -> Grammar:
    """What every number is made of."""
    tables = (number_words.UNITS, number_words.TEENS, number_words.TENS, number_words.HUNDREDS)
    words = [form for table in tables for forms in table.values() for form in common_forms(forms)]
    scales = [*common_forms(number_words.THOUSANDS), *common_forms(number_words.MILLIONS), *common_forms(HALF_AGAIN)]
    return (*common_forms(number_words.ZEROS), *common_forms(number_words.COUNTED[0]), *words, *scales)


def corrections() -> Grammar:
    return (*common_forms(DENIALS), *common_forms(INTERRUPTIONS), *PAIRS, NOT, BUT, OR)


def always() -> Grammar:
    """The words that work at any question."""
    return tuple(phrase for text in commands.TABLES.values() for phrase in common_phrases(text))


def number() -> Grammar:
    """A number and what may be said around it."""
    return grammar(digits(), corrections(), common_forms(FILLERS), FILLER_PHRASES, always())


def account() -> Grammar:
    """Also for any other number that has no unit: contract, meter, code."""
    return grammar(number(), dictated())


def reading() -> Grammar:
    fractions = [*common_forms(POINTS), AND, *PARTS_OF_ONE, f"с {HALF}"]
    return grammar(account(), common_forms(MEASURES), fractions, common_forms(EARLIER), common_forms(NOW))


def reply(numbers: bool = False) -> Grammar:
    """Yes and no. numbers: a correction may come at once, «нет, сорок шесть»."""
    words = [phrase for text in (reply_words.YES, reply_words.NO, reply_words.DOUBT) for phrase in common_phrases(text)]
    others = *reply_words.DECOYS, *reply_words.POLITE
    return grammar(words, others, always(), digits() if numbers else (), corrections() if numbers else ())


def date() -> Grammar:
    ordinals = [form for forms in date_words.ORDINALS.values() for form in common_forms(forms)]
    months = [form for forms in date_words.MONTHS for form in forms.split()]
    counted = [*date_words.SPANS, *date_words.DIRECTIONS]
    others = [*date_words.RELATIVE, *counted, *date_words.MONTHS_FROM_NOW, *date_words.AROUND.split()]
    return grammar(number(), ordinals, months, others)


def money_sum() -> Grammar:
    units = [*common_forms(money.ROUBLES), *common_forms(money.KOPECKS), f"с {money.WITH_KOPECKS}", f"с {HALF}"]
    return grammar(number(), units)


def address() -> Grammar:
    ordinals = [form for forms in date_words.ORDINALS.values() for form in all_forms(forms)]
    places = [form for forms in addresses.PLACES.values() for form in common_forms(forms)]
    letters = [form for forms in addresses.LETTERS.values() for form in common_forms(forms)]
    spelling = [f"{word} {letter}" for word in common_forms(addresses.LETTER) for letter in letters]
    return grammar(number(), ordinals, places, spelling, [addresses.FRACTION], letters)


def wishes(phrases: Iterable[str] = ()) -> Grammar:
    """What people say who want what these phrases name, or an operator: whole, in parts, and with words around."""
    said = [" ".join(phrase.lower().replace("-", " ").replace(",", " ").split()) for phrase in phrases]
    return grammar(said, [word for phrase in said for word in phrase.split()], LEADS, all_phrases(commands.OPERATOR))


def grammar(*parts: Iterable[str]) -> Grammar:
    """The parts together, each word once, and `[unk]`."""
    words = dict.fromkeys(word for part in parts for word in part if word != UNKNOWN)
    return (*words, UNKNOWN)


ALL = {
    "account": account,
    "reading": reading,
    "reply": reply,
    "date": date,
    "money": money_sum,
    "address": address,
    "wish": wishes,
}
"""The questions by name."""


def vocabulary() -> list[str]:
    """Every word of every grammar, once: what a model's decoding graph must know."""
    words = [word for question in ALL.values() for phrase in question() for word in phrase.split()]
    return [word for word in dict.fromkeys(words) if word != UNKNOWN]


def unknown(wanted: Iterable[str], known: Collection[str]) -> list[str]:
    """The words of these phrases that a model with the words `known` cannot hear."""
    words = [word for phrase in wanted for word in phrase.split()]
    return [word for word in dict.fromkeys(words) if word != UNKNOWN and word not in known]


def heard_by(wanted: Grammar, known: Collection[str]) -> Grammar:
    """The grammar for a model with the words `known`. A phrase is left out whole: vosk would leave out the word alone,
    and «не знаю» would be heard as «не»."""
    return tuple(phrase for phrase in wanted if not unknown([phrase], known))
