"""Words that work from anywhere, as some keys do: operator, back, again, the main menu; and «by the keys, please»."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from ivr.dialogue.understanding.heard import Heard, plain, split
from ivr.dialogue.understanding.number_words import symbols
from ivr.dialogue.understanding.wordlist import keys, phrases

OPERATOR = """
оператор | оператора | с оператором | соедините с оператором | позовите оператора | специалист | специалиста
|| оператору | оператором | дайте оператора | со специалистом | соедините со специалистом
человек | человека | с человеком | живой человек | живого человека | с живым человеком
| соедините | диспетчер | диспетчера | с диспетчером
"""
BACK = "назад || вернуться | вернуться назад | обратно"
REPEAT = """
повторите | повтори | ещё раз | повторите пожалуйста
|| повторить | скажите ещё раз | повторите ещё раз | не расслышал | не расслышала | что вы сказали
"""
ROOT = "главное меню || в главное меню | в начало | меню"
TONES = "кнопками || на кнопках | по кнопкам | с клавиатуры | наберу | тоном"


REFUSED = keys("""
буду надо нужен нужна нужно нужны хочу хотим прошу просил просила просили интересует интересуют
соединяйте переводите переключайте зовите рассказывайте говорите читайте
""")
"""After «не» they turn a wish into its contrary: «мне не нужны ваши новости» asks for nothing."""
_BETWEEN = keys("мне нам меня нас ваш вашего вашим никакой никакого")
_BEGS = keys("соедините позовите дайте повторите скажите")
"""They begin a wish of their own: «не надо, дайте оператора»."""


class Command(StrEnum):
    OPERATOR = "operator"
    BACK = "back"
    REPEAT = "repeat"
    ROOT = "root"
    TONES = "tones"  # the caller would rather key it in


TABLES = {
    Command.OPERATOR: OPERATOR,
    Command.BACK: BACK,
    Command.REPEAT: REPEAT,
    Command.ROOT: ROOT,
    Command.TONES: TONES,
}
PHRASES = {tuple(plain(phrase).split()): name for name, text in TABLES.items() for phrase in phrases(text)}
LONGEST = max(map(len, PHRASES))


def command(heard: Heard, but: Collection[str] = ()) -> Command | None:
    """The command in the best hypothesis, of several the last. None: there is none, or there is a number beside it.

    `but`: words that mean something else here; a command of nothing but such words is none.
    """
    words = [word.text for word in split(heard[0])] if heard else []
    if any(symbols(word) for word in words):
        return None
    found, place = None, 0
    while place < len(words):
        size = next((size for size in range(LONGEST, 0, -1) if tuple(words[place : place + size]) in PHRASES), 0)
        said = tuple(words[place : place + size])
        if size and not all(word in but for word in said) and not _refused(words, place):
            found = PHRASES[said]
        place += size or 1
    return found


def _refused(words: Sequence[str], place: int) -> bool:
    """«не нужен оператор», «не соединяйте с оператором», «без оператора»."""
    if words[place] in _BEGS:
        return False
    before = [word for word in words[:place] if word not in _BETWEEN][-2:]
    return before[-1:] == ["без"] or (before[:1] == ["не"] and before[-1] in REFUSED)
