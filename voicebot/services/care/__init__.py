"""The care call: asks how people are, remembers, and tells staff at once what is not as it should be."""

from __future__ import annotations

from voicebot.services.care.known import facts_problem, medicine_problem, variant_problem
from voicebot.services.care.report import write_report
from voicebot.services.care.steps import aside, judge, judge_temperature, missed_units, recall, score_check

FUNCTIONS = {
    "aside": aside,
    "judge": judge,
    "judge_temperature": judge_temperature,
    "missed_units": missed_units,
    "recall": recall,
    "score_check": score_check,
}
"""What the flow computes with."""

REPORT = write_report
"""What staff read of each call."""

CHECKS = {"variant": variant_problem, "facts": facts_problem, "takes_medicine": medicine_problem}
"""What is told of a citizen before the call, checked when the engine starts."""
