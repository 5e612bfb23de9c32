"""What is told beside the answer: "네, 근데 어제 넘어졌어요" to whether one slept well. It must not be lost.

The service's code says whether there is anything in what was said; if there is, the flow's aside is run first
and then goes on where the answer leads, or back to the question where there was no sure answer in it.
"""

from __future__ import annotations

from voicebot.dialogue.actions import AnswerKind
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.dialogue.walk import Step
from voicebot.dialogue.weighing import MISHEARD_BELOW


def words_beside(ask: AskState, event: CitizenSaid) -> str:
    """The words of an answer in which something may be told beside; empty where none is looked for."""
    heard = event.confidence >= MISHEARD_BELOW
    looked_for = ask.expectation.kind is not AnswerKind.OPEN and ask.on.get("aside") != "off"
    return without_resident_number(event.text) if heard and looked_for else ""


def go_by_aside(step: Step, ask: AskState, said: str, then: str) -> None:
    """Go on at ``then``, by way of the flow's aside if something was told beside the answer.

    Args:
        step: The step of the conversation.
        ask: The question that was answered.
        said: From ``words_beside``.
        then: The state that follows, or ``return``.
    """
    aside = step.plan.aside
    told = step.compute(aside.function, {"asked": ask.slot, "said": said}) if aside and said else {}
    if aside is None or not told:
        step.go(then)
        return
    step.set_slots({slot: told.get(slot, "") for slot in aside.sets})
    step.change(returns=(*step.state.returns, then))
    step.go(aside.start)


def is_told_beside(step: Step, ask: AskState, said: str) -> bool:
    """Whether something was told beside the answer."""
    aside = step.plan.aside
    return bool(aside and said and step.compute(aside.function, {"asked": ask.slot, "said": said}))
