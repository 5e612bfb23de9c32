"""Names of people and places: lists, and new ones made of their usual syllables."""

from random import Random

from models.train.text.files import listed
from models.train.text.numbers import sino

FAMILY = listed("names.family")
LONG_FAMILY = ("남궁", "황보", "제갈", "선우", "독고", "사공")
FIRST = listed("names.first")
SECOND = listed("names.second")
DONG_FIRST = listed("names.dong_first")
DONG_SECOND = listed("names.dong_second")
ROAD_FIRST = listed("names.road_first")
APARTMENTS = listed("names.apartments")
LANDMARKS = listed("names.landmarks")
CITIES = listed("names.cities")


def made(random: Random) -> str:
    """A place name of two syllables, sometimes three."""
    name = random.choice(DONG_FIRST) + random.choice(DONG_SECOND)
    return name + random.choice(DONG_SECOND) if random.random() < 0.12 else name


def dong(random: Random) -> str:
    """A quarter or village: 우산동, 봉산리, 신읍면, 역삼 이동."""
    kind = random.random()
    if kind < 0.70:
        return made(random) + "동"
    if kind < 0.78:
        return f"{made(random)} {random.choice(('일', '이', '삼', '사'))}동"
    if kind < 0.90:
        return made(random) + "리"
    return made(random) + random.choice(("읍", "면", "가", "마을"))


def road(random: Random) -> str:
    """A road with or without a side-road number: 중앙로, 봉산로 십이 번길."""
    name = random.choice(ROAD_FIRST) if random.random() < 0.4 else made(random)
    suffix = random.choice(("로", "로", "로", "길", "길", "대로"))
    branch = random.random()
    if branch < 0.25 and suffix != "길":
        return f"{name}{suffix} {sino(random.randint(1, 120))} 번길"
    return f"{name}{suffix}" + (f" {sino(random.randint(1, 300))}" if branch > 0.85 else "")


def apartment(random: Random) -> str:
    """An apartment estate: 개나리 아파트, 봉산 주공 삼 단지."""
    name = random.choice(APARTMENTS) if random.random() < 0.7 else made(random)
    area = made(random) + " " if random.random() < 0.25 else ""
    kind = random.random()
    house = "아파트" if kind < 0.75 else random.choice(("빌라", "맨션", "연립", "빌딩"))
    block = f" {sino(random.randint(1, 12))} {random.choice(('단지', '차'))}" if random.random() < 0.3 else ""
    return f"{area}{name} {house}{block}"


def landmark(random: Random) -> str:
    """A named shop, school or crossing: 봉산 사거리, 신일 약국."""
    name = made(random) if random.random() < 0.75 else random.choice(ROAD_FIRST)
    return f"{name}{random.choice((' ', ' ', ''))}{random.choice(LANDMARKS)}"


def city(random: Random) -> str:
    """A city or county."""
    name = random.choice(CITIES)
    return name + random.choice(("", "", "", "", "시" if name[-1] != "시" else "", " 쪽"))


def person_name(random: Random) -> str:
    """A family name and a given name of two syllables, rarely one."""
    given = random.choice(FIRST) + (random.choice(SECOND) if random.random() < 0.96 else "")
    return random.choice(FAMILY if random.random() < 0.97 else LONG_FAMILY) + given


def given_name(random: Random) -> str:
    """A given name alone."""
    return random.choice(FIRST) + random.choice(SECOND)
