"""A town for campaigns: people who live in the citizens' Asterisk alone and answer as their number says.

``asterisk-conf/citizen/town.conf`` is their life: 010-88BB-NNNN is person NNNN of behaviour BB. A call costs
no Python, so that two cores bear hundreds of them at a time. What they say is synthesised once; when their
telephones rang stands in the log of their Asterisk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from voicebot.audio.wav import serialise_wav
from voicebot.testing.persona import Voice
from voicebot.testing.telephone import SAMPLE_RATE_HZ
from voicebot.testing.voices import speak_espeak

FLOW = Path(__file__).parent / "town_call.yaml"
"""A conversation of one closed question."""


class Behaviour(IntEnum):
    """What somebody does when called; the digits BB of the number."""

    KEYS = 0
    VOICE = 1
    BUSY = 2
    AWAY = 3
    GONE = 4
    MAILBOX = 5
    HANGS_UP = 6
    OPTS_OUT = 7


SAID: Mapping[str, str] = {
    "yes": "네, 먹었어요.",
    "stop": "이제 전화하지 마세요.",
    "voicemail": "고객이 전화를 받을 수 없어 음성 사서함으로 연결됩니다. "
    "삐 소리가 나면 메시지를 남겨 주십시오.",
}
"""File name without ending → words."""

_PEOPLE_OF_A_KIND = 10_000
_ZONE_STEP_S = 900
"""The zones of the world lie quarters of an hour apart."""
_LOG = Path("state/log/messages.log")
_NOTED = re.compile(
    r"^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\] NOTICE.*: town (rings|stops) (\d{11}) (\S+)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A telephone that rang."""

    number: str
    """As it was dialled."""
    began_at: float
    """Seconds since the epoch."""
    ended_at: float | None = None
    """``None``: it had not ended when the log was read."""


def number_of(behaviour: Behaviour, person: int) -> str:
    """The telephone number of a person.

    Raises:
        ValueError: There are not so many.
    """
    if not 0 <= person < _PEOPLE_OF_A_KIND:
        raise ValueError(f"person {person}: the town has {_PEOPLE_OF_A_KIND} people of a kind")
    return f"01088{behaviour:02}{person:04}"


def write_sounds(run_dir: Path) -> None:
    """Synthesise what the people say.

    Args:
        run_dir: Of the citizens' Asterisk.

    Raises:
        SynthesisError: espeak-ng is missing.
    """
    folder = run_dir / "sounds/town"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in SAID.items():
        samples = speak_espeak(text, Voice())
        (folder / f"{name}.wav").write_bytes(serialise_wav(samples, SAMPLE_RATE_HZ))


def rings(run_dir: Path) -> list[Ring]:
    """Every call that has reached a telephone of the town.

    Args:
        run_dir: Of the citizens' Asterisk.
    """
    return read_rings((run_dir / _LOG).read_text(encoding="utf-8", errors="replace"))


def read_rings(log: str) -> list[Ring]:
    """The calls that a log tells of, the earliest first."""
    found: dict[str, Ring] = {}
    for when, what, number, channel in _NOTED.findall(log):
        at = _moment(when, float(channel.rpartition("-")[2]))
        if what == "rings":
            found[channel] = Ring(number=number, began_at=at)
        elif channel in found:
            found[channel] = replace(found[channel], ended_at=at)
    return sorted(found.values(), key=lambda ring: ring.began_at)


def _moment(written: str, created_at: float) -> float:
    """Seconds since the epoch; Asterisk writes its log by whatever zone it has found on this machine.

    Args:
        written: In the log.
        created_at: Of the call's channel: less than half of a zone's step before.
    """
    as_utc = datetime.strptime(written, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp()
    return as_utc - _ZONE_STEP_S * round((as_utc - created_at) / _ZONE_STEP_S)


def people(shares: Mapping[Behaviour, float], count: int) -> dict[str, Behaviour]:
    """A town of so many people, mixed evenly: number → behaviour.

    Args:
        shares: Of each behaviour; of any sum.
        count: People in all.
    """
    whole = sum(shares.values())
    owed = dict.fromkeys(shares, 0.0)
    made = dict.fromkeys(shares, 0)
    found: dict[str, Behaviour] = {}
    for _ in range(count):
        for behaviour, share in shares.items():
            owed[behaviour] += share / whole
        most = max(owed, key=lambda behaviour: owed[behaviour])
        owed[most] -= 1.0
        found[number_of(most, made[most])] = most
        made[most] += 1
    return found


def listed(numbers: Iterable[str]) -> str:
    """The people as a list for ``voicebot campaign import`` (CSV)."""
    rows = (f"{number},시민 {index},T-{index}\n" for index, number in enumerate(numbers, 1))
    return "전화번호,이름,관리번호\n" + "".join(rows)
