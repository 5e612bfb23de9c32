"""What the services call their own things, for the reports of a day, a person or a campaign."""

from __future__ import annotations

from voicebot.reports.words import Words
from voicebot.services.care.report import ANSWERS as CARE_ANSWERS
from voicebot.services.care.report import KINDS
from voicebot.services.triage.loading import load_complaint_types
from voicebot.services.welfare.reading import load_rules
from voicebot.services.welfare.report import ANSWERS as WELFARE_ANSWERS

_SERVICES = {"care": "안부 전화", "welfare": "복지 안내", "duty": "당직 민원"}


def staff_words() -> Words:
    """The words of all services.

    Raises:
        ConfigurationError: A data file of a service holds mistakes.
    """
    yes_or_no = {slot: (f"{name} 예", f"{name} 아니요") for slot, name in WELFARE_ANSWERS.items()}
    return Words(
        anomalies=KINDS,
        answers=CARE_ANSWERS | yes_or_no,
        benefits={key: benefit.name for key, benefit in load_rules().benefits.items()},
        types={code: type.name_ko for code, type in load_complaint_types().items()},
        services=_SERVICES,
    )
