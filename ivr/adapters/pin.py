"""A PIN as its argon2 hash: what is kept tells nothing about what is keyed."""

import asyncio
from collections.abc import Awaitable, Callable

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.domain.errors import ConfigurationError

SHORTEST, LONGEST = 6, 12


def hashed(pin: str) -> str:
    """What to write into IVR_NEWS_PIN_HASH. Raises ConfigurationError for what is no PIN."""
    if not (pin.isascii() and pin.isdecimal() and SHORTEST <= len(pin) <= LONGEST):
        raise ConfigurationError([f"a PIN has {SHORTEST} to {LONGEST} digits"])
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        raise ConfigurationError(["such a PIN is guessed first; take another"])
    return PasswordHasher().hash(pin)


def verifier(hash_: str) -> Callable[[str], Awaitable[bool]] | None:
    """Judges PINs, in a thread: a hash takes tens of milliseconds. None when no hash is given.

    Raises ConfigurationError for what is no hash: nobody would ever be let in."""
    if not hash_:
        return None
    try:
        extract_parameters(hash_)
    except InvalidHashError:
        raise ConfigurationError(["IVR_NEWS_PIN_HASH: no argon2 hash; `ivr news pin` makes one"]) from None

    def verify(pin: str) -> bool:
        try:
            return PasswordHasher().verify(hash_, pin)
        except VerificationError:
            return False

    async def judge(pin: str) -> bool:
        return await asyncio.to_thread(verify, pin)

    return judge
