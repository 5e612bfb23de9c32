"""How the trunk fares, from the ends of calls: each campaign's breaker, and the back-off of all of them."""

from __future__ import annotations

from voicebot.campaigns.breaker import Breaker, TrunkBackOff
from voicebot.campaigns.causes import OURS_TO_MEND, TRUNK_FAULTS
from voicebot.campaigns.plan import CampaignPlan
from voicebot.engine.dialling.live_call import LiveCall
from voicebot.records.campaigns import Disposition


class TrunkHealth:
    """Of the trunk that the campaigns of one engine share; times are monotonic seconds."""

    def __init__(self) -> None:
        self._breakers: dict[int, Breaker] = {}
        self._back_off = TrunkBackOff()

    def may_call(self, now_s: float) -> bool:
        """Whether the trunk is to be used at all."""
        return self._back_off.may_call(now_s)

    def tries(self, campaign_id: int, plan: CampaignPlan, now_s: float) -> int | None:
        """How many calls a campaign may place by its breaker; ``None``: any number."""
        return self._breaker(campaign_id, plan).room(now_s)

    def placed(self, campaign_id: int, plan: CampaignPlan, now_s: float) -> None:
        """A call was placed."""
        self._breaker(campaign_id, plan).placed(now_s)

    def unavailable(self, now_s: float) -> None:
        """Asterisk did not answer."""
        self._back_off.failed(now_s)

    def ended(self, call: LiveCall, disposition: Disposition, now_s: float) -> bool:
        """Learn from the end of a call; whether its campaign must wait until the trunk is mended."""
        if not call.placed:
            return False
        breaker = self._breaker(call.attempt.campaign_id, call.plan)
        if disposition in (Disposition.CANCELLED, Disposition.UNKNOWN):
            breaker.told_nothing()
            return False
        ours = disposition in OURS_TO_MEND
        failed = ours or disposition in TRUNK_FAULTS
        breaker.ended(failed=failed, now=now_s)
        if disposition in TRUNK_FAULTS:
            self._back_off.failed(now_s)
        elif not failed:
            self._back_off.worked()
        return ours

    def _breaker(self, campaign_id: int, plan: CampaignPlan) -> Breaker:
        return self._breakers.setdefault(campaign_id, Breaker(plan.breaker))
