"""Sealed values open with their key, in their column, unchanged; never otherwise."""

from __future__ import annotations

import base64
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from voicebot.adapters.records.encryption import VARIABLE, Keyring, new_key
from voicebot.errors import RecordsError, RecordsKeyError

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = Keyring([OLD])


@given(st.text())
def test_what_is_sealed_opens(text: str) -> None:
    sealed = KEYS.seal(text, "people.name")
    assert KEYS.open(sealed, "people.name") == text
    assert sealed != KEYS.seal(text, "people.name")  # equal values do not look equal


@given(st.lists(st.text()))
def test_many_are_sealed_as_one_is(texts: list[str]) -> None:
    sealed = KEYS.seal_many(texts, "people.name")
    assert [KEYS.open(value, "people.name") for value in sealed] == texts
    assert len({value[5:17] for value in sealed}) == len(texts)  # a nonce that comes twice gives both away


@given(st.text())
def test_the_hash_is_the_standards(text: str) -> None:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"voicebot records hashing").derive(OLD)
    assert KEYS.hashed(text) == KEYS.hashed(text) == hmac.digest(key, text.encode(), "sha256")


def test_nothing_of_the_text_shows() -> None:
    assert "김영희".encode() not in KEYS.seal("김영희", "people.name")
    assert "o" * 4 not in repr(KEYS.__dict__)


def test_an_older_key_still_opens_but_the_newest_seals() -> None:
    both = Keyring([NEW, OLD])
    assert both.open(KEYS.seal("열이 있다", "slots.value"), "slots.value") == "열이 있다"
    assert both.seal("x", "slots.value").startswith(both.head)
    assert both.hashes("+821012345678") == [both.hashed("+821012345678"), KEYS.hashed("+821012345678")]
    with pytest.raises(RecordsKeyError, match=rf"which {VARIABLE} does not list"):
        KEYS.open(both.seal("x", "slots.value"), "slots.value")


def test_a_value_does_not_open_in_another_column() -> None:
    with pytest.raises(RecordsError, match=r"people\.phone does not open"):
        KEYS.open(KEYS.seal("x", "people.name"), "people.phone")


@given(st.data())
def test_a_changed_value_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal("김영희", "people.name"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RecordsError if place >= 5 else RecordsKeyError):
        KEYS.open(bytes(sealed), "people.name")


def test_the_environment_lists_the_newest_first() -> None:
    listed = ",".join(base64.b64encode(secret).decode() for secret in (NEW, OLD))
    keys = Keyring.from_environment({VARIABLE: listed + ",\n"})
    assert keys.fingerprints == (Keyring([NEW]).newest, KEYS.newest)
    assert Keyring.from_environment({VARIABLE: new_key()}).newest != keys.newest


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}, {VARIABLE: " , "}])
def test_no_key_is_an_error_with_the_remedy(environment: dict[str, str]) -> None:
    with pytest.raises(RecordsKeyError, match="put what `voicebot records new-key` prints"):
        Keyring.from_environment(environment)


@pytest.mark.parametrize("key", ["secret", "c2hvcnQ=", base64.b64encode(b"x" * 33).decode()])
def test_a_malformed_key_is_told_by_its_place(key: str) -> None:
    with pytest.raises(RecordsKeyError, match="key 2 is not 32 bytes in base64") as error:
        Keyring.from_environment({VARIABLE: f"{new_key()},{key}"})
    assert key not in str(error.value)
