"""Is that our own voice coming back? Levels sent against levels heard.

An echo repeats the prompt's levels some 40–300 ms later, evenly weakened: the difference between what was
sent and what is heard hardly varies, while a citizen's own voice has nothing to do with the prompt. So the
delay at which the difference varies least tells the echo, and how little it varies tells how sure that is.
What is louder than an echo can be is never called one: a citizen who talks against the prompt is heard.

Only levels (dBFS, one each 20 ms) are compared: enough to keep the bot from interrupting itself, a hundred
times cheaper than an echo canceller, and the citizen's audio stays as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import sqrt

_SHORTEST_DELAY, _LONGEST_DELAY = 2, 15
"""Frames: 40 ms is the least way out and back through two jitter buffers and Asterisk, 300 ms a mobile
phone's echo path (ITU-T G.131 treats 25–400 ms of round trip)."""
_WINDOW = 20
"""Frames compared (400 ms): two syllables, so that one shared rise does not look like an echo."""
LEVELS_WANTED = _WINDOW + _LONGEST_DELAY
"""How many sent levels a full look needs (0.7 s)."""
_LEAST_LOSS_DB = 6.0
"""An echo is at least this much weaker than what was sent: hybrids lose 6 dB at the worst (ITU-T G.122)."""
_QUIET_DBFS = -55.0
"""Below this nothing needs an explanation, and levels are noise."""
_LEAST_PROBABILITY = 0.25
"""Frames that nobody takes for voice need no explanation either; just below turn taking's own threshold."""
_SENT_SPREAD_DB = 4.0
"""The sent levels must vary by more than this (standard deviation): a steady tone explains everything."""
_SURE_SPREAD_DB, _NO_SPREAD_DB = 2.5, 5.0
"""Standard deviation of the difference: an echo with line noise stays below 2.5 dB even where its frames are
not ours; two independent voices differ by 7–10 dB, by chance 5 dB at the best of 14 delays."""
_ABOVE_ECHO_DB = 5.0
"""This much louder than the learned echo is somebody else."""
_FEWEST, _FEW_SHARE = 6, 0.5
"""From 120 ms of level on an echo may be told (before barge-in decides), if its spread is half as small."""
_COMMON_QUIET = 4
"""So many frames in which both were quiet, with none where one was and the other was not, make a common
beginning, which tells as much as varied levels do: the first echo of a call is known by it."""
_LEARN_RATE = 0.2
"""Share of each sure measurement in the learned loss."""
_SEARCH_EVERY = 5
"""A learned delay is questioned every 100 ms of voice only: it changes with the route, not with the word."""


class EchoJudge:
    """How well one call's incoming frames are explained as the echo of what was sent."""

    __slots__ = ("_delay", "_heard", "_loss_db", "_searched_ago")

    def __init__(self) -> None:
        self._heard: deque[float] = deque(maxlen=_WINDOW)
        self._delay = 0
        self._loss_db = 0.0
        self._searched_ago = _SEARCH_EVERY

    def judge(self, sent_dbfs: Sequence[float], heard_dbfs: float, probability: float = 1.0) -> float:
        """Judge the newest frame heard; must be told of every frame.

        Args:
            sent_dbfs: Levels of the last frames sent, the newest last: ``LEVELS_WANTED`` of them for a full
                look, fewer or none while nothing was sent.
            heard_dbfs: Level of the frame.
            probability: Of voice in the frame; what is no voice is not looked at.

        Returns:
            0 (not an echo) to 1 (all of it).
        """
        heard = self._heard
        heard.append(heard_dbfs if heard_dbfs > _QUIET_DBFS else _QUIET_DBFS)
        if heard_dbfs <= _QUIET_DBFS or probability < _LEAST_PROBABILITY or len(sent_dbfs) <= _SHORTEST_DELAY:
            return 0.0
        if heard_dbfs > max(sent_dbfs[-1 - _LONGEST_DELAY : -_SHORTEST_DELAY]) - _LEAST_LOSS_DB:
            return 0.0
        by_loss = 0.0
        if self._delay:
            above = heard_dbfs - self._expected_dbfs(sent_dbfs)
            if above > _ABOVE_ECHO_DB:
                return 0.0
            # Once the echo is known, one frame is enough: it is where, and as loud as, the echo must be.
            by_loss = 1.0 if above > -_ABOVE_ECHO_DB else 0.0
        if len(heard) < _WINDOW or len(sent_dbfs) < LEVELS_WANTED:
            return by_loss
        self._searched_ago += 1
        if by_loss and self._searched_ago < _SEARCH_EVERY:
            return by_loss
        self._searched_ago = 0
        return max(by_loss, self._search(sent_dbfs))

    def _expected_dbfs(self, sent_dbfs: Sequence[float]) -> float:
        # The echo of a frame lies across two frames heard: the louder one counts.
        end = len(sent_dbfs) - self._delay
        return max(sent_dbfs[max(end - 2, 0) : end + 1], default=-100.0) - self._loss_db

    def _search(self, sent_dbfs: Sequence[float]) -> float:
        """Find the delay at which the difference varies least."""
        best, best_delay, best_loss = _NO_SPREAD_DB, 0, 0.0
        for delay in range(_SHORTEST_DELAY, _LONGEST_DELAY + 1):
            end = len(sent_dbfs) - delay
            measured = _compare(sent_dbfs[end - _WINDOW : end], self._heard)
            if measured is not None and measured[0] < best and measured[1] >= _LEAST_LOSS_DB:
                best, best_delay, best_loss = measured[0], delay, measured[1]
        if not best_delay:
            return 0.0
        if best <= _SURE_SPREAD_DB:
            step = _LEARN_RATE if self._delay == best_delay else 1.0
            self._loss_db += step * (best_loss - self._loss_db)
            self._delay = best_delay
        return min((_NO_SPREAD_DB - best) / (_NO_SPREAD_DB - _SURE_SPREAD_DB), 1.0)


def _compare(sent_dbfs: Sequence[float], heard_dbfs: Sequence[float]) -> tuple[float, float] | None:
    """Spread and mean of sent − heard (dB); ``None`` where the sent levels are too few or too even to
    tell."""
    count, quiet, total, squares, sent_total, sent_squares = 0, 0, 0.0, 0.0, 0.0, 0.0
    for sent, heard in zip(sent_dbfs, heard_dbfs, strict=True):
        if heard <= _QUIET_DBFS and sent <= _QUIET_DBFS + 2 * _LEAST_LOSS_DB:
            quiet += 1
            continue
        sent = sent if sent > _QUIET_DBFS else _QUIET_DBFS
        difference = sent - heard
        count += 1
        total += difference
        squares += difference * difference
        sent_total += sent
        sent_squares += sent * sent
    if count < _FEWEST:
        return None
    mean, sent_mean = total / count, sent_total / count
    even = sent_squares / count - sent_mean * sent_mean < _SENT_SPREAD_DB * _SENT_SPREAD_DB
    if even and quiet < _COMMON_QUIET:
        return None
    spread = sqrt(max(squares / count - mean * mean, 0.0))
    return spread if 2 * count >= _WINDOW else spread / _FEW_SHARE, mean
