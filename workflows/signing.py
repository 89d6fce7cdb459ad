"""Signatures beside a decision: a name that was typed, or the strokes of a hand."""

import re

from workflows import refusals
from workflows.app import Approve, Handle
from workflows.commands import Act, Refusal

#: an SVG path of straight strokes, as a pen draws them on a field of 600 × 200
STROKES = re.compile(r"(M\d{1,3}(\.\d)? \d{1,3}(\.\d)?(L\d{1,3}(\.\d)? \d{1,3}(\.\d)?)+)+")
LONGEST = 20_000


def check(step: Approve | Handle, command: Act, name: str) -> Refusal | None:
    """Why the signature of ``command`` is not what ``step`` asks of someone called ``name``."""
    wanted, given = step.desk.signature, command.signature.strip()
    if wanted == "none":
        return refusals.refuse("not-allowed", "这一步不需要签名", "This step takes no signature") if given else None
    if wanted == "typed" and given != name:
        return refusals.refuse("signature-required", f"请键入您的姓名“{name}”作为签名", f"Type your name, “{name}”, as a signature")
    if wanted == "handwritten" and not (len(given) <= LONGEST and STROKES.fullmatch(given)):
        return refusals.refuse("signature-required", "请手写签名", "Sign by hand")
    return None
