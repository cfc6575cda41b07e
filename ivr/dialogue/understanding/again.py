"""What is said when words were not understood: other help each time, «первое или второе», what was left out.

A studio recording of a phrase's name replaces it, as with the texts of a flow. None of them says who is speaking, a
man or a woman.
"""

from collections.abc import Mapping

from ivr.dialogue.asks import Asks, Number, RegisterValue, YesNo
from ivr.dialogue.model import Phrase, Prompt
from ivr.dialogue.understanding.asking import AskAgain, OfferTwo
from ivr.dialogue.wording import phrase

FRACTION = Phrase("Цифры после запятой не нужны.", "voice_fraction")

CLARIFY = Phrase("Уточню.", "voice_clarify")
WISH = Phrase("Уточните, пожалуйста.", "voice_clarify_wish")
"""Said while what follows is still being made."""
WHICH = {
    "reading": "Первое: {first:number}. Второе: {second:number}.",
    "account": "Первый номер: {first:account}. Второй: {second:account}.",
    "number": "Первое: {first:digits}. Второе: {second:digits}.",
}
FIRST_OR_SECOND = Phrase("Скажите: первое или второе?", "voice_first_or_second")
FIRST_OR_SECOND_ACCOUNT = Phrase("Скажите: первый или второй?", "voice_account_first_or_second")
_UNHEARD = "Простите, не получилось разобрать."
TEXTS: Mapping[str, str] = {
    "reading_silence": "Я вас не слышу. Назовите показание вслух или наберите его на телефоне.",
    "reading_unheard": f"{_UNHEARD} Назовите показание ещё раз.",
    "reading_slowly": f"{_UNHEARD} Назовите показание медленно, по одной цифре, или наберите его на телефоне.",
    "reading_never": "Получилось слишком много цифр. Назовите только те, что стоят до запятой.",
    "reading_improbable": "Давайте проверим. Посмотрите на счётчик и назовите показание ещё раз, по одной цифре.",
    "reading_which": "Хорошо. Назовите показание ещё раз, по одной цифре.",
    "account_silence": "Я вас не слышу. Назовите цифры лицевого счёта вслух или наберите их на телефоне.",
    "account_unheard": f"{_UNHEARD} Назовите номер лицевого счёта ещё раз.",
    "account_slowly": f"{_UNHEARD} Назовите номер медленно, по одной цифре, или наберите его на телефоне.",
    "account_never": "В номере получилось другое количество цифр. Назовите его ещё раз, по одной цифре.",
    "account_which": "Хорошо. Назовите номер лицевого счёта ещё раз, по одной цифре.",
    "number_silence": "Я вас не слышу. Назовите эти цифры вслух или наберите их на телефоне.",
    "number_unheard": f"{_UNHEARD} Назовите эти цифры ещё раз.",
    "number_slowly": f"{_UNHEARD} Назовите цифры медленно, по одной, или наберите их на телефоне.",
    "number_never": "Цифр получилось не столько, сколько нужно. Назовите их ещё раз, по одной.",
    "number_which": "Хорошо. Назовите эти цифры ещё раз, по одной.",
    "reply_silence": "Скажите «верно» или «нет». Или нажмите: один — верно, два — нет.",
    "reply_unheard": "Вместо «да» можно сказать «верно»: так слышно лучше.",
    "reply_slowly": "Скажите одно слово: «верно» или «нет». Или нажмите: один — верно, два — нет.",
    "key_silence": "Я вас не слышу. Назовите цифру вслух или нажмите её.",
    "key_unheard": f"{_UNHEARD} Назовите только цифру.",
    "key_slowly": f"{_UNHEARD} Нажмите цифру на телефоне или назовите её ещё раз.",
}
"""By what is asked for, and why it is asked again; `slowly` is said from the second time on. After a yes that was not
heard «верно» is asked for: in noise it is heard far better than «да», which has two sounds. Of a reply these
come after the question, whose own words ask for «да»."""
SILENT = Phrase("Я вас не слышу.", "voice_silent")
UNCLEAR = Phrase(_UNHEARD, "voice_unheard")
REASONS = {"silence": "silence", "never": "never", "improbable": "improbable", "which": "which", "neither": "which"}
"""The reasons that have words of their own."""


def again(move: AskAgain, asks: Asks, prompt: Prompt) -> Prompt:
    """What is said instead of the question's `prompt`. A question that holds what was read back is put again whole."""
    kind = _kind(asks)
    name = f"{kind}_{REASONS.get(move.reason)}"
    if name not in TEXTS or (move.reason == "never" and move.help > 1):
        name = f"{kind}_{'unheard' if move.help == 1 else 'slowly'}"
    said = (Phrase(TEXTS[name], f"voice_{name}"),)
    if kind == "reply":
        return (SILENT if move.reason == "silence" else UNCLEAR, *prompt, *said)
    return said + prompt if kind == "key" else said


def which(move: OfferTwo, asks: Asks) -> Prompt:
    """«A или B?»"""
    kind = _kind(asks)
    two = phrase(WHICH[kind], {"first": move.first, "second": move.second})
    return (CLARIFY, two, FIRST_OR_SECOND_ACCOUNT if kind == "account" else FIRST_OR_SECOND)


def either(first: str, second: str) -> Prompt:
    """«Вы хотите передать показания или узнать долг?»"""
    return (WISH, Phrase(f"Вы хотите {first} или {second}?"))


def phrases() -> list[Phrase]:
    """Everything here that never changes: to be rendered before the first call."""
    return [
        FRACTION,
        CLARIFY,
        SILENT,
        UNCLEAR,
        WISH,
        FIRST_OR_SECOND,
        FIRST_OR_SECOND_ACCOUNT,
        *(Phrase(text, f"voice_{name}") for name, text in TEXTS.items()),
    ]


def _kind(asks: Asks) -> str:
    match asks:
        case RegisterValue():
            return "reading"
        case Number(name="account"):
            return "account"
        case Number():
            return "number"
        case YesNo():
            return "reply"
    return "key"
