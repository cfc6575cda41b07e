"""The phrases that people say yes, no and «I am not sure» with. One source of the matcher and of the grammars."""

from collections.abc import Mapping
from enum import StrEnum

from ivr.dialogue.understanding.heard import plain


class Polarity(StrEnum):
    YES = "yes"
    NO = "no"
    DOUBT = "doubt"  # ask again
    NONE = "none"  # it was no answer to a question of yes or no


YES = """
да | ага | угу | верно | правильно | точно | именно | конечно | согласен | согласна | подтверждаю | хорошо | ладно
окей | всё так | всё верно | всё правильно | так и есть | так точно | совершенно верно | абсолютно верно | именно так
да верно | да правильно | да всё верно | да конечно | ну да | да да | разумеется | безусловно | записывайте | пишите
так всё | всё точно | всё хорошо | правильно да | верно да | да так | без ошибок | нет ошибок | нет ошибки
"""
NO = """
нет | неа | не | неверно | неправильно | не верно | не правильно | не так | не то | не совсем | не совсем так
не совсем верно | не совсем правильно | не точно | неточно | не угадали | не подтверждаю | не согласен | не согласна
ошибка | ошиблись | вы ошиблись | ошибся | ошиблась | отмена | отменить | исправить | заново | не надо
не записывайте | другое | другая цифра | другая | нет нет | нет не так | ни в коем случае | вы не так поняли
нет неверно | нет неправильно | точно нет | нет точно | конечно нет | нет конечно
с ошибкой | ни то ни другое | ни то ни то | не конечно | ничего подобного
"""
DOUBT = """
да нет | да не | нет да | не знаю | не помню | не уверен | не уверена | наверное | наверно | вроде | вроде да
вроде бы | кажется | может быть | возможно | почти | примерно | не расслышал | не расслышала | не понял | не поняла
подождите | минуту | секунду | стоп | что | чего | да неверно | да неправильно | да не так | не нет
"""


def _table() -> dict[tuple[str, ...], Polarity]:
    return {
        tuple(plain(phrase).split()): polarity
        for polarity, text in ((Polarity.YES, YES), (Polarity.NO, NO), (Polarity.DOUBT, DOUBT))
        for phrase in phrases(text)
    }


def phrases(text: str) -> list[str]:
    """The phrases of a table, one a bar or a line."""
    return [phrase.strip() for line in text.split("\n") for phrase in line.split("|") if phrase.strip()]


REPLIES: Mapping[tuple[str, ...], Polarity] = _table()
LONGEST_REPLY = max(map(len, REPLIES))
