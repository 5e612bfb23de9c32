"""How long does this speaker pause inside a turn? Learned over the call, so that slow speakers get
patience."""

from __future__ import annotations

from collections import deque
from math import exp, log

from voicebot.speech.settings import TurnSettings

_SPREAD = 0.5
"""Standard deviation of the logarithm of pauses in the medium group: pauses are log-normal, which is why the
logarithm is averaged (Campione and Véronis 2002)."""
_WINSOR = 2.0
"""A pause counts as at most this many spreads from the typical one: one search for a document is not a
habit."""


class PauseLearner:
    """The speaker's inner pauses against typical ones.

    The estimate is the mean of the logarithms, shrunk towards the typical pause by the weight of the prior
    and winsorised: it moves with a habit, not with one odd pause.

    Args:
        settings: The prior and the bounds.
    """

    __slots__ = ("_pauses", "_settings", "patience")

    def __init__(self, settings: TurnSettings) -> None:
        self._settings = settings
        self._pauses: deque[float] = deque(maxlen=settings.pause_memory)
        self.patience = 1.0
        """Factor on the waits that are learned, within the bounds of the settings."""

    def learn(self, pause_ms: float) -> None:
        """Take note of a pause after which the speaker went on in the same turn."""
        settings = self._settings
        if not settings.pause_shortest_ms <= pause_ms <= settings.pause_longest_ms:
            return
        offset = log(pause_ms / settings.pause_typical_ms)
        bound = _WINSOR * _SPREAD
        self._pauses.append(min(max(offset, -bound), bound))
        mean = sum(self._pauses) / (len(self._pauses) + settings.pause_prior_weight)
        self.patience = min(max(exp(mean), settings.least_patience), settings.most_patience)
