"""Is that our own voice coming back? Levels sent against levels heard.

Theory of operation
    An echo repeats what was sent, later and weaker, and nothing else can make it weaker still: whatever is
    heard together with it only adds. So each frame bounds the loss of an echo at each delay from below::

        loss(delay) ≥ sent(now − delay) − heard(now)

    and the largest bound of the last seconds is what ``EchoJudge`` believes. On a line without echo all
    bounds rise out of reach within a second of prompt, since we speak and nothing comes back. On a line with
    echo they rise at all delays but its own, where they stop at its loss. A citizen who talks against the
    prompt lowers no bound and raises some, so double talk teaches nothing wrong.

    A frame no louder than the loudest echo that the bounds allow is taken for one; anything louder is
    somebody else. Before anything is known the bounds stand at ``_FIRST_LOSS_DB``: the first prompt does not
    interrupt itself, and a citizen about as loud as the prompt is heard from the first word on.

    A hole in the network looks like a line without echo, and an echo may appear in mid-call. Both are met by
    the echo's likeness: at its delay the difference between sent and heard hardly varies, while two voices
    have nothing to do with each other. An echo that stays alike for half a window is known, and expected from
    then on at whatever delay, since a stall moves it, until it has long been absent.

Only levels (dBFS, one each 20 ms) are compared: enough to keep the bot from interrupting itself, a hundred
times cheaper than an echo canceller, and the citizen's audio stays as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

_SHORTEST_DELAY, _LONGEST_DELAY = 2, 20
"""Frames: 40 ms is the least way out and back through two jitter buffers and Asterisk, 400 ms the longest
echo path that ITU-T G.131 considers."""
_DELAYS = range(_SHORTEST_DELAY, _LONGEST_DELAY + 1)
_SPREAD = 1
"""Frames by which an echo may be early or late: it lies across two of our frames, and jitter moves it."""
_WINDOW = 20
"""Frames compared for likeness (400 ms): two syllables, so that one shared rise does not look like an
echo."""
LEVELS_WANTED = _WINDOW + _LONGEST_DELAY
"""How many sent levels a full look needs (0.8 s)."""
_SPAN = _LONGEST_DELAY + _SPREAD + 2
"""Sent levels that the bounds need."""
_NOTHING_SENT = (-100.0,) * _SPAN

_FIRST_LOSS_DB = 13.0
"""The bounds before anything is known, and the lowest that forgetting leads to. With ``_ABOVE_ECHO_DB`` it
explains echoes down to a loss of 8 dB, as telephones have (ITU-T G.122 asks for 10 dB and more in nearly all
calls)."""
_LEAST_LOSS_DB = 6.0
"""A likeness is an echo only if at least this much weaker: hybrids lose 6 dB at the worst (ITU-T G.122)."""
_ABOVE_ECHO_DB = 5.0
"""This much louder than the loudest possible echo is somebody else: levels of an echo that lies across our
frames, on a line with noise, vary by 2 dB."""
_RISE_DB = 4.0
"""Most that one frame raises a bound: certainty takes 0.15 s of vowels, and a gap that loss tore into an echo
does little."""
_FALL_DB, _FALL_EVERY = 0.5, 12
"""What so many frames of prompt take off the bounds (2 dB/s): an echo path may open during the call."""
_QUIET_DBFS = -58.0
"""Below this nothing needs an explanation: turn taking takes nothing so quiet for voice."""
_SENT_DBFS = -50.0
"""Louder than this is prompt: the echo of anything quieter is quiet in the above sense."""
_LEAST_PROBABILITY = 0.25
"""Frames that nobody takes for voice need no explanation either; just below turn taking's own threshold."""

_LOOK_EVERY, _LOOK_EXPLAINED_EVERY = 2, 20
"""Frames until somebody else's voice, and an echo, is looked at for likeness again: looking costs ten times
the rest."""
_ABSENT_DB, _ABSENT_FRAMES = 10.0, 200
"""A known echo is forgotten after 4 s of prompt in which so much less was heard, and no likeness: an echo
canceller has learned the line. A stalled network is no proof: it is silent for half a second at the most."""
_SENT_SPREAD_DB = 4.0
"""The sent levels must vary by more than this (standard deviation): a steady tone is like everything."""
_SURE_SPREAD_DB, _NO_SPREAD_DB = 2.5, 5.0
"""Standard deviation of the difference: an echo with line noise stays below 2.5 dB even where its frames are
not ours; two independent voices differ by 7–10 dB, by chance 5 dB at the best of all delays."""
_ALIKE_SPREAD_DB = 3.75
"""Half sure, which lasting for half a window makes an echo known."""
_FEWEST, _FEW_SHARE = 6, 0.5
"""From 120 ms of level on an echo may be told (before barge-in decides), if its spread is half as small."""
_COMMON_QUIET = 4
"""So many frames in which both were quiet, with none where one was and the other was not, make a common
beginning, which tells as much as varied levels do."""


class EchoJudge:
    """How well one call's incoming frames are explained as the echo of what was sent."""

    __slots__ = (
        "_absent",
        "_alike_at",
        "_alike_since",
        "_falls_in",
        "_frames",
        "_heard",
        "_known_loss_db",
        "_looks_in",
        "_losses_db",
    )

    def __init__(self) -> None:
        self._heard: deque[float] = deque([_QUIET_DBFS] * _WINDOW, maxlen=_WINDOW)
        self._losses_db = [_FIRST_LOSS_DB] * len(_DELAYS)  # longest delay first, as the levels come
        self._falls_in = _FALL_EVERY
        self._looks_in = 0
        self._frames = 0
        self._alike_at = 0  # delay at which the last look found likeness, 0: none…
        self._alike_since = 0  # …and since which frame
        self._known_loss_db: float | None = None
        self._absent = 0

    def judge(
        self,
        sent_dbfs: Sequence[float],
        heard_dbfs: float,
        probability: float = 1.0,
        *,
        on_time: bool = True,
    ) -> float:
        """Judge the newest frame heard; must be told of every frame.

        Args:
            sent_dbfs: Levels of the last frames sent, the newest last: ``LEVELS_WANTED`` of them for a full
                look, fewer or none while nothing was sent.
            heard_dbfs: Level of the frame.
            probability: Of voice in the frame; what is no voice is learned from, but not explained.
            on_time: Nothing is learned of frames that were held up: their delay is not the line's.

        Returns:
            0 (not an echo) to 1 (all of it).
        """
        heard = self._heard
        heard.append(heard_dbfs if heard_dbfs > _QUIET_DBFS else _QUIET_DBFS)
        self._frames += 1
        loudest_sent = max(sent_dbfs[-_SPAN:], default=_QUIET_DBFS)
        if loudest_sent < _SENT_DBFS:
            return 0.0
        sent = [*_NOTHING_SENT[len(sent_dbfs) :], *sent_dbfs[-_SPAN:]]  # a call begins with a prompt
        if on_time:
            self._raise_bounds(sent, max(heard_dbfs, heard[-2]))
        if heard_dbfs <= _QUIET_DBFS or probability < _LEAST_PROBABILITY:
            return 0.0
        echo_dbfs = self._possible_echo_dbfs(sent)
        if self._known_loss_db is not None:
            known_dbfs = max(sent[1:-1]) - self._known_loss_db
            if known_dbfs - _ABSENT_DB < heard_dbfs <= known_dbfs + _ABOVE_ECHO_DB and self._absent:
                self._absent -= 1
            echo_dbfs = max(echo_dbfs, known_dbfs)
        explained = heard_dbfs <= echo_dbfs + _ABOVE_ECHO_DB
        self._looks_in -= 1
        if self._looks_in > 0 or len(sent_dbfs) < LEVELS_WANTED:
            return float(explained)
        if heard_dbfs > loudest_sent - _LEAST_LOSS_DB:
            return float(explained)
        likeness = self._find_likeness(sent_dbfs)
        if explained:
            suspected = self._alike_at and self._known_loss_db is None
            self._looks_in = _LOOK_EVERY if suspected else _LOOK_EXPLAINED_EVERY
            return 1.0
        self._looks_in = 0 if likeness else _LOOK_EVERY
        return likeness

    def _raise_bounds(self, sent: Sequence[float], heard_dbfs: float) -> None:
        # Two frames heard against all that they may hold: no shift, and no single lost packet, is evidence.
        pairs = [one if one < next_one else next_one for one, next_one in pairwise(sent)]
        least = [one if one < later else later for one, later in zip(pairs, pairs[2:], strict=False)]
        losses = self._losses_db
        loudest = max(least) - heard_dbfs
        if loudest > min(losses):
            for place, loss in enumerate(losses):
                excess = least[place] - heard_dbfs - loss
                if excess > 0.0:
                    losses[place] = loss + (excess if excess < _RISE_DB else _RISE_DB)
        self._falls_in -= 1
        if not self._falls_in:
            self._falls_in = _FALL_EVERY
            self._losses_db = [loss - _FALL_DB if loss > _FIRST_LOSS_DB else loss for loss in losses]
        if self._known_loss_db is not None and loudest > self._known_loss_db + _ABSENT_DB:
            self._absent += 1
            if self._absent >= _ABSENT_FRAMES:
                self._known_loss_db = None

    def _possible_echo_dbfs(self, sent: Sequence[float]) -> float:
        """Level of the loudest echo that the bounds allow."""
        pairs = [one if one > next_one else next_one for one, next_one in pairwise(sent[1:])]
        return max(
            (pair if pair > later else later) - loss
            for pair, later, loss in zip(pairs, sent[3:], self._losses_db, strict=False)
        )

    def _find_likeness(self, sent_dbfs: Sequence[float]) -> float:
        """Find the delay at which the difference varies least."""
        best, best_delay, best_loss = _NO_SPREAD_DB, 0, 0.0
        for delay in _DELAYS:
            end = len(sent_dbfs) - delay
            measured = _compare(sent_dbfs[end - _WINDOW : end], self._heard)
            if measured is not None and measured[0] < best and measured[1] >= _LEAST_LOSS_DB:
                best, best_delay, best_loss = measured[0], delay, measured[1]
        if best > _ALIKE_SPREAD_DB:
            self._alike_at = 0
        elif abs(self._alike_at - best_delay) > _SPREAD:
            self._alike_at, self._alike_since = best_delay, self._frames
        elif self._frames - self._alike_since >= _WINDOW // 2:
            self._known_loss_db, self._absent = best_loss, 0
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
