"""What left and reached the citizen's socket and when: the figures of a call, from packets alone.

Definitions (the project's promises are stated in them)
    response gap
        from the packet that holds the last voiced sample of an answer leaving the citizen's socket, to the
        packet that holds the first audible sample of the bot's next speech arriving there. What is voiced is
        told in ``telephone.voiced_frames``, what is audible in ``voicebot.audio.level``.
    cut off
        the bot became audible between the first and the last voiced packet of an answer.
    barge-in
        from the packet that holds the first voiced sample of an answer leaving, to the end of the bot's last
        audible packet before it fell silent.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

PACKET_S = 0.02
"""Audio in a packet: 20 ms, RTP's default for G.711 (RFC 3551 section 4.2)."""

RUN_BREAK_S = 0.06
"""Audible packets further apart than this belong to different runs: more than the two packets that loss or a
closure of a plosive takes out."""

CLICK_PACKETS = 2
"""A run shorter than this is a click (a switching DTMF mute, a codec's start), not speech."""

FELL_SILENT_S = 0.4
"""Silence of the bot after which it counts as silent: longer than the pauses between the words of a prompt,
and than most between its sentences; shorter than any end-of-turn wait of a citizen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceFigures:
    """The figures of one answer; times in monotonic seconds."""

    started_at: float | None
    """Its first voiced packet left; ``None`` when none did."""
    ended_at: float | None
    """Its last voiced packet left."""
    gap_ms: float | None
    """Response gap; ``None`` when the bot did not speak again, or still spoke when the answer ended."""
    cut_off: bool
    silenced_ms: float | None
    """Barge-in; ``None`` when the bot was not speaking at the onset."""


class PacketLog:
    """Times of the voiced packets sent and of all packets received; about 1 KiB a second."""

    def __init__(self) -> None:
        self._sent_at = array("d")
        self._sent_utterance = array("H")
        self._heard_at = array("d")
        self._heard_audible = bytearray()
        self.packets_sent = 0
        self.packets_heard = 0

    def sent(self, utterance: int, at: float) -> None:
        """A packet with voiced samples of this utterance (from 1) has left."""
        self._sent_at.append(at)
        self._sent_utterance.append(utterance)

    def heard(self, audible: bool, at: float) -> None:
        """A packet has arrived."""
        self._heard_at.append(at)
        self._heard_audible.append(audible)

    def runs(self) -> list[tuple[float, float]]:
        """The bot's speech: arrival of the first and of the last packet of each run, clicks left out."""
        runs: list[tuple[float, float]] = []
        count = 0
        first = last = 0.0
        for at, audible in zip(self._heard_at, self._heard_audible, strict=True):
            if not audible:
                continue
            if count and at - last <= RUN_BREAK_S:
                count += 1
            else:
                if count >= CLICK_PACKETS:
                    runs.append((first, last))
                first, count = at, 1
            last = at
        if count >= CLICK_PACKETS:
            runs.append((first, last))
        return runs

    def figures(self, utterance: int, until: float = float("inf")) -> UtteranceFigures:
        """Measure one answer.

        Args:
            utterance: Its number, from 1.
            until: When the citizen's next utterance began: a bot that speaks later did not answer this one.
        """
        times = [
            at for at, number in zip(self._sent_at, self._sent_utterance, strict=True) if number == utterance
        ]
        if not times:
            return UtteranceFigures(
                started_at=None, ended_at=None, gap_ms=None, cut_off=False, silenced_ms=None
            )
        started_at, ended_at = min(times), max(times)
        runs = self.runs()
        return UtteranceFigures(
            started_at=started_at,
            ended_at=ended_at,
            gap_ms=_gap_ms(runs, ended_at, until),
            cut_off=_cut_off(runs, started_at, ended_at),
            silenced_ms=_silenced_ms(runs, started_at),
        )


def _gap_ms(runs: list[tuple[float, float]], ended_at: float, until: float) -> float | None:
    following = bisect_left([first for first, _ in runs], ended_at)
    if following and runs[following - 1][1] + RUN_BREAK_S >= ended_at:
        return None  # the bot was speaking at the answer's end: what follows is no response to it
    if following == len(runs) or runs[following][0] >= until:
        return None
    return (runs[following][0] - ended_at) * 1000.0


def _cut_off(runs: list[tuple[float, float]], started_at: float, ended_at: float) -> bool:
    for index, (first, _) in enumerate(runs):
        silent_before = index == 0 or first - runs[index - 1][1] >= FELL_SILENT_S
        if started_at < first < ended_at and silent_before:
            return True
    return False


def _silenced_ms(runs: list[tuple[float, float]], started_at: float) -> float | None:
    index = bisect_right([first for first, _ in runs], started_at) - 1
    if index < 0 or runs[index][1] + FELL_SILENT_S < started_at:
        return None
    while index + 1 < len(runs) and runs[index + 1][0] - runs[index][1] < FELL_SILENT_S:
        index += 1
    silent_at = runs[index][1] + PACKET_S
    return (silent_at - started_at) * 1000.0 if silent_at > started_at else None
