"""Dates and times of day as they are spoken."""

from random import Random

from models.train.text.files import listed
from models.train.text.numbers import digits, native_before, sino

MONTHS = listed("calendar_words.months")
WEEKDAYS = listed("calendar_words.weekdays")
LUNAR = ("음력 ", "음력으로 ", "")
LUNAR_DAYS = listed("calendar_words.lunar_days")
RELATIVE_DAYS = listed("calendar_words.relative_days")
# Days that stand as adverbs without 에.
BARE_DAYS = frozenset({"오늘", "어제", "그저께", "그제", "엊그제", "그끄저께", "내일", "모레", "글피"})
RELATIVE_WEEKS = listed("calendar_words.relative_weeks")
RELATIVE_MONTHS = listed("calendar_words.relative_months")
RELATIVE_YEARS = listed("calendar_words.relative_years")
HOLIDAYS = listed("calendar_words.holidays")
PARTS_OF_DAY = listed("calendar_words.parts_of_day")
ABOUT = listed("calendar_words.about")


def year(random: Random) -> str:
    """A year: 천구백사십이 년, 이천이십육 년, 사십이 년생 without 생."""
    number = random.choice((random.randint(1925, 2010), random.randint(2015, 2030)))
    if number < 2000 and random.random() < 0.3:
        return f"{sino(number % 100)} 년" if number % 100 else "천구백 년"
    return f"{sino(number) if random.random() < 0.9 else digits(str(number), '공')} 년"


def day_of_month(random: Random) -> str:
    """A month and a day."""
    return f"{random.choice(MONTHS)} {sino(random.randint(1, 31))} 일"


def date(random: Random) -> str:
    """A date, absolute or relative, solar or lunar."""
    kind = random.random()
    if kind < 0.26:
        return day_of_month(random)
    if kind < 0.34:
        return f"{year(random)} {day_of_month(random)}"
    if kind < 0.48:
        return f"{random.choice(RELATIVE_WEEKS)} {random.choice(WEEKDAYS)}"
    if kind < 0.62:
        return random.choice(RELATIVE_DAYS)
    if kind < 0.68:
        return f"{random.choice(RELATIVE_MONTHS)} {sino(random.randint(1, 31))} 일"
    if kind < 0.74:
        return f"{random.choice(LUNAR)}{random.choice(MONTHS)} {random.choice(LUNAR_DAYS)}"
    if kind < 0.78:
        return random.choice(LUNAR_DAYS)
    if kind < 0.83:
        return f"{day_of_month(random)} {random.choice(WEEKDAYS)}"
    if kind < 0.87:
        return random.choice(WEEKDAYS)
    if kind < 0.90:
        return f"{random.choice(RELATIVE_YEARS)} {random.choice((*MONTHS, '봄', '여름', '가을', '겨울'))}"
    if kind < 0.93:
        return f"{random.choice(MONTHS)} {random.choice(('초', '중순', '말', '하순', '초순', '말경'))}"
    if kind < 0.97:
        return random.choice(HOLIDAYS) + random.choice(("", "", " 다음 날", " 전날", " 무렵"))
    return f"{sino(random.randint(1, 31))} 일"


def time_of_day(random: Random) -> str:
    """A time of day: 새벽 두 시 반쯤, 열 시 십오 분, 십사 시 삼십 분."""
    kind = random.random()
    if kind < 0.06:
        return f"{sino(random.randint(13, 23))} 시 {sino(random.randint(1, 59))} 분"
    hour = native_before(random.randint(1, 12))
    part = random.choice(PARTS_OF_DAY)
    if kind < 0.40:
        minute = ""
    elif kind < 0.55:
        minute = " 반"
    elif kind < 0.62:
        minute = f" {sino(random.choice((5, 10, 15)))} 분 전"
    else:
        minute = f" {sino(random.choice((*range(5, 60, 5), random.randint(1, 59))))} 분"
    return f"{part}{hour} 시{minute}"


def rough_time(random: Random) -> str:
    """A time of day with what makes it rough: 쯤, 정도, 넘어서."""
    return time_of_day(random) + random.choice(ABOUT)


def birthday(random: Random) -> str:
    """A date of birth."""
    return f"{year(random)}생" if random.random() < 0.3 else f"{year(random)} {day_of_month(random)}"


def date_at(random: Random) -> str:
    """A date as an adverb: with 에, which 오늘, 내일 and the like do not take."""
    text = date(random)
    return text if text in BARE_DAYS else text + "에"
