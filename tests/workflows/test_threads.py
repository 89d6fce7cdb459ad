"""What several threads of one process read for the first time at once."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: one process: four threads read a release before any has been read, changing places as often as they can
READS = """
import sys, threading
sys.setswitchinterval(1e-6)
from workflows import app
start = threading.Barrier(4)
def read():
    start.wait()
    try:
        app.read(b"{}")
    except ValueError:
        pass
threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_the_first_releases_are_read_by_several_threads_at_once():
    """With a type handed to `msgspec.json.decode` itself this ended three processes of ten with a segmentation fault."""
    running = [subprocess.Popen([sys.executable, "-c", READS], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(6)]
    for each in running:
        assert each.communicate()[1] == b""
        assert each.returncode == 0


def test_types_are_worked_out_while_modules_are_imported():
    """A decoder of our types stands at the top of its module: msgspec works a type out when it is first decoded to, which no two threads may do."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in ("forms", "workflows", "templates", "runtime", "builder")
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith((".decode", ".convert")) and _ours(call)
    ]
    assert found == []


def _ours(call: ast.Call) -> bool:
    return any(each.arg == "type" and ast.unparse(each.value) != "str" for each in call.keywords)
