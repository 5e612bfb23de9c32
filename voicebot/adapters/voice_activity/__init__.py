"""Voice activity detection."""

from voicebot.adapters.voice_activity.two_stage import TwoStageVoiceActivity

__all__ = ["TwoStageVoiceActivity"]
