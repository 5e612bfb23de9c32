"""Signatures of webhooks: HMAC-SHA256 over the moment and the body (RFC 2104), as common web services do it.

The header reads ``t=1763812800,v1=<64 hexadecimal digits>``. The moment is signed too, so that an old request
cannot be sent again by somebody else. A receiver in Python may use ``verified`` as it is; ``docs/EVENTS.md``
tells the rule for other languages.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

HEADER = "X-Voicebot-Signature"
TOLERANCE_S = 300
"""How old a request may be: clocks differ, networks are slow, and five minutes is the custom."""

_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: bytes, at_unix_s: int, body: bytes) -> str:
    """The header's value for a body that is sent at a moment."""
    digest = hmac.digest(secret, f"{at_unix_s}.".encode() + body, "sha256")
    return f"t={at_unix_s},v1={digest.hex()}"


def verified(header: str, body: bytes, secrets: Iterable[bytes], now_unix_s: float) -> bool:
    """Whether a body comes from one who knows a secret, and is not old; takes the same time for any answer.

    Args:
        header: The value of ``X-Voicebot-Signature``.
        body: As it came, before it is parsed.
        secrets: The present one, and while it is being changed the one before.
        now_unix_s: The receiver's clock.
    """
    form = _FORM.fullmatch(header)
    if form is None or abs(now_unix_s - int(form[1])) > TOLERANCE_S:
        return False
    at_unix_s = int(form[1])
    # All secrets are compared, and each in constant time: nothing can be learnt from how long it takes.
    matches = [hmac.compare_digest(signature(secret, at_unix_s, body), header) for secret in secrets]
    return any(matches)
