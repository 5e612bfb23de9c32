"""Temperatures, money, counts, percentages, house numbers, pressures: amounts with their units in words."""

from random import Random

from models.train.text.files import listed
from models.train.text.numbers import SINO_DIGITS, digits, native_before, random_digits, sino

COUNTERS = listed("measures.counters")
SINO_COUNTERS = listed("measures.sino_counters")
MONEY_STEPS = (10, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
ROUGH = listed("measures.rough")
ABOUT = listed("measures.about")
ROUGH_COUNTS = listed("measures.rough_counts")
SPANS_OF_DAYS = listed("measures.spans_of_days")
SPANS_OF_MONTHS = listed("measures.spans_of_months")
FRACTIONS = listed("measures.fractions")


def temperature(random: Random) -> str:
    """A body temperature from 34 to 42 degrees: 삼십칠 점 오 도, 삼십팔 도 이 부, 삼십칠 도 반."""
    whole = random.choice((34, 35, 36, 36, 36, 37, 37, 37, 38, 38, 39, 40, 41, 42))
    tenth = random.randrange(10)
    head = sino(whole)
    gap = random.choice(("", " ", " "))
    part = "영" if tenth == 0 else SINO_DIGITS[tenth]
    kind = random.random()
    if kind < 0.40:
        return f"{head}{gap}점{gap}{part}{gap}도"
    if kind < 0.52:
        return f"{head}{gap}점{gap}{part}"
    if kind < 0.70:
        return f"{head}{gap}도{gap}{part if tenth else '일'}{gap}부"
    if kind < 0.80:
        return f"{head}{gap}도{gap}{part if tenth else '구'}"
    if kind < 0.86:
        return f"{head}{gap}도 반"
    return f"{head}{gap}도"


def air_temperature(random: Random) -> str:
    """An air or room temperature, below zero too."""
    number = random.randint(1, 39)
    cold = random.random() < 0.4
    return (random.choice(("영하 ", "영하 ", "마이너스 ")) if cold else "") + f"{sino(number)} 도"


def money_exact(random: Random) -> str:
    """An amount of money in won, from small change to hundreds of millions."""
    step = random.choice(MONEY_STEPS)
    amount = step * random.randint(1, 99)
    if random.random() < 0.25:
        amount += max(step // 10, 10) * random.randint(1, 9)
    return f"{sino(amount)} 원"


def money(random: Random) -> str:
    """An amount of money with what makes it rough: 한 오만 원 정도."""
    return f"{random.choice(ROUGH)}{money_exact(random)}{random.choice(ABOUT)}"


def count(random: Random) -> str:
    """A count with what makes it rough: 한 세 개쯤."""
    return f"{random.choice(ROUGH)}{count_exact(random)}{random.choice(ABOUT)}"


def count_exact(random: Random) -> str:
    """A count with its counter, native or Sino-Korean: 세 개, 스무 명, 삼 층."""
    if random.random() < 0.6:
        number = random.choice((1, 2, 3, 4, 5, random.randint(1, 12), random.randint(1, 40)))
        words = native_before(number)
        if random.random() < 0.12:
            words = random.choice(ROUGH_COUNTS)
        return f"{words} {random.choice(COUNTERS)}"
    number = random.choice((random.randint(1, 20), random.randint(1, 100), random.randint(100, 3000)))
    return f"{sino(number)} {random.choice(SINO_COUNTERS)}"


def duration(random: Random) -> str:
    """A span of time: 사흘, 한 시간 반, 석 달, 이십 년."""
    kind = random.random()
    if kind < 0.25:
        return random.choice(SPANS_OF_DAYS)
    if kind < 0.5:
        half = random.choice(("", "", " 반"))
        return f"{native_before(random.randint(1, 24))} 시간{half}"
    if kind < 0.65:
        return random.choice(SPANS_OF_MONTHS)
    return f"{sino(random.randint(1, 60))} {random.choice(('분', '일', '주', '주일', '개월', '년'))}"


def percent(random: Random) -> str:
    """A percentage or a share."""
    if random.random() < 0.2:
        return random.choice(FRACTIONS)
    number = sino(random.randint(1, 100))
    tenth = f" 점 {SINO_DIGITS[random.randint(1, 9)]}" if random.random() < 0.25 else ""
    return f"{number}{tenth} {random.choice(('퍼센트', '퍼센트', '프로'))}"


def house_number(random: Random) -> str:
    """What stands behind a street or village: a lot, a building, a room."""
    kind = random.random()
    if kind < 0.3:
        branch = f"에 {sino(random.randint(1, 60))}" if random.random() < 0.4 else ""
        branch = branch or (f" 다시 {sino(random.randint(1, 40))}" if random.random() < 0.3 else "")
        return f"{sino(random.randint(1, 1200))}{branch} 번지"
    if kind < 0.55:
        building = random.randint(1, 25) + random.choice((100, 100, 200, 300, 1000))
        room = random.randint(1, 25) * 100 + random.randint(1, 9)
        spoken = random.random() < 0.3
        first, second = (digits(str(building)), digits(str(room))) if spoken else (sino(building), sino(room))
        return f"{first} 동 {second} 호"
    if kind < 0.7:
        return f"{sino(random.randint(1, 20) * 100 + random.randint(1, 12))} 호"
    if kind < 0.8:
        return f"{random.choice(('지하 ', '', '', ''))}{sino(random.randint(1, 25))} 층"
    if kind < 0.9:
        return f"{sino(random.randint(1, 60))} 통 {sino(random.randint(1, 9))} 반"
    return f"{sino(random.randint(1, 400))}"


def pressure(random: Random) -> str:
    """A blood pressure or a blood sugar: 백사십에 구십."""
    if random.random() < 0.5:
        return f"{sino(random.randint(95, 210))}에 {sino(random.randint(50, 120))}"
    return sino(random.randint(70, 380))


def code(random: Random) -> str:
    """A reception number or the like."""
    return digits(random_digits(random, random.choice((3, 4, 5, 6))))
