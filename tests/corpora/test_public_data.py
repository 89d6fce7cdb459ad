"""Against data that others published: `make corpora` runs these where the data are."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest

from forms import formats, regions, worktime
from forms.calendar import WorkCalendar, Year
from forms.form import Kind

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


pytestmark = pytest.mark.corpora


@pytest.fixture
def corpora() -> Path:
    if not CORPORA.is_dir():
        pytest.skip(
            "没有公共数据：项目旁边缺少 shared/corpora。 The public data are absent: there is no shared/corpora beside the project."
        )
    return CORPORA


def years(folder: Path) -> dict[int, Year]:
    """holiday-cn, by the year of each day: the notice for a year also names days of the December before."""
    off: dict[int, list[str]] = {}
    worked: dict[int, list[str]] = {}
    for file in sorted(folder.glob("20??.json")):
        notice: dict[str, Any] = json.loads(file.read_text("utf-8"))
        for day in notice["days"]:
            (off if day["isOffDay"] else worked).setdefault(int(day["date"][:4]), []).append(day["date"])
    return {number: Year(year=number, holidays=tuple(off[number]), workdays=tuple(worked.get(number, ()))) for number in off}


def test_working_days_agree_with_another_source(corpora: Path) -> None:
    """Every day of the years that holiday-cn and chinesecalendar both know."""
    calendar = WorkCalendar(time_zone="Asia/Shanghai", hours=(("08:30", "17:30"),), years=years(corpora / "holiday-cn"))
    day, differ = date(2007, 1, 1), list[date]()
    while day.year <= 2026:
        if day.year in calendar.years and worktime.is_workday(calendar, day) != chinese_calendar.is_workday(day):
            differ.append(day)
        day += timedelta(days=1)
    assert differ == []


def test_identity_numbers_agree_with_the_vectors_of_stdnum(corpora: Path) -> None:
    """But for the place of birth, which is retired over time and only warned about elsewhere."""
    found: dict[str, Any] = json.loads((corpora / "id-vectors" / "cn_id_vectors.json").read_text("utf-8"))
    kinds: dict[str, Kind] = {"ric": "id-card", "uscc": "credit-code"}
    for name, kind in kinds.items():
        for vector in found[name]["vectors"]:
            if vector["op"] == "validate" and vector.get("error") != "InvalidComponent":
                problem = formats.problem(kind, formats.normalise(kind, vector["input"]))
                assert (problem is not None) == ("error" in vector), vector


def test_divisions_in_use_have_their_names(corpora: Path) -> None:
    """Every district and county of an open list; those with a 7 in the middle are zones of statistics, not of GB/T 2260."""
    found: list[dict[str, str]] = json.loads((corpora / "divisions" / "areas.json").read_text("utf-8"))
    real = [area for area in found if area["code"][4] != "7" and not area["code"].startswith("46032")]
    assert len(real) > 2_800
    assert [area for area in real if not regions.name(area["code"]).endswith(area["name"])] == []
