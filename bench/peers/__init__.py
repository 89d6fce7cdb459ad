"""The peers of the step benchmark. Each runs in an environment of its own, made here with pip: nothing of ours imports them."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: ignored by git
ENVIRONMENTS = ROOT / ".cache/bench"


def python(peer: str) -> Path:
    """The interpreter of the environment with what ``peer``.txt pins, made at the first call."""
    pinned = Path(__file__).parent / f"{peer}.txt"
    folder = ENVIRONMENTS / peer
    made = folder / "installed.txt"
    found = folder / "bin/python"
    if not made.exists() or made.read_bytes() != pinned.read_bytes():
        print(f"installing {peer} for the benchmark into {folder.relative_to(ROOT)}", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", pinned], check=True)
        made.write_bytes(pinned.read_bytes())
    return found
