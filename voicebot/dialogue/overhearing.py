"""What is said in the middle of something else: answered, and then back to where one was."""

from __future__ import annotations

from voicebot.dialogue.actions import Expectation
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.flow.text import Text
from voicebot.dialogue.state import Mode
from voicebot.dialogue.understanding.resident import without_resident_number
from voicebot.dialogue.walk import Step

_MINUTE_S = 60.0


def overheard(step: Step, ask: AskState, said: str) -> bool:
    """Let the service's code hear an answer first; whether it was taken for something else.

    A topic leads to a state of its own, or is answered before the question is put again.

    Args:
        step: The conversation.
        ask: The question that was put.
        said: What was recognised.
    """
    listening = step.plan.overheard
    if listening is None or step.state.mode is Mode.CHECKING_DANGER:
        return False
    minutes = str(int((step.now - step.state.started_at) // _MINUTE_S))
    told = {"said": without_resident_number(said), "asked": ask.slot, "minutes": minutes}
    found = step.compute(listening.function, told)
    step.set_slots({slot: found[slot] for slot in listening.sets if slot in found})
    topic = found.get("topic", "")
    reply = listening.topics.get(topic)
    if reply is None:
        return False
    if reply.text is None:
        step.leave_for(reply.to)
    elif ask.own_question and topic in listening.questions:
        step.speak(reply.text)
        step.go(ask.own_question)
    else:
        answer_and_ask_again(step, reply.text, step.listened_for)
    return True


def answer_and_ask_again(step: Step, text: Text, expectation: Expectation) -> None:
    """Say something, and put the question once more; "again" then means the question."""
    last_said = step.state.last_said
    step.speak(text)
    step.say_again()
    step.listen(step.state.mode, expectation)
    step.change(last_said=last_said)
