"""Reads single fields out of ARI's JSON; whatever has the wrong shape is one clear error."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.errors import TelephonyError


def as_object(value: object, where: str) -> Mapping[str, object]:
    """The value as a JSON object.

    Args:
        where: What is being read, for the error, e.g. ``ARI channel``.

    Raises:
        TelephonyError: It is something else.
    """
    if isinstance(value, dict):
        return value
    raise _wrong(where, "is not a JSON object")


def as_list(value: object, where: str) -> list[object]:
    """The value as a JSON array.

    Raises:
        TelephonyError: It is something else.
    """
    if isinstance(value, list):
        return value
    raise _wrong(where, "is not a JSON array")


def text(data: Mapping[str, object], name: str, where: str, default: str | None = None) -> str:
    """A text field; ``default`` (where one is given) stands for a field that is absent.

    Raises:
        TelephonyError: The field is absent without a default, or is not text.
    """
    value = data.get(name, default)
    if isinstance(value, str):
        return value
    raise _wrong(where, f"field '{name}' is missing or is not text")


def number(data: Mapping[str, object], name: str, where: str, default: int | None = None) -> int:
    """A whole-number field; ``default`` (where one is given) stands for a field that is absent.

    Raises:
        TelephonyError: The field is absent without a default, or is not a whole number.
    """
    value = data.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong(where, f"field '{name}' is missing or is not a whole number")


def texts(data: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    """A field that is an array of texts.

    Raises:
        TelephonyError: The field is absent, or is anything else.
    """
    value = data.get(name)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(where, f"field '{name}' is missing or is not a list of texts")


def text_map(data: Mapping[str, object], name: str, where: str) -> Mapping[str, str]:
    """A field that is an object of texts; empty when it is absent.

    Raises:
        TelephonyError: The field is anything else.
    """
    value = data.get(name, {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return value
    raise _wrong(where, f"field '{name}' is not an object of texts")


def _wrong(where: str, what: str) -> TelephonyError:
    return TelephonyError(f"{where}: {what}; this needs Asterisk 20.18, 22.8 or later")
