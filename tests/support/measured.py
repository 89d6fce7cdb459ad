"""Checks folders one after the other, each in a process of its own, and tells what it cost: `python measured.py FOLDER…`.

A line of JSON for each: what was printed, the exit code, seconds of the processor, and the most memory it had, in MiB.
"""

import json
import os
import sys
import tempfile

from builder import commands


def measured(folder: str) -> dict[str, object]:
    """One check, forked off, so that nothing of it stays for the next."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        child = os.fork()
        if child == 0:
            code = 3
            try:
                code = commands.check(folder, english=True, form="github", out=lambda line: said.write(f"{line}\n"))
                said.flush()
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        said.seek(0)
        return {
            "said": said.read(),
            "code": os.waitstatus_to_exitcode(status),
            "seconds": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss / 1024,
        }


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(measured(name)) + "\n")
