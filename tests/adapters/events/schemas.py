"""The published schemas, to hold what is sent against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    """The validator of one schema, its formats checked."""
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def valid(body: bytes) -> Any:
    """A message that follows the schema of its topic.

    Raises:
        jsonschema.ValidationError: It does not.
    """
    told = json.loads(body)
    validator(told["topic"]).validate(told)
    return told
