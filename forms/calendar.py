"""Working time of an organisation: office hours, holidays and make-up working days, as versioned data."""

from forms.form import Struct


class Year(Struct):
    """One year as the State Council's notice has it. Dates are ISO text so that the data reads as it was published."""

    year: int
    #: days off, weekends need not be listed
    holidays: tuple[str, ...] = ()
    #: weekend days that are worked
    workdays: tuple[str, ...] = ()


class WorkCalendar(Struct):
    """All known years, with one time zone and one set of office hours."""

    time_zone: str
    #: ("08:30", "12:00"), ("13:30", "17:30"): in order, not overlapping
    hours: tuple[tuple[str, str], ...]
    years: dict[int, Year]
