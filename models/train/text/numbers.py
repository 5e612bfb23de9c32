"""Numbers in words: Sino-Korean, native Korean, digit by digit."""

from random import Random

SINO_DIGITS = ("영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
SINO_UNITS = ("", "십", "백", "천")
SINO_MYRIADS = ("", "만", "억", "조")

NATIVE_ONES = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
# Before a counter: 한 개, 두 시, 스무 살.
BEFORE_COUNTER = {"하나": "한", "둘": "두", "셋": "세", "넷": "네"}

# Some people count digits so that 일 and 이 cannot be taken for each other.
CLEAR_DIGITS = ("공", "하나", "둘", "삼", "넷", "오", "여섯", "칠", "팔", "아홉")


def sino(number: int) -> str:
    """A number from 0 to 9,999조 in Sino-Korean words; 만 and 천 stand without 일 in front."""
    if number == 0:
        return "영"
    groups: list[str] = []
    for myriad in SINO_MYRIADS:
        number, group = divmod(number, 10_000)
        if group:
            words = four_digits(group)
            groups.append("만" if myriad == "만" and words == "일" and not number else words + myriad)
    return " ".join(reversed(groups))


def four_digits(number: int) -> str:
    """A number from 1 to 9,999: 일 is not said before 십, 백 and 천."""
    words = ""
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit:
            words += ("" if digit == 1 and power else SINO_DIGITS[digit]) + SINO_UNITS[power]
    return words


def native(number: int) -> str:
    """A number from 1 to 99 in native words: 서른다섯."""
    return NATIVE_TENS[number // 10] + NATIVE_ONES[number % 10]


def native_before(number: int) -> str:
    """A number from 1 to 99 in native words as it stands before a counter: 스물한, 스무."""
    if number == 20:
        return "스무"
    ones = NATIVE_ONES[number % 10]
    return NATIVE_TENS[number // 10] + BEFORE_COUNTER.get(ones, ones)


def digits(text: str, zero: str = "공") -> str:
    """Digits one by one, without spaces: 010 is 공일공."""
    return "".join(zero if digit == "0" else SINO_DIGITS[int(digit)] for digit in text)


def clear_digits(text: str) -> str:
    """Digits one by one in the words that nobody mistakes: 하나 둘 삼 넷."""
    return " ".join(CLEAR_DIGITS[int(digit)] for digit in text)


def random_digits(random: Random, count: int) -> str:
    """So many random digits."""
    return "".join(random.choice("0123456789") for _ in range(count))
