"""Numbers, names and answers at rest: sealed with AES-256-GCM, found again by a keyed hash.

Theory of operation
    The environment lists keys, the newest first. From each of them two are derived (HKDF-SHA256, RFC 5869):
    one seals, one hashes. The newest seals; all of them open, by the key's fingerprint that stands in front
    of every sealed value. A look-up hashes with all of them, so that what an older key wrote is found too,
    until ``rotation`` has written it anew.

    A sealed value is bound to its column (GCM's associated data): moved to another one, it does not open.
    96-bit random nonces are safe for 2**32 values a key (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voicebot.errors import RecordsError, RecordsKeyError

VARIABLE = "VOICEBOT_RECORDS_KEYS"
"""Environment variable with the keys: each 32 random bytes in base64, the newest first, commas between."""

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 4
"""Tells the listed keys apart; says nothing about them."""
_VERSION = b"\x01"
"""First byte of a sealed value, should there ever be another form."""
_HEAD_BYTES = len(_VERSION) + _FINGERPRINT_BYTES


def new_key() -> str:
    """A fresh key as it stands in the environment."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    fingerprint: bytes
    sealing: AESGCM = field(repr=False)
    hashing: hmac.HMAC = field(repr=False)
    """Keyed and empty: to be copied, since to key it anew would double the time of a hash."""

    def hashed(self, text: str) -> bytes:
        """HMAC-SHA256, 32 bytes."""
        copy = self.hashing.copy()
        copy.update(text.encode())
        return copy.digest()


def _derived(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"voicebot records " + purpose).derive(
        secret
    )


class Keyring:
    """Seals and opens values; never shows its keys.

    Args:
        secrets: 32 bytes each, the newest first.

    Raises:
        RecordsKeyError: There is none.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            raise RecordsKeyError(
                f"the records need a key: put what `voicebot records new-key` prints into {VARIABLE}, "
                "and keep a copy apart from the database's backup"
            )
        self._keys = [
            _Key(
                fingerprint=_derived(secret, b"fingerprint", _FINGERPRINT_BYTES),
                sealing=AESGCM(_derived(secret, b"sealing", _KEY_BYTES)),
                hashing=hmac.new(_derived(secret, b"hashing", _KEY_BYTES), digestmod=hashlib.sha256),
            )
            for secret in secrets
        ]
        self._by_fingerprint = {key.fingerprint: key for key in self._keys}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Keyring:
        """The keys that the environment lists.

        Raises:
            RecordsKeyError: There are none, or one is not 32 bytes in base64; the message holds no key.
        """
        texts = [text.strip() for text in environment.get(VARIABLE, "").split(",")]
        return cls([_secret(text, place) for place, text in enumerate(texts, start=1) if text])

    @property
    def newest(self) -> str:
        """Fingerprint of the key that seals."""
        return self._keys[0].fingerprint.hex()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Fingerprints of all keys, the newest first."""
        return tuple(key.fingerprint.hex() for key in self._keys)

    def seal(self, text: str, column: str) -> bytes:
        """Encrypt a text for one column (``table.name``)."""
        return self.seal_many((text,), column)[0]

    def seal_many(self, texts: Iterable[str], column: str) -> list[bytes]:
        """Encrypt texts for one column, as ``seal`` does each: in two thirds of the time."""
        head, encrypt, bound_to = self.head, self._keys[0].sealing.encrypt, column.encode()
        plain = [text.encode() for text in texts]
        noise = os.urandom(_NONCE_BYTES * len(plain))
        nonces = [noise[start : start + _NONCE_BYTES] for start in range(0, len(noise), _NONCE_BYTES)]
        return [
            head + nonce + encrypt(nonce, text, bound_to) for nonce, text in zip(nonces, plain, strict=True)
        ]

    def open(self, sealed: bytes, column: str) -> str:
        """Decrypt what ``seal`` made for the same column.

        Raises:
            RecordsKeyError: Its key is not listed.
            RecordsError: It was changed, or belongs to another column.
        """
        key = self._by_fingerprint.get(sealed[len(_VERSION) : _HEAD_BYTES])
        if key is None or not sealed.startswith(_VERSION):
            raise RecordsKeyError(
                f"{column} is sealed with the key {sealed[len(_VERSION) : _HEAD_BYTES].hex()}, "
                f"which {VARIABLE} does not list; add it behind the newest"
            )
        nonce, body = sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES], sealed[_HEAD_BYTES + _NONCE_BYTES :]
        try:
            return key.sealing.decrypt(nonce, body, column.encode()).decode()
        except InvalidTag as error:
            raise RecordsError(
                f"{column} does not open: it was changed outside of voicebot; restore it from a backup"
            ) from error

    @property
    def head(self) -> bytes:
        """How every value that the newest key has sealed begins."""
        return _VERSION + self._keys[0].fingerprint

    def hashed(self, text: str) -> bytes:
        """The keyed hash under which a value is written: HMAC-SHA256, 32 bytes."""
        return self._keys[0].hashed(text)

    def hashes(self, text: str) -> list[bytes]:
        """All keyed hashes under which a value may stand, the newest first."""
        return [key.hashed(text) for key in self._keys]

    def seal_details(self, details: Mapping[str, str], column: str) -> bytes:
        """Encrypt a mapping as JSON."""
        return self.seal(json.dumps(dict(details), ensure_ascii=False), column)

    def open_details(self, sealed: bytes, column: str) -> dict[str, str]:
        """Decrypt what ``seal_details`` made.

        Raises:
            RecordsKeyError: Its key is not listed.
            RecordsError: It was changed, or belongs to another column.
        """
        details: dict[str, str] = json.loads(self.open(sealed, column))
        return details


def _secret(text: str, place: int) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise RecordsKeyError(
            f"{VARIABLE}: key {place} is not {_KEY_BYTES} bytes in base64; "
            "`voicebot records new-key` prints one"
        )
    return secret
