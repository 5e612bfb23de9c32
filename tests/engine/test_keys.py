from __future__ import annotations

import pytest

from voicebot.engine.keys import KeyEntry


def test_a_single_key_is_complete_at_once() -> None:
    entry = KeyEntry()
    assert entry.press("1", now=0.0) == "1"
    assert entry.press("2", now=0.1) == "2"


def test_a_number_is_complete_with_its_last_digit() -> None:
    entry = KeyEntry()
    entry.expect(4)
    assert [entry.press(key, now=float(i)) for i, key in enumerate("0101")] == [None, None, None, "0101"]


def test_the_hash_ends_an_entry_and_is_left_out() -> None:
    entry = KeyEntry()
    entry.expect(11)
    assert entry.press("1", now=0.0) is None
    assert entry.press("2", now=0.5) is None
    assert entry.press("#", now=1.0) == "12"
    assert entry.press("#", now=1.5) is None, "an entry without keys is no entry"


def test_a_pause_ends_an_entry() -> None:
    entry = KeyEntry()
    entry.expect(11)
    assert entry.next_deadline() is None
    entry.press("0", now=10.0)
    assert entry.next_deadline() == 13.0
    assert entry.handle_timer(12.9) is None
    assert entry.handle_timer(13.0) == "0"
    assert entry.next_deadline() is None


def test_expecting_anew_forgets_what_was_pressed() -> None:
    entry = KeyEntry()
    entry.expect(11)
    entry.press("9", now=0.0)
    entry.expect(1)
    assert entry.press("1", now=0.1) == "1"


def test_again_is_an_entry_by_itself_and_voids_the_keys_before_it() -> None:
    entry = KeyEntry()
    entry.expect(11)
    entry.press("0", now=0.0)
    entry.press("1", now=0.5)
    assert entry.press("*", now=1.0) == "*"
    assert entry.next_deadline() is None
    entry.press("9", now=1.5)
    assert entry.press("#", now=2.0) == "9"


@pytest.mark.parametrize(
    ("keys", "later_s", "expected"),
    [
        ("1234", 0.3, True),  # complete by count: the hash is a habit
        ("1234", 3.1, False),  # long after: it means something else
        ("12#", 0.3, True),  # pressed twice
        ("", 0.3, False),
    ],
)
def test_a_hash_behind_a_complete_entry_says_nothing_new(keys: str, later_s: float, expected: bool) -> None:
    entry = KeyEntry()
    entry.expect(4)
    for key in keys:
        entry.press(key, now=10.0)
    entry.expect(1)  # the next question is asked at once
    assert entry.is_afterthought("#", now=10.0 + later_s) is expected
    assert not entry.is_afterthought("1", now=10.0 + later_s)


def test_a_hash_that_ends_an_entry_is_no_afterthought() -> None:
    entry = KeyEntry()
    entry.press("1", now=0.0)
    entry.expect(4)
    entry.press("2", now=0.5)
    assert not entry.is_afterthought("#", now=1.0)
