"""Telephone numbers as they are written by people and carriers, brought to one form: E.164."""

import re

import phonenumbers

REGION = "RU"  # of numbers written without a country's code
_RUSSIAN_MOBILE = re.compile(r"(?:\+?7|8)?(9\d{9})\Z")
_DECORATION = re.compile(r"[\s()\u00a0.\-]+")


def e164(text: str) -> str | None:
    """`8 (921) 123-45-67`, `+7921…`, `921…` as +79211234567. None: it is no telephone number that could be dialled."""
    plain = _DECORATION.sub("", text)
    # Nine in ten are Russian mobiles, and the library takes a hundred times as long to say the same of them.
    if mobile := _RUSSIAN_MOBILE.match(plain):
        return f"+7{mobile[1]}"
    if len(plain) == 11 and plain[0] == "7" and plain.isdecimal():
        plain = f"+{plain}"  # as carriers write it; without the plus the library takes it for a national number
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
