"""What is read at the moment monitoring asks: the media clock, the recogniser's queue, the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from voicebot.adapters.records.outbox import OutboxState
from voicebot.engine.events.relay import Relay
from voicebot.engine.media.lateness import LatenessHistogram
from voicebot.engine.media.loop import MediaLoop

LATENESS_EDGES_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""5 ms is the promise and one tick; 20 ms is a frame of audio."""


@dataclass(slots=True, kw_only=True)
class Observed:
    """What is looked at; whatever is not there is not shown."""

    media: MediaLoop | None = None
    recogniser_queue: Callable[[], int] | None = None
    relays: Sequence[Relay] = ()
    records_waiting: Callable[[], int] | None = None
    """Entries of calls that the database has not taken."""
    asterisk_connected: Callable[[], bool] | None = None
    attempts_open: Callable[[], int] | None = None
    """Attempts of campaigns that have not ended."""
    records_up: bool | None = None
    """Whether the database answered just now (``page``)."""
    outbox: Mapping[str, OutboxState] = field(default_factory=dict)
    """Destination → how it stands; read anew before each answer (``page``)."""


class ObservedCollector(Collector):
    """Tells of an engine as it is now.

    Args:
        observed: What to look at.
        now: Wall clock with a time zone.
    """

    def __init__(self, observed: Observed, now: Callable[[], datetime]) -> None:
        self._observed = observed
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """All families."""
        if self._observed.media is not None:
            yield from _media(self._observed.media)
        for name, about, value in self._plain():
            if value is not None:
                yield GaugeMetricFamily(name, about, value=float(value))
        yield from self._outbox()
        yield from self._relays()

    def _plain(self) -> Iterator[tuple[str, str, float | None]]:
        """Name, meaning and value of each single number; without a value it is not shown."""
        seen = self._observed
        yield (
            "voicebot_recogniser_queue",
            "Utterances that wait to be decoded",
            _asked(seen.recogniser_queue),
        )
        yield (
            "voicebot_records_waiting",
            "Entries of calls that the database has not taken",
            _asked(seen.records_waiting),
        )
        yield ("voicebot_records_up", "Whether the database answers", seen.records_up)
        yield (
            "voicebot_asterisk_connected",
            "Whether events of Asterisk come in",
            _asked(seen.asterisk_connected),
        )
        yield ("voicebot_attempts_open", "Attempts that have not ended", _asked(seen.attempts_open))

    def _outbox(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("voicebot_outbox_waiting", "Messages to be sent", labels=["destination"])
        refused = GaugeMetricFamily(
            "voicebot_outbox_refused", "Messages put aside for the operator", labels=["destination"]
        )
        oldest = GaugeMetricFamily(
            "voicebot_outbox_oldest_seconds", "Age of the oldest message to be sent", labels=["destination"]
        )
        for destination, state in self._observed.outbox.items():
            waiting.add_metric([destination], state.waiting)
            refused.add_metric([destination], state.refused)
            age_s = 0.0 if state.oldest_at is None else (self._now() - state.oldest_at).total_seconds()
            oldest.add_metric([destination], max(0.0, age_s))
        yield from (waiting, refused, oldest)

    def _relays(self) -> Iterator[Metric]:
        sent = CounterMetricFamily(
            "voicebot_events",
            "Tries to deliver a message, by what became of them",
            labels=["destination", "became"],
        )
        up = GaugeMetricFamily(
            "voicebot_receiver_up", "Whether a receiver takes messages now", labels=["destination"]
        )
        for relay in self._observed.relays:
            counts = relay.counts
            for became, count in (
                ("delivered", counts.delivered),
                ("failed", counts.failed),
                ("refused", counts.refused),
            ):
                sent.add_metric([relay.destination, became], count)
            up.add_metric([relay.destination], 0.0 if relay.in_trouble else 1.0)
        yield from (sent, up)


def _asked(value: Callable[[], float] | None) -> float | None:
    return None if value is None else value()


def _media(media: MediaLoop) -> Iterator[Metric]:
    report = media.statistics
    yield GaugeMetricFamily("voicebot_media_legs", "Calls with audio", value=report.legs)
    yield CounterMetricFamily(
        "voicebot_media_ticks_skipped", "Ticks that came too late to be made", value=report.ticks_skipped
    )
    yield CounterMetricFamily(
        "voicebot_media_stalled_seconds", "Time in which the process stood still", value=report.stalled_s
    )
    yield CounterMetricFamily(
        "voicebot_media_unsent_datagrams",
        "Datagrams that the system did not take",
        value=report.unsent_datagrams,
    )
    yield _lateness(media.lateness)


def _lateness(histogram: LatenessHistogram) -> HistogramMetricFamily:
    buckets = [(str(edge_s), float(histogram.within(edge_s))) for edge_s in LATENESS_EDGES_S]
    family = HistogramMetricFamily("voicebot_media_lateness_seconds", "How late the media clock ticked")
    family.add_metric([], [*buckets, ("+Inf", float(histogram.total))], sum_value=histogram.sum_s)
    return family
