"""The templates that ship, and the city's own in their place."""

from __future__ import annotations

from pathlib import Path

import voicebot.messages
from voicebot.errors import ConfigurationError
from voicebot.messages.template import Template, parse_templates

_SHIPPED = Path(voicebot.messages.__file__).parent / "templates.yaml"


def load_templates(own: Path | None) -> dict[str, Template]:
    """Read the templates; those of the city's own file take the place of ours.

    Raises:
        ConfigurationError: The file cannot be read.
        FlowError: It is wrong; the message names file, line and remedy.
    """
    templates = parse_templates(_SHIPPED.name, _SHIPPED.read_text(encoding="utf-8"))
    if own is None:
        return templates
    try:
        text = own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"[messages] templates {own}: cannot be read ({error}); give a YAML file"
        ) from error
    return parse_templates(str(own), text, templates)
