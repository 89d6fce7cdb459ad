"""Reads calendar/YYYY.yaml: the years whose holidays are known, and the office hours."""

from datetime import date

from builder import fixes, shape, source
from builder.nodes import Mapping, Node, Scalar, items, words
from builder.problems import Problems
from builder.workspace import Workspace, said
from forms.calendar import WorkCalendar, Year

Hours = tuple[tuple[str, str], ...]


def read(files: dict[str, bytes], workspace: Workspace, time_zone: str, problems: Problems) -> WorkCalendar:
    """All years of calendar/; office hours are the same in all of them."""
    years: dict[int, Year] = {}
    hours: Hours = ()
    hours_at: Node | None = None
    broken = False
    for name, content in files.items():
        root = source.load(content, workspace.shown(f"calendar/{name}"), problems)
        if root is None or shape.check(root, "calendar", problems) or not isinstance(root, Mapping):
            broken = True
            continue
        year = root.get("year")
        if not isinstance(year, Scalar) or not isinstance(year.value, int | float):
            continue
        number = int(year.value)
        if name != f"{number}.yaml":
            problems.add(
                year,
                "file-name",
                f"文件名应当是 {number}.yaml",
                f"The file must be named {number}.yaml",
                fix=fixes.rename(f"{number}.yaml", sure=False),
            )
        years[number] = Year(
            year=number,
            holidays=days(root.get("holidays"), number, problems),
            workdays=days(root.get("workdays"), number, problems),
        )
        node = root.get("hours")
        if node is None:
            continue
        here = spans(node, problems)
        if hours_at is not None and here != hours:
            problems.add(
                node,
                "hours-differ",
                "各年的办公时间要相同",
                "Office hours must be the same in all years",
                related=[(hours_at, {"zh": "另一年写在这里", "en": "another year has them here"})],
            )
        hours, hours_at = here, node
    if not hours and not broken:
        said(
            problems,
            workspace.shown("calendar"),
            "missing-hours",
            '缺少办公时间：在 calendar/ 的某一年里写 hours: ["08:30-12:00", "13:30-17:30"]',
            'Office hours are missing: write hours: ["08:30-12:00", "13:30-17:30"] in a year of calendar/',
        )
    if not hours:
        hours = (("08:30", "12:00"), ("13:30", "17:30"))
    return WorkCalendar(time_zone=time_zone, hours=hours, years=years)


def spans(node: Node, problems: Problems) -> Hours:
    """Office hours in order, without overlap."""
    found: list[tuple[str, str]] = []
    for item in items(node):
        start, _, end = (words(item) or "").partition("-")
        before = found[-1][1] if found else ""
        if start >= end or start < before:
            problems.add(item, "bad-hours", "办公时间要从早到晚、互不重叠", "Office hours run from early to late and do not overlap")
        else:
            found.append((start, end))
    return tuple(found)


def days(node: Node | None, year: int, problems: Problems) -> tuple[str, ...]:
    """Dates of ``year``, each once."""
    found: dict[str, None] = {}
    for item in items(node):
        text = words(item) or ""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problems.add(item, "bad-date", f"没有 {text} 这一天", f"There is no day {text}")
            continue
        if day.year != year:
            problems.add(item, "bad-date", f"{text} 不在 {year} 年", f"{text} is not in {year}")
        elif text in found:
            problems.add(item, "duplicate-id", f"{text} 写了两次", f"{text} is written twice")
        found[text] = None
    return tuple(found)
