"""Files that rows are written to one after the other: Excel in constant memory, and CSV as Excel reads it."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from runtime.output.cells import Amount, Cell

#: sheets of Excel end here, with their head
MOST_ROWS = 1_048_575


class Writer(Protocol):
    """A file in the making."""

    def row(self, sheet: str, cells: Sequence[Cell]) -> None:
        """Adds a row to a sheet; the first row of each is its head."""
        ...

    def close(self) -> None:
        """Finishes the file; takes a while for a large one."""
        ...


class Excel:
    """One workbook; a sheet for the cases and one for each table."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter

        options = {
            # nothing is ever a formula, a link or a number because of how it looks
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        }  # fmt: skip
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._head = self._book.add_format({"bold": True, "bg_color": "#E8EFFD", "border": 1, "border_color": "#AEC5F5", "text_wrap": True})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._sheets: dict[str, tuple[Any, int]] = {}

    def row(self, sheet: str, cells: Sequence[Cell]) -> None:
        page, at = self._sheets.get(sheet) or (self._add(sheet, len(cells)), 0)
        if at > MOST_ROWS:
            return
        for column, value in enumerate(cells):
            if isinstance(value, Amount):
                page.write_number(at, column, value.cents / 100, self._money)
            elif isinstance(value, int | float):
                page.write_number(at, column, value)
            elif value:
                page.write_string(at, column, value, self._wrapped if at else self._head)
        self._sheets[sheet] = (page, at + 1)

    def _add(self, name: str, width: int) -> Any:
        page = self._book.add_worksheet(_sheet_name(name, {sheet.get_name().lower() for sheet in self._book.worksheets()}))
        page.set_column(0, max(width - 1, 0), 18)
        page.freeze_panes(1, 0)
        return page

    def close(self) -> None:
        self._book.close()


def _sheet_name(name: str, taken: set[str]) -> str:
    """As Excel allows: 31 characters, no brackets, colons, stars, question marks or slashes, no apostrophe at either end, each once."""
    plain = "".join(char for char in name if char not in "[]:*?/\\" and char.isprintable()).strip("' ")[:28] or "Sheet"
    number = 1
    found = plain
    while found.lower() in taken:
        number += 1
        found = f"{plain} {number}"
    return found


class Csv:
    """The first sheet only, as UTF-8 with a mark, by which Excel knows it for UTF-8 (RFC 4180)."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._first = ""

    def row(self, sheet: str, cells: Sequence[Cell]) -> None:
        self._first = self._first or sheet
        if sheet == self._first:
            self._writer.writerow([f"{Decimal(cell.cents) / 100:.2f}" if isinstance(cell, Amount) else cell for cell in cells])

    def close(self) -> None:
        self._file.close()


def writer(format: str, path: Path) -> Writer:
    """Of an "xlsx" or "csv"."""
    return Excel(path) if format == "xlsx" else Csv(path)
