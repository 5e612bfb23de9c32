"""Words of danger in a conversation: acted on at once, checked first only where they were badly heard."""

from __future__ import annotations

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.state import Mode
from voicebot.dialogue.understanding import Danger, Interpretation, Status
from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.dialogue.walk import Step
from voicebot.dialogue.weighing import CONFIRM_BELOW, MISHEARD_BELOW


def enter_danger(step: Step, danger: Danger, said: str) -> None:
    """Leave whatever is going on for the danger's own state, with the citizen's words for the staff."""
    step.set_slots({"danger_said": without_resident_number(said)})
    _act(step, danger.kind.value, certain=danger.certain)


def danger_heard(step: Step, danger: Danger, event: CitizenSaid) -> None:
    """Act on it; or, where the words were badly heard and nothing was asked yet, ask whether it is so."""
    repeated = step.state.mode is Mode.CHECKING_DANGER
    if event.confidence >= MISHEARD_BELOW or repeated:
        enter_danger(step, danger, event.text)
        return
    step.set_slots({"danger_said": without_resident_number(event.text)})
    step.change(candidate=danger.kind.value, failures=0)
    step.phrase("check_danger")
    question = Expectation(
        kind=AnswerKind.YES_NO,
        question=step.plan.phrases["check_danger"].question,
        polarity="fact",
        keys={"1": "yes", "2": "no"},
    )
    step.listen(Mode.CHECKING_DANGER, question)


def judge_danger(step: Step, ask: AskState, meant: Interpretation) -> None:
    """The answer to the check: only a clear no goes back; what stays unclear goes to a person."""
    clear = meant.status is Status.FILLED and meant.confidence >= CONFIRM_BELOW
    if clear and meant.value == "no":
        step.phrase("again")
        step.ask(ask)
    else:
        _act(step, step.state.candidate, certain=clear)


def _act(step: Step, kind: str, *, certain: bool) -> None:
    step.change(raised=step.state.raised | {kind}, returns=())
    step.set_slots({"danger": kind})
    if certain:
        step.go(step.plan.everywhere[kind].to)
    else:  # perhaps a figure of speech, perhaps misheard: a person decides
        step.go_everywhere("human")
