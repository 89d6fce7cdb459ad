"""Answers within a fact as salted digests, so that one can be erased later and the chain of the case still be checked.

What is hashed into the chain is not a fact with its answers but the same fact with the digest of each, salted by sixteen random bytes of
its own. Erasing takes the answer and its salt away and leaves the digest: what it was can no longer be found out by trying.
"""

import os
from collections.abc import Collection
from hashlib import sha256
from typing import Any, cast

import msgspec

#: where facts carry answers
PARTS = ("answers", "before", "after", "dropped", "given")
#: bytes of a salt
SALT = 16

#: part → answer → its salt in hexadecimal digits; or, of an erased one, a list of nothing but its digest
Seal = dict[str, dict[str, str | list[str]]]
_seal = msgspec.json.Decoder(Seal)


def new(fact: str) -> tuple[str | None, str]:
    """A seal with fresh salts for the answers in ``fact``, as JSON, and what is hashed of it, as `closed` says; None: it has none."""
    said = msgspec.json.decode(fact)
    carried = {part: names for part, names in _parts(said).items() if names}
    if not carried:
        return None, fact
    random, at, seal = os.urandom(SALT * sum(map(len, carried.values()))), 0, dict[str, dict[str, str]]()
    for part, values in carried.items():
        salts, digests = seal[part], said[part] = dict[str, str](), dict[str, str]()
        for name, value in values.items():
            salt = random[at : at + SALT]
            at += SALT
            salts[name] = salt.hex()
            digests[name] = sha256(salt + _encode(value)).hexdigest()
    return msgspec.json.encode(seal).decode(), msgspec.json.encode(said).decode()


def closed(fact: str, seal: str | None) -> str:
    """``fact`` as it is hashed: each answer that ``seal`` names as its digest. Raises ValueError when they do not fit together."""
    if seal is None:
        return fact
    said, salts = msgspec.json.decode(fact), _seal.decode(seal)
    parts = _parts(said)
    for part, names in salts.items():
        values = parts.get(part, {})
        if values.keys() != {name for name, salt in names.items() if isinstance(salt, str)}:
            raise ValueError(f"the answers of {part} are not those that were sealed")
        said[part] = {name: _digest(salt, values[name]) if isinstance(salt, str) else salt[0] for name, salt in names.items()}
    return msgspec.json.encode(said).decode()


def erase(fact: str, seal: str, names: Collection[str]) -> tuple[str, str]:
    """``fact`` and ``seal`` without the answers ``names``; what is hashed of them stays the same."""
    said, salts = msgspec.json.decode(fact), _seal.decode(seal)
    for part, sealed in salts.items():
        for name in sealed.keys() & set(names):
            if isinstance(salt := sealed[name], str):
                sealed[name] = [_digest(salt, said[part].pop(name))]
    return msgspec.json.encode(said).decode(), msgspec.json.encode(salts).decode()


def erased(seal: str | None) -> set[str]:
    """The answers that were erased from a fact."""
    return {name for names in _seal.decode(seal).values() for name, salt in names.items() if isinstance(salt, list)} if seal else set()


def _parts(fact: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part: cast("dict[str, Any]", fact[part]) for part in PARTS if isinstance(fact.get(part), dict)}


def _digest(salt: str, value: Any) -> str:
    return sha256(bytes.fromhex(salt) + _encode(value)).hexdigest()


_encode = msgspec.json.Encoder(order="deterministic").encode
