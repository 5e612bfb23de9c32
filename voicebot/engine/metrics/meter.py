"""Calls and response gaps, counted from the timelines that every call writes anyway."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from voicebot.ports import TimelineSink

GAP_BUCKETS_S = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)
"""Fine around the promises: 0.2 and 0.3 s for closed questions, 0.45 and 0.8 s for open ones."""


class CallMeter:
    """Counts all calls of a process.

    Args:
        registry: Where monitoring looks.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._begun = Counter("voicebot_calls", "Calls begun", ["service"], registry=registry)
        self._ended = Counter(
            "voicebot_calls_ended", "Calls ended, by their outcome", ["service", "result"], registry=registry
        )
        self._now = Gauge("voicebot_calls_now", "Calls under way", registry=registry)
        self._turns = Counter("voicebot_turns", "Turns of citizens", ["service"], registry=registry)
        self._retracted = Counter(
            "voicebot_turns_retracted", "Turns that the citizen went on with", ["service"], registry=registry
        )
        self._barge_ins = Counter("voicebot_barge_ins", "Prompts interrupted", ["service"], registry=registry)
        self._gaps = Histogram(
            "voicebot_response_gap_seconds",
            "From the last voiced sample of a turn to the first audible one of the answer",
            ["service"],
            buckets=GAP_BUCKETS_S,
            registry=registry,
        )

    def metered(self, timeline: TimelineSink, service: str) -> TimelineSink:
        """The timeline of a call that begins, counted while it is written."""
        self._begun.labels(service).inc()
        self._now.inc()
        return _MeteredTimeline(self, timeline, service)

    def count(self, service: str, event: str, result: str) -> None:
        """One entry of a timeline."""
        match event:
            case "turn":
                self._turns.labels(service).inc()
            case "retract":
                self._retracted.labels(service).inc()
            case "barge_in":
                self._barge_ins.labels(service).inc()
            case "call_ended":
                self._ended.labels(service, result).inc()

    def answered(self, service: str, gap_s: float) -> None:
        """A turn was answered."""
        self._gaps.labels(service).observe(gap_s)

    def over(self) -> None:
        """A call is over."""
        self._now.dec()


class _MeteredTimeline:
    """Implements ``ports.TimelineSink``; a turn's gap is what ``timeline.reading`` finds.

    The end of a voice is recorded a fifth of a second after it happened, often after the answer has begun: a
    gap is complete when both are known.
    """

    __slots__ = (
        "_answered_at",
        "_committed_at",
        "_meter",
        "_over",
        "_service",
        "_speaking",
        "_timeline",
        "_voice_ended_at",
    )

    def __init__(self, meter: CallMeter, timeline: TimelineSink, service: str) -> None:
        self._meter = meter
        self._timeline = timeline
        self._service = service
        self._speaking = False
        self._voice_ended_at: float | None = None
        self._committed_at: float | None = None
        self._answered_at: float | None = None
        self._over = False

    def record(self, track: str, event: str, at: float, **details: object) -> None:
        """Count and pass on."""
        self._timeline.record(track, event, at, **details)
        self._meter.count(self._service, event, str(details.get("result", "")))
        match event:
            case "voice_started":
                self._speaking = True
            case "voice_ended":
                self._speaking, self._voice_ended_at = False, at
            case "turn":
                self._committed_at, self._answered_at = at, None
            case "retract":
                self._committed_at = None
            case "audible_started" if self._committed_at is not None and self._answered_at is None:
                self._answered_at = at
            case _:
                return
        self._count_gap()

    def close(self) -> None:
        """The call is over."""
        self._timeline.close()
        if not self._over:
            self._over = True
            self._meter.over()

    def _count_gap(self) -> None:
        committed_at, answered_at = self._committed_at, self._answered_at
        if committed_at is None or answered_at is None or self._speaking or self._voice_ended_at is None:
            return
        # Voice that goes on after the commit belongs to what follows, not to this turn's silence.
        self._meter.answered(self._service, answered_at - min(self._voice_ended_at, committed_at))
        self._committed_at = self._answered_at = None
