"""Digits in groups that are easy to follow: accounts and telephone numbers. A comma between groups makes the pause."""

from ivr.dialogue.wording.numbers import cardinal, spelt

_PHONE_GROUPS = {
    5: (1, 2, 2),
    6: (2, 2, 2),
    7: (3, 2, 2),
    10: (3, 3, 2, 2),
    11: (1, 3, 3, 2, 2),
}


def _sizes(length: int) -> list[int]:
    """Threes, with twos at the end where threes do not come out; never a lonely digit."""
    if length <= 3:
        return [length]
    threes, rest = divmod(length, 3)
    return [3] * threes if rest == 0 else [3] * threes + [2] if rest == 2 else [3] * (threes - 1) + [2, 2]


def _cut(digits: str, sizes: list[int]) -> list[str]:
    groups: list[str] = []
    for size in sizes:
        groups.append(digits[:size])
        digits = digits[size:]
    return groups


def _clean(number: str) -> str:
    """Without the marks people put between digits. Raises ValueError when something else is left, or nothing."""
    digits = number.translate(str.maketrans("", "", " -()\u00a0"))
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("is not made of digits")
    return digits


def account(number: str) -> str:
    """«один два три, четыре пять, ноль семь»: each digit, in groups of three and two. Raises ValueError."""
    digits = _clean(number)
    return ", ".join(spelt(group) for group in _cut(digits, _sizes(len(digits))))


def _group(digits: str) -> str:
    """A group as a number, its leading zeros kept: 055 «ноль пятьдесят пять»."""
    rest = digits.lstrip("0")
    zeros = len(digits) - len(rest)
    return " ".join([*["ноль"] * zeros, *([cardinal(int(rest))] if rest else [])])


def phone(number: str) -> str:
    """«восемь, восемьсот, пятьсот пятьдесят пять, ноль один, ноль ноль»; +7 is said «плюс семь».

    Lengths no Russian number has are spelt like an account. Raises ValueError.
    """
    plus = number.strip().startswith("+")
    digits = _clean(number.strip().removeprefix("+"))
    if len(digits) <= 4:
        said = _group(digits) if len(digits) <= 3 else ", ".join(_group(group) for group in _cut(digits, [2, 2]))
    elif sizes := _PHONE_GROUPS.get(len(digits)):
        said = ", ".join(_group(group) for group in _cut(digits, list(sizes)))
    else:
        said = account(digits)
    return f"плюс {said}" if plus else said
