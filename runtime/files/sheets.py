"""Workbooks that strangers send, read by a process of its own: what opens them has limits of memory and time, and no way back."""

import json
import subprocess
import sys
from pathlib import Path

from anyio import to_thread

from runtime.files import content, kinds
from runtime.files.content import Unacceptable

#: seconds, and bytes of address space, that reading may take
PATIENCE, MEMORY = 15.0, 1_000_000_000
#: of a sheet, with its head
MOST_ROWS, MOST_COLUMNS = 501, 100


async def read(path: Path, name: str) -> list[list[str]]:
    """The texts of the first sheet, row by row, its head first. Raises Unacceptable."""
    return await to_thread.run_sync(_read, path, name)


def _read(path: Path, name: str) -> list[list[str]]:
    if content.recognise(path, name) is not kinds.XLSX:
        raise Unacceptable("wrong-type", "这里要 .xlsx 文件", "This takes an .xlsx file")
    program = str(Path(__file__).with_name("cells_of.py"))
    command = [sys.executable, "-I", program, str(path), str(MOST_ROWS + 1), str(MOST_COLUMNS), str(MEMORY)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 -- our own program, told no words of a user's
        rows = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        rows = None
    if rows is None:
        raise Unacceptable("broken-file", "这个表格打不开，请另存为 .xlsx 再传", "This workbook cannot be opened: save it as .xlsx again")
    if len(rows) > MOST_ROWS:
        raise Unacceptable("too-many-rows", f"一次最多导入 {MOST_ROWS - 1} 行", f"{MOST_ROWS - 1} rows at most at once")
    return rows
