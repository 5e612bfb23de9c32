"""How a person may stand in a report: masked, unless whole numbers and names were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from voicebot.campaigns.clock import local
from voicebot.records.cases import masked_name, without_names
from voicebot.records.cases import shown as shown_details
from voicebot.records.phone import masked, national
from voicebot.reports.facts import Who
from voicebot.timeline.redaction import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Masks, or does not."""

    whole: bool = False
    """Numbers and names as they are."""

    def name(self, name: str) -> str:
        """김**; as everywhere else only the first syllable is real."""
        return name if self.whole else masked_name(name)

    def phone(self, phone: str) -> str:
        """010-****-5678, or nothing."""
        if not phone:
            return ""
        return national(phone) if self.whole else masked(phone)

    def text(self, text: str, *names: str) -> str:
        """A sentence, without the numbers in it and without these names."""
        if self.whole:
            return text
        return redact(without_names(text, names))

    def details(self, details: dict[str, str], *names: str) -> dict[str, str]:
        """Slots of a call or a case."""
        if self.whole:
            return details
        return {name: self.text(value, *names) for name, value in shown_details(details).items()}

    def who(self, who: Who) -> str:
        """Name and key of a person, as far as they are known."""
        parts = (self.name(who.name), f"({who.external_id})" if who.external_id else "")
        return " ".join(part for part in parts if part) or "모르는 분"


def moment(at: datetime) -> str:
    """2026-11-22 14:05."""
    return f"{local(at):%Y-%m-%d %H:%M}"


def clock(at: datetime) -> str:
    """14:05."""
    return f"{local(at):%H:%M}"


def lasting(span: timedelta) -> str:
    """2분 5초."""
    minutes, seconds = divmod(max(round(span.total_seconds()), 0), 60)
    return f"{minutes}분 {seconds}초" if minutes else f"{seconds}초"


def share(part: int, whole: int) -> str:
    """73 %; nothing of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else "–"
