"""Points and lengths of time in the words that people use, so that no page makes a reader subtract dates."""

from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86_400
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = {"zh": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"], "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}


class Due(NamedTuple):
    """A time limit as a chip shows it."""

    words: str
    #: "bad" when it is over, "warn" on the last day, "" before
    tone: str


def due(seconds: float, language: str, uncertain: bool = False) -> Due:
    """The limit that is ``seconds`` away; negative is past. ``uncertain``: it lies beyond the known calendar."""
    return _due(int(seconds / MINUTE), seconds < 0, language, uncertain)


@lru_cache(4096)
def _due(minutes: int, over: bool, language: str, uncertain: bool) -> Due:
    """As `due`, of whole minutes: lists show the same ones again and again."""
    length = duration(abs(minutes) * MINUTE, language)
    if over:
        return Due(f"已逾期 {length}" if language == "zh" else f"{length} overdue", "bad")
    about = ("约" if language == "zh" else "about ") if uncertain else ""
    words = f"{about}还剩 {length}" if language == "zh" else f"{about}{length} left"
    return Due(words, "warn" if minutes * MINUTE < DAY else "")


def duration(seconds: float, language: str) -> str:
    """The two largest units of a length of time: 1 天 2 小时, 3 小时 20 分钟, 5 分钟."""
    minutes = int(seconds // MINUTE)
    if minutes < 60:
        return f"{max(minutes, 1)} 分钟" if language == "zh" else f"{max(minutes, 1)} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        first = f"{hours} 小时" if language == "zh" else f"{hours} h"
        rest = f" {minutes} 分" if language == "zh" else f" {minutes} min"
        return first + (rest if minutes else "")
    days, hours = divmod(hours, 24)
    first = f"{days} 天" if language == "zh" else f"{days} d"
    rest = f" {hours} 小时" if language == "zh" else f" {hours} h"
    return first + (rest if hours and days < 10 else "")


def moment(at: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """A point in time as seen from ``now`` in ``zone``: 今天 09:12, 昨天 14:00, 周五 09:00, 11月3日 10:20."""
    local = at.astimezone(zone)
    return f"{_day(local.date(), _date(now, zone), language)} {local.hour:02}:{local.minute:02}"


class Corner:
    """As `moment`, for the corners of cards: the clock today, the day otherwise."""

    def __init__(self, today: date, zone: tzinfo, language: str) -> None:
        self._zone = zone
        self._today = today
        self.language = language

    def at(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        day = local.date()
        return _day(day, self._today, self.language) if day != self._today else f"{local.hour:02}:{local.minute:02}"


@lru_cache(16)
def _date(now: datetime, zone: tzinfo) -> date:
    """Of ``now`` in ``zone``: asked for every row of a page."""
    return now.astimezone(zone).date()


@lru_cache(1024)
def _day(day: date, today: date, language: str) -> str:
    away = (day - today).days
    near = {0: ("今天", "today"), -1: ("昨天", "yesterday"), 1: ("明天", "tomorrow")}.get(away)
    if near:
        return near[0] if language == "zh" else near[1]
    if -6 <= away <= -2:
        return WEEKDAYS[language][day.weekday()]
    year = day.year if day.year != today.year else None
    if language == "zh":
        return (f"{year}年" if year else "") + f"{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {year}" if year else "")
