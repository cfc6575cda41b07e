"""Words around numbers: what to skip, what corrects, what begins a fraction, what is counted."""

from ivr.dialogue.understanding.heard import plain
from ivr.dialogue.understanding.wordlist import keys

FILLERS = """
ну вот так это там значит сейчас показания счётчик счётчика пишите запишите получается
| у меня э ээ эээ эм м мм ммм тут здесь щас короче типа как бы просто ладно всё да ага угу алло алле але здравствуйте
пожалуйста девушка спасибо то мой мои моё моя на по в за с о итак стало быть будет стоит показывает выходит равно
итого всего показание показаний показателей счётчике электросчётчик электросчётчика цифра цифры цифр число номер
сколько скока набежало накрутило натикало записывайте передаю передать хочу примите диктую слушайте сегодня последние
текущие
"""
"""Said around a number and skipped."""
FILLER_PHRASES = ("у меня",)
"""Of fillers that would be misheard for anything if they stood in a grammar alone."""
DENIALS = """
нет вернее точнее | неа тоесть поправка исправлюсь ошибся ошиблась ошибка оговорился оговорилась неправильно неверно
наоборот
"""
INTERRUPTIONS = "ой | ох стоп извините извиняюсь простите виноват виновата погодите подождите секунду"
PAIRS = ("то есть", "не так", "не то")
"""Pairs of words that deny what was said before them."""
NOT, BUT, AND, OR = "не", "а", "и", "или"
"""«Не пять, а шесть»; «сто и пять десятых»; «сорок или сорок пять»."""
POINTS = "запятая точка целых | запятой целая целые целой"
"""What comes after them is a fraction."""
PARTS_OF_ONE = {"десятых": 1, "десятая": 1, "десятые": 1, "сотых": 2, "сотая": 2, "сотые": 2, "тысячных": 3}
"""What a fraction is counted in, and how many words its numerator may have."""
HALF = "половиной"
EARLIER, NOW = "было | была раньше прошлые прошлое предыдущие предыдущее", "стало | стала теперь"
"""«Было сто, стало двести»: where both are said, what is meant is said after the second."""
MEASURES = "киловатт киловатта час часа часов | киловатты киловаттов квт квтч ватт ватта"
"""Kilowatt-hours: a number ends before them."""

FILLER_KEYS = keys(FILLERS)
DENIAL_KEYS = keys(DENIALS)
INTERRUPTION_KEYS = keys(INTERRUPTIONS)
POINT_KEYS = keys(POINTS)
MEASURE_KEYS = keys(MEASURES)
EARLIER_KEYS, NOW_KEYS = keys(EARLIER), keys(NOW)
PAIR_KEYS = frozenset(tuple(plain(pair).split()) for pair in PAIRS)
