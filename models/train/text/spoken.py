"""Numbers as old people say them on the telephone: with fillers, pauses, corrections and tails."""

from collections.abc import Sequence
from random import Random

from models.train.text.files import listed
from models.train.text.numbers import clear_digits, digits, native, native_before, random_digits, sino
from models.train.text.particles import after

FILLERS = listed("spoken.fillers")
CORRECTIONS = listed("spoken.corrections")
TAILS = listed("spoken.tails")
HEADS = listed("spoken.heads")
OLD_MOBILES = ("011", "016", "017", "018", "019")
LANDLINES = listed("spoken.landlines")
JOINTS = listed("spoken.joints")


def grouped(number: Sequence[str], random: Random) -> str:
    """Groups of digits said one way: with 공 or 영, run together, digit by digit or in the clear words."""
    zero = "공" if random.random() < 0.85 else "영"
    style = random.random()
    joint = random.choice(JOINTS) if style < 0.92 else " "
    said: list[str] = []
    for group in number:
        if style < 0.80 or group == number[0]:
            said.append(digits(group, zero))
        elif style < 0.88:
            said.append(" ".join(digits(group, zero)))
        elif style < 0.94:
            said.append(digits(group[:2], zero) + " " + digits(group[2:], zero))
        else:
            said.append(clear_digits(group))
    text = said[0]
    for group in said[1:]:
        own = joint if random.random() < 0.8 else random.choice(JOINTS)
        text += ("는 " if own == "은 " and text[-1] in "이사오구" else own) + group
    return text


def stumbling(number: list[str], random: Random) -> list[str]:
    """Fillers, repeated or corrected groups put between the groups of a number."""
    place = random.randrange(len(number))
    kind = random.random()
    if kind < 0.5:
        return [*number[:place], random.choice(FILLERS), *number[place:]]
    if kind < 0.65:
        return [*number[:place], number[place], *number[place:]]
    wrong = random_digits(random, len(number[place]))
    return [*number[:place], wrong, random.choice(CORRECTIONS), *number[place:]]


def said_with_stumbles(number: list[str], random: Random) -> str:
    """A number whose groups may be parted by words."""
    pieces: list[str] = []
    group: list[str] = []
    for piece in stumbling(number, random):
        if piece.isdigit():
            group.append(piece)
        else:
            if group:
                pieces.append(grouped(group, random))
            pieces.append(piece)
            group = []
    if group:
        pieces.append(grouped(group, random))
    return " ".join(pieces)


def phone_groups(random: Random) -> list[str]:
    """The groups of a telephone number: mobile, with area code, local or of a service."""
    kind = random.random()
    if kind < 0.60:
        return ["010", random_digits(random, 4), random_digits(random, 4)]
    if kind < 0.64:
        return [
            random.choice(("011", "016", "017", "018", "019")),
            random_digits(random, 3),
            random_digits(random, 4),
        ]
    if kind < 0.80:
        return [
            random.choice(LANDLINES),
            random_digits(random, random.choice((3, 3, 4))),
            random_digits(random, 4),
        ]
    if kind < 0.88:
        return [random_digits(random, random.choice((3, 4))), random_digits(random, 4)]
    if kind < 0.93:
        return [random_digits(random, 4)]
    if kind < 0.96:
        return [random.choice(("1588", "1577", "1544", "1688", "1899", "080")), random_digits(random, 4)]
    return [random_digits(random, random.choice((2, 3, 3, 4, 5, 6)))]


def ended(text: str, random: Random, tails: Sequence[str] = TAILS) -> str:
    """A number with a tail whose form suits its last syllable."""
    tail = random.choice(tails)
    return text + (
        after(text[-1], tail) if tail.startswith(("이", "입", "인", "으")) and tail != "이유" else tail
    )


def phone(random: Random) -> str:
    """A telephone number as a caller says it."""
    number = phone_groups(random)
    said = said_with_stumbles(number, random) if random.random() < 0.4 else grouped(number, random)
    return f"{random.choice(HEADS)} {ended(said, random)}".strip()


def bare_phone(random: Random) -> str:
    """A telephone number alone, to be set in a sentence."""
    return grouped(phone_groups(random), random)


def digit_row(random: Random) -> str:
    """Two to six single digits, as in the memory test or a code."""
    row = random_digits(random, random.choice((2, 3, 3, 4, 4, 4, 5, 5, 6)))
    return " ".join(digits(row, random.choice(("공", "영")))) if random.random() < 0.5 else digits(row)


def plate(random: Random) -> str:
    """A car's number plate: two or three digits, a letter, four digits."""
    letter = random.choice("가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자하허호배")
    first = random_digits(random, random.choice((2, 2, 3)))
    head = sino(int(first)) if random.random() < 0.3 else digits(first)
    region = random.choice(("", "", "", "", "서울 ", "경기 ", "인천 ", "부산 ", "전북 ", "충남 ", "강원 "))
    gap = random.choice(("", " "))
    return f"{region}{head}{gap}{letter} {digits(random_digits(random, 4))}"


def age(random: Random) -> str:
    """An age: 여든셋, 팔십삼 세, 일흔두 살."""
    number = random.choice((random.randint(60, 99), random.randint(60, 99), random.randint(1, 59)))
    kind = random.random()
    if kind < 0.35:
        return native(number)
    if kind < 0.65:
        return f"{native_before(number)} 살"
    return (
        f"{sino(number)} 세"
        if kind < 0.8
        else f"{sino(number)} 살"
        if number > 39
        else f"{native_before(number)} 살"
    )
