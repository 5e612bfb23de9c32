"""Words of danger in a conversation: acted on at once; asked about where badly heard or doubtful."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.state import Mode
from voicebot.dialogue.understanding import Danger, DangerKind, Interpretation, Status
from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.dialogue.walk import Step
from voicebot.dialogue.weighing import CONFIRM_BELOW, MISHEARD_BELOW


def enter_danger(step: Step, danger: Danger, said: str) -> None:
    """Leave whatever is going on for the danger's own state, with the citizen's words for the staff."""
    step.set_slots({"danger_said": without_resident_number(said)})
    _act(step, danger.kind.value, certain=danger.certain)


def is_new(step: Step, danger: Danger) -> bool:
    """Whether a danger has to be dealt with: not acted on yet, and not a doubt that was denied."""
    kind = danger.kind.value
    return kind not in step.state.raised and (danger.certain or kind not in step.state.denied)


def heard_again(step: Step, ask: AskState, danger: Danger, said: str) -> Danger:
    """A danger as the service's code hears it: doubtful, where the talk is surely about something else.

    A wish to die is never doubted, and nothing is while a danger is being asked about.

    Args:
        step: The conversation.
        ask: The question that was put.
        danger: What the words tell of.
        said: What was recognised.
    """
    listening = step.plan.overheard
    if listening is None or not listening.doubts or danger.kind is DangerKind.SUICIDE:
        return danger
    if not danger.certain or step.state.mode is Mode.CHECKING_DANGER:
        return danger
    told = {"said": without_resident_number(said), "asked": ask.slot}
    return replace(danger, certain=not step.compute(listening.doubts, told).get("doubted"))


def danger_heard(step: Step, danger: Danger, event: CitizenSaid) -> None:
    """Act on it; or, where the words were badly heard or doubtful and nothing was asked yet, ask about it.

    A doubtful wish to die is not asked about: a person listens.
    """
    repeated = step.state.mode is Mode.CHECKING_DANGER
    well_heard = event.confidence >= MISHEARD_BELOW
    clear = danger.certain or danger.kind is DangerKind.SUICIDE
    if repeated or (well_heard and clear):
        enter_danger(step, danger, event.text)
        return
    step.set_slots({"danger_said": without_resident_number(event.text)})
    step.change(candidate=danger.kind.value, failures=0, doubted=event if well_heard else None)
    step.phrase("check_danger")
    question = Expectation(
        kind=AnswerKind.YES_NO,
        question=step.plan.phrases["check_danger"].question,
        polarity="fact",
        keys={"1": "yes", "2": "no"},
    )
    step.listen(Mode.CHECKING_DANGER, question)


def judge_danger(step: Step, ask: AskState, meant: Interpretation) -> CitizenSaid | None:
    """The answer to the check: only a clear no goes back; what stays unclear goes to a person.

    Returns:
        After a no, the words that were doubtful and well heard, to be taken as an answer.
    """
    clear = meant.status is Status.FILLED and meant.confidence >= CONFIRM_BELOW
    doubted = step.state.doubted
    step.change(doubted=None)
    if not clear or meant.value != "no":
        _act(step, step.state.candidate, certain=clear)
        return None
    if doubted is None:
        step.phrase("again")
        step.ask(ask)
        return None
    step.change(denied=step.state.denied | {step.state.candidate})
    step.set_slots({"danger_said": "", "danger_denied": "yes"})
    step.change(mode=Mode.ASKING, candidate="", failures=0, silences=0, expectation=ask.expectation)
    return doubted


def _act(step: Step, kind: str, *, certain: bool) -> None:
    step.change(raised=step.state.raised | {kind}, returns=())
    step.set_slots({"danger": kind})
    if certain:
        step.go(step.plan.everywhere[kind].to)
    else:  # perhaps a figure of speech, perhaps misheard: a person decides
        step.go_everywhere("human")
