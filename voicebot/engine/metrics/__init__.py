"""What monitoring reads of an engine: nothing is measured here, only counted from what others measured."""

from voicebot.engine.metrics.gauges import Observed
from voicebot.engine.metrics.meter import CallMeter
from voicebot.engine.metrics.page import serve_metrics

__all__ = ["CallMeter", "Observed", "serve_metrics"]
