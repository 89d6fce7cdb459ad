"""What a worker has loaded before anybody asked it for anything: resident memory is paid for in each of them (`idle_mib` of the benchmark)."""

import subprocess
import sys
from pathlib import Path

#: each takes megabytes, and is loaded by the first request that has a use for it
LATER = {"cel_expr_python", "jsonschema_rs", "obstore", "nh3", "filetype", "segno", "stdnum", "typst", "xlsxwriter", "python_calamine", "PIL", "pypdfium2", "yaml", "alembic", "builder.designing.pages", "builder.compile"}  # fmt: skip


def test_an_idle_worker_loads_nothing_that_only_some_requests_need():
    loaded = "import sys, runtime.web, builder.designing; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", loaded], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert LATER & set(run.stdout.split()) == set()
