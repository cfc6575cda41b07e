"""The phrases that people say yes, no and «I am not sure» with. One source of the matcher and of the grammars."""

from collections.abc import Mapping
from enum import StrEnum

from ivr.dialogue.understanding.heard import plain
from ivr.dialogue.understanding.wordlist import keys, phrases


class Polarity(StrEnum):
    YES = "yes"
    NO = "no"
    DOUBT = "doubt"  # ask again
    NONE = "none"  # it was no answer to a question of yes or no


YES = """
да | ага | угу | верно | правильно | конечно | согласен | согласна | подтверждаю | хорошо | всё так
всё верно | всё правильно | так и есть | да верно | да правильно | да всё верно | да да | ну да | да конечно
|| именно | ладно | окей | так точно | совершенно верно | абсолютно верно | именно так | разумеется | безусловно
записывайте | пишите | так всё | всё точно | всё хорошо | правильно да | верно да | да так | без ошибок | нет ошибок
нет ошибки | я подтверждаю | да это я | всё нормально | нормально
"""
NO = """
нет | не | неа | не а | неверно | неправильно | не верно | не правильно | не так | не то | не совсем | ошибка | отмена
исправить | заново | нет нет | нет неверно | нет неправильно | нет не так | не точно | не подтверждаю
не согласен | не согласна | это не верно | это неверно | это не правильно | это неправильно | это не точно | это не то
|| неточно | ошиблись | не совсем так | не совсем верно | не совсем правильно | не угадали | вы ошиблись | ошибся
ошиблась | отменить | не надо | не записывайте | другое | другая цифра | другая | ни в коем случае | вы не так поняли
точно нет | нет точно | конечно нет | нет конечно | с ошибкой | ни то ни другое | ни то ни то | не конечно
ничего подобного
"""
DOUBT = """
да нет | не знаю | наверное | наверно | вроде | вроде да | подождите | минуту | откуда | да откуда | разве | да ладно
|| точно | да точно | да не | нет да | не помню | не уверен | не уверена | вроде бы | кажется | может быть
возможно | почти | примерно | не расслышал | не расслышала | не понял | не поняла | секунду | стоп | что | чего
да неверно | да неправильно | да не так | не нет | да ну | да ну нет
"""
DECOYS = phrases("""
алло | але | беда | бедно | ваше | вера | верю | вода | всегда | года | дай | дама | дата | даша | дома | когда | куда
мама | надо | никогда | первое | ровно | сюда | тогда | туда | угол | ухо | вредно
""")
"""Words that sound like a yes: the recogniser, which must choose among what it knows, takes them for it if they are not
there. They answer nothing."""
POLITE = ("спасибо", "пожалуйста", "девушка")
"""Said with an answer; the recogniser must know them, or they are sounds that make a yes doubtful."""
BESIDE_YES = keys("ну вот это э ээ эээ эм м мм ммм о мой моё девушка пожалуйста спасибо алло здравствуйте")
"""What may stand beside a yes and leave it one."""


def _table() -> dict[tuple[str, ...], Polarity]:
    return {
        tuple(plain(phrase).split()): polarity
        for polarity, text in ((Polarity.YES, YES), (Polarity.NO, NO), (Polarity.DOUBT, DOUBT))
        for phrase in phrases(text)
    }


REPLIES: Mapping[tuple[str, ...], Polarity] = _table()
LONGEST_REPLY = max(map(len, REPLIES))
