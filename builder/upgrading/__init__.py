"""Moves definitions of an older language up to the one that is compiled, by splices that leave comments and every other byte alone.

A language is a number in app.yaml. What changes from one to the next is a list of small edits in `from_N.py`; they are applied one after
the other, each to the file as the one before left it. An edit says what it does to the data too, and the file is read again after each:
an edit that would change anything else is not made, and the place is said to need a hand.
"""

from builder.upgrading.chain import CURRENT, OLDEST, Upgraded, language_of, upgrade

__all__ = ["CURRENT", "OLDEST", "Upgraded", "language_of", "upgrade"]
