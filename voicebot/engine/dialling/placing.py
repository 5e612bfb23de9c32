"""Places the calls that a campaign may place now, and no more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from voicebot.adapters.records.dialling import DiallingRecords
from voicebot.adapters.records.records import Records
from voicebot.campaigns.hours import Opening, next_due, open_at
from voicebot.campaigns.numbers import check_dialable
from voicebot.campaigns.pacing import TokenBucket, room
from voicebot.campaigns.plan import CampaignPlan
from voicebot.engine.dialling.health import TrunkHealth
from voicebot.engine.dialling.live_call import LiveCall
from voicebot.engine.dialling.trunk import OutboundCall, Trunk
from voicebot.errors import (
    AsteriskUnavailable,
    AsteriskUnreachable,
    ChannelGone,
    DuplicateIdentifier,
    PhoneNumberError,
    StatusNotAllowed,
    TelephonyError,
)
from voicebot.records.campaigns import (
    AttemptRecord,
    CampaignRecord,
    CampaignState,
    Disposition,
    NewAttempt,
    Priority,
    Refusal,
    Target,
)

logger = logging.getLogger(__name__)

_PASSED_OVER_S = 60.0
"""How long a person is passed over whom another campaign is calling."""
_SPARE = 8
"""People looked at beyond those who may be called: others may take some of them at the same moment."""
_FINISH_LOOK_S = 5.0
"""Between looks whether anybody is left."""

_BY = "dialler"


class Placing:
    """Of one engine; see ``Dialler`` for the arguments.

    Args:
        calls: By attempt; new ones are added.
        health: Of the trunk.
        doubtful: Told when nobody knows whether a call was placed.
        connections: To Asterisk, so far.
    """

    def __init__(
        self,
        *,
        records: Records,
        dialling: DiallingRecords,
        trunk: Trunk,
        calls: dict[str, LiveCall],
        health: TrunkHealth,
        engine: str,
        calls_now: Callable[[], int],
        lines: int,
        wall_clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        new_id: Callable[[], str],
        doubtful: Callable[[], None],
        connections: Callable[[], int],
    ) -> None:
        self._records = records
        self._dialling = dialling
        self._trunk = trunk
        self._calls = calls
        self._health = health
        self._engine = engine
        self._calls_now = calls_now
        self._lines = lines
        self._wall_clock = wall_clock
        self._monotonic = monotonic
        self._new_id = new_id
        self._doubtful = doubtful
        self._connections = connections
        self._buckets: dict[int, TokenBucket] = {}
        self._passed_over: dict[int, float] = {}  # target → until when (monotonic seconds)
        self._looked: dict[int, float] = {}  # campaign → when somebody was looked for in vain

    async def place(self, campaign: CampaignRecord, plan: CampaignPlan) -> None:
        """Place what a running campaign may place now.

        Raises:
            RecordsError: A row could not be written: that call was not placed.
        """
        now, now_s = self._wall_clock(), self._monotonic()
        if open_at(plan, now, asked_for=True) is None:
            await self._finish_if_over(campaign, plan, now, now_s)
            return
        free = self._room(campaign, plan, now_s)
        if not free:
            return
        self._passed_over = {id: until for id, until in self._passed_over.items() if until > now_s}
        limit = free + len(self._passed_over) + _SPARE
        due = await self._records.campaigns.due(campaign.id, now, limit)
        if not due:
            await self._finish_if_over(campaign, plan, now, now_s)
        for target in due:
            if not self._room(campaign, plan, now_s) or not self._health.may_call(now_s):
                return
            if target.id in self._passed_over:
                continue
            # The hours hold at the moment of dialling, not at that of choosing.
            opening = open_at(plan, self._wall_clock(), asked_for=target.priority is Priority.HIGH)
            if opening is not None and not await self._begin(campaign, plan, target, opening):
                return

    def _room(self, campaign: CampaignRecord, plan: CampaignPlan, now_s: float) -> int:
        if not self._health.may_call(now_s):
            return 0
        bucket = self._bucket(campaign, plan, now_s)
        own = sum(call.attempt.campaign_id == campaign.id for call in self._calls.values())
        # The engine counts a citizen once they have answered; those who are being rung need a line as well.
        ringing = sum(not call.up for call in self._calls.values())
        free = room(
            plan.pace,
            own_calls=own,
            all_calls=self._calls_now() + ringing,
            lines=self._lines,
            tokens=bucket.available(now_s),
        )
        tries = self._health.tries(campaign.id, plan, now_s)
        return free if tries is None else min(free, tries)

    def _bucket(self, campaign: CampaignRecord, plan: CampaignPlan, now_s: float) -> TokenBucket:
        return self._buckets.setdefault(campaign.id, TokenBucket(plan.pace.per_second, now_s))

    async def _begin(
        self, campaign: CampaignRecord, plan: CampaignPlan, target: Target, opening: Opening
    ) -> bool:
        """Write the attempt, then call; whether the campaign may go on."""
        new = NewAttempt(id=self._new_id(), target_id=target.id, slot=opening.slot, engine=self._engine)
        attempt = await self._records.attempts.begin(new, at=self._wall_clock())
        if isinstance(attempt, Refusal):
            if attempt is Refusal.RINGING:
                self._passed_over[target.id] = self._monotonic() + _PASSED_OVER_S
            return attempt is not Refusal.NOT_RUNNING
        now_s = self._monotonic()
        self._bucket(campaign, plan, now_s).take(now_s)
        self._health.placed(campaign.id, plan, now_s)
        call = LiveCall(attempt=attempt, plan=plan, placed=True)
        self._calls[attempt.id] = call
        await self._dial(call, target.phone)
        return True

    async def _dial(self, call: LiveCall, phone: str) -> None:
        attempt = call.attempt
        try:
            number = check_dialable(phone)
        except PhoneNumberError:
            call.refused = Disposition.BAD_FORMAT
            return
        try:
            await self._trunk.dial(
                OutboundCall(
                    attempt_id=attempt.id,
                    number=number,
                    service=call.plan.service,
                    caller_id=call.plan.caller_id,
                    ring_s=call.plan.ring_seconds,
                )
            )
            call.watched_since = self._connections()
        except DuplicateIdentifier:
            self._doubtful()  # an answer was lost and the request repeated: it is there
        except ChannelGone:
            call.refused = Disposition.NETWORK  # gone at once: no telephone rings as briefly
        except AsteriskUnreachable as error:
            self._warn(attempt, error)
            self._health.unavailable(self._monotonic())
            call.refused = Disposition.NETWORK
        except AsteriskUnavailable as error:
            self._warn(attempt, error)
            self._health.unavailable(self._monotonic())
            self._doubtful()
        except TelephonyError as error:
            self._warn(attempt, error)
            call.refused = Disposition.NETWORK

    async def _finish_if_over(
        self, campaign: CampaignRecord, plan: CampaignPlan, now: datetime, now_s: float
    ) -> None:
        if now_s < self._looked.get(campaign.id, float("-inf")) + _FINISH_LOOK_S:
            return
        self._looked[campaign.id] = now_s
        over = next_due(plan, now, asked_for=True) is None
        if over:
            done = await self._dialling.nothing_open(campaign.id)
        else:
            done = await self._dialling.nobody_left(campaign.id)
        if done:
            try:
                await self._records.campaigns.set_state(campaign.id, CampaignState.FINISHED, by=_BY, at=now)
            except StatusNotAllowed:
                return  # paused, stopped or finished by another engine meanwhile
            logger.info(
                "a campaign has finished", extra={"action": "campaign_finished", "campaign": campaign.name}
            )

    def _warn(self, attempt: AttemptRecord, error: TelephonyError) -> None:
        logger.warning(
            "a call could not be placed",
            extra={"action": "dial", "attempt_id": attempt.id, "reason": str(error)},
        )
