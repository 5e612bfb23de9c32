"""A call that the dialler has placed, from its row to its disposition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voicebot.campaigns.answering import Answerer, disposition_of_answerer, who_answered
from voicebot.campaigns.call_back import asked_for
from voicebot.campaigns.causes import disposition_of
from voicebot.campaigns.plan import CampaignPlan
from voicebot.campaigns.retrying import Ended
from voicebot.outcome import CallOutcome, CallResult
from voicebot.records.campaigns import AttemptRecord, Disposition

OUTCOME_WAIT_S = 15.0
"""After the end of a channel until its call has told its outcome: longer than a call's work may take
(``works.py``)."""

_LATER = "later"
"""The reason of a flow's end that promises another call."""
_HELD = frozenset({CallResult.COMPLETED, CallResult.HANDED_OVER, CallResult.REFUSED})
"""Conversations that only people hold to such an end."""


@dataclass(slots=True, kw_only=True)
class LiveCall:
    """What is known of one attempt that has not ended."""

    attempt: AttemptRecord
    plan: CampaignPlan
    placed: bool = False
    """Whether it was placed here, so that breaker and trunk wait for its end."""
    watched_since: int = 0
    """The connection to Asterisk that tells of its end."""
    up: bool = False
    answered_at: datetime | None = None
    answer_written: bool = False
    gone_at_s: float | None = None
    """When its channel ended (monotonic seconds)."""
    cause: int | None = None
    """Q.850; ``None``: not told."""
    sip_status: int | None = None
    lost: bool = False
    """Its channel is not there any more, and nothing was told of its end."""
    refused: Disposition | None = None
    """It never became a channel."""
    cancelled: bool = False
    """Taken back by us."""
    outcome: CallOutcome | None = None

    def is_over(self, now_s: float) -> bool:
        """Whether its disposition can be told, once the records hold all that it has told.

        Args:
            now_s: Monotonic seconds.
        """
        if self.refused is not None:
            return True
        if self.gone_at_s is None:
            return False
        told = not self.up or self.outcome is not None
        return told or now_s >= self.gone_at_s + OUTCOME_WAIT_S

    def ended(
        self,
        *,
        began: bool,
        outcome: CallOutcome | None,
        heard: tuple[str, ...],
        call_again: str | None,
        now: datetime,
    ) -> Ended:
        """How it ended.

        Args:
            began: Whether the records hold its conversation.
            outcome: Of the records.
            heard: What was recognised.
            call_again: What was said about when to call again.
            now: Its end.
        """
        if self.refused is not None:
            return Ended(disposition=self.refused)
        outcome = self.outcome or outcome
        if not (self.up or began or outcome is not None):
            if self.lost:
                return Ended(disposition=Disposition.UNKNOWN)
            if self.cancelled:
                return Ended(disposition=Disposition.CANCELLED)
            return Ended(disposition=disposition_of(self.cause or 0, self.sip_status))
        result = None if outcome is None else outcome.result
        who = Answerer.PERSON if result in _HELD else who_answered(heard)
        if who is not Answerer.PERSON:
            gone = who is Answerer.NUMBER_GONE
            return Ended(disposition=disposition_of_answerer(who), result=result, number_gone=gone)
        promised = outcome is not None and outcome.reason == _LATER
        when = None
        if result is not CallResult.REFUSED and (call_again is not None or promised):
            when = asked_for(call_again or "", now)
        return Ended(disposition=Disposition.ANSWERED, result=result, asked_for=when)
