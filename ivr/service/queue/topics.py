"""What calls are about, as operators hear it."""

from ivr.dialogue.model import Phrase

ANY = Phrase("Звонок с линии.", "topic_any")
TOPICS = {
    name: Phrase(words, f"topic_{name}")
    for name, words in {
        "readings": "Показания счётчика.",
        "balance": "Начисления и долг.",
        "payment": "Оплата.",
        "outages": "Отключение электричества.",
        "tariff": "Тариф.",
        "requests": "Статус обращения.",
        "verification": "Поверка счётчика.",
        "offices": "Адреса офисов.",
        "contract": "Договор.",
        "news": "Новости компании.",
    }.items()
}
"""What an operator hears before a talk, by the matter that the caller turned to last."""
