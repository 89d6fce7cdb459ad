"""Run as a program, apart from the server: `cells_of.py FILE ROWS COLUMNS MEMORY` prints the first sheet of a workbook as JSON rows of texts."""

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, cast


def main(path: str, rows: int, columns: int, memory: int) -> str:
    """Dates as 2026-12-01, whole numbers without a point, the results of formulas; empty rows at the end are left out."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    except ImportError:
        # not on Windows, where the limit of time remains
        pass
    import python_calamine

    book: Any = cast(Any, python_calamine).load_workbook(path)  # its hints know no paths
    sheet = book.get_sheet_by_index(0)
    found = [[_text(cell) for cell in row[:columns]] for row in sheet.to_python(nrows=rows, skip_empty_area=False)]
    while found and not any(found[-1]):
        found.pop()
    return json.dumps(found)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value).strip()[:10_000]


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1], *map(int, sys.argv[2:5])))
