"""Passwords: Argon2id, off the event loop, in the same time whether or not the account exists."""

import unicodedata
from functools import cache

import anyio
from anyio import to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from forms.texts import Text
from runtime.settings import Settings

#: OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane
HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
LONGEST = 200
#: hashing holds 19 MiB each; more at once only helps whoever floods the sign-in page
AT_ONCE = 2

#: what is tried first everywhere, as parts that make a password guessable
COMMON = ("password", "passw0rd", "qwerty", "123456", "abc123", "admin", "111111", "000000", "letmein", "dabashou", "mima")


def hash_now(password: str) -> str:
    """The hash to store. Takes about 20 ms: use `hash_password` while serving."""
    return HASHER.hash(_normal(password))


async def hash_password(password: str) -> str:
    return await to_thread.run_sync(hash_now, password, limiter=_limiter())


async def verify(password: str, stored: str | None) -> bool:
    """Whether ``password`` is the one behind ``stored``. Without one, the same work is done and the answer is no."""
    return await to_thread.run_sync(_verify, password[:LONGEST], stored or _nobody(), limiter=_limiter()) and stored is not None


def problem(password: str, person: str, settings: Settings) -> Text | None:
    """What is wrong with a new password, or None."""
    text = _normal(password)
    if len(text) < settings.password_min_length:
        least = settings.password_min_length
        return {
            "zh": f"密码至少 {least} 位，现在是 {len(text)} 位。",
            "en": f"A password has at least {least} characters; this has {len(text)}.",
        }
    if len(text) > LONGEST:
        return {"zh": f"密码最多 {LONGEST} 位。", "en": f"A password has at most {LONGEST} characters."}
    if _classes(text) < settings.password_classes:
        most = settings.password_classes
        return {
            "zh": f"密码须包含小写字母、大写字母、数字、其他符号中的至少 {most} 类。",
            "en": f"A password mixes at least {most} of: lower case, upper case, digits, other characters.",
        }
    plain = text.lower()
    if any(len(plain.replace(part, "")) < 6 for part in (*COMMON, *filter(None, (person.lower(), *person.lower().split("-"))))):
        return {
            "zh": "密码太容易猜到：不要使用账号或常见密码。",
            "en": "This password is easy to guess: it is the account or a common one.",
        }
    if len(set(text)) < 5:
        return {"zh": "密码里重复的字符太多。", "en": "This password repeats too few characters."}
    return None


def _classes(text: str) -> int:
    kinds = {"Ll": 0, "Lu": 1, "Nd": 2}
    return len({kinds.get(unicodedata.category(character), 3) for character in text})


def _normal(password: str) -> str:
    """NFKC, so that the same keys on another keyboard make the same password (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _verify(password: str, stored: str) -> bool:
    return HASHER.verify(_normal(password), stored)


@cache
def _nobody() -> str:
    """A hash that no password is known for."""
    return hash_now("nobody has this account \N{HEAVY EXCLAMATION MARK SYMBOL}")


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)
