"""Whether a flow works: every case can end, ends properly, no step is in vain, and what its conditions and people make of that."""

from workflows.proof.proving import prove
from workflows.proof.subject import Subject
from workflows.proof.verdict import CODES, Finding, Property, Verdict

__all__ = ["CODES", "Finding", "Property", "Subject", "Verdict", "prove"]
