"""What becomes of an answer: accepted, confirmed, asked again, offered keys, or brought to a person."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import AnswerKind, Expectation
from voicebot.dialogue.alarm import danger_heard, heard_again, is_new, judge_danger
from voicebot.dialogue.aside import go_by_aside, is_told_beside, words_beside
from voicebot.dialogue.correcting import answered_anew, correction
from voicebot.dialogue.events import CitizenSaid
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.overhearing import answer_and_ask_again, overheard
from voicebot.dialogue.state import Mode
from voicebot.dialogue.understanding import (
    Interpretation,
    Status,
    detect_danger,
    interpret,
    interpret_answer,
    interpret_keys,
)
from voicebot.dialogue.understanding.result import NO_MATCH
from voicebot.dialogue.walk import Step
from voicebot.dialogue.weighing import CONFIRM_BELOW, weigh

_TRIES_TO_KEYS = 2
_TRIES_TO_PERSON = 3
"""Two failed tries offer the keys, one more brings a person (the product's promise)."""

_SLOWER_BY, _SLOWEST = 0.15, 0.7
"""Each "slower, please" takes 15 % off the rate; below 0.7 synthesised Korean becomes hard to follow."""

_WAIT_S = 30.0
"""Silence allowed after "just a moment": about the time to find glasses or a pen."""

_NO_WISH = frozenset({Status.FILLED, Status.NO_MATCH, Status.UNSURE})


def answered(step: Step, event: CitizenSaid) -> None:
    """The citizen said something while listened to."""
    step.change(silences=0, waiting=False)
    danger = detect_danger(event.text)
    if danger is not None:
        danger = heard_again(step, step.question, danger, event.text)
    if danger is not None and is_new(step, danger):
        danger_heard(step, danger, event)
    else:
        _heard(step, event)


def _heard(step: Step, event: CitizenSaid) -> None:
    """The words of a citizen in which there is no danger, or none any more."""
    ask = step.question
    expectation = step.listened_for
    today, gazetteer = step.today, step.gazetteer
    meant = weigh(interpret(event.text, expectation, today, gazetteer), event, expectation)
    override = ask.on.get(meant.status.value, "")
    if override == "off":
        meant = weigh(interpret_answer(event.text, expectation, today, gazetteer), event, expectation)
    beside = words_beside(ask, event)
    if override and override != "off":
        go_by_aside(step, ask, beside, override)
        return
    if meant.status in _NO_WISH and overheard(step, ask, event.text):
        return
    match meant.status:
        case Status.FILLED | Status.NO_MATCH | Status.UNSURE:
            _judge(step, ask, meant, event.text, beside)
        case Status.REPEAT:
            _again(step, expectation)
        case Status.SLOWER:
            step.change(rate=max(_SLOWEST, round(step.state.rate - _SLOWER_BY, 2)))
            _again(step, expectation)
        case Status.WAIT:
            step.change(waiting=True)
            step.phrase("wait")
            _listen_longer(step, expectation)
        case Status.HUMAN:
            step.go_everywhere("human")
        case Status.WHO | Status.LATER | Status.STOP:
            _wish(step, ask, meant.status.value, beside)


def keyed(step: Step, keys: str) -> None:
    """The citizen pressed keys while listened to."""
    ask = step.question
    expectation = step.listened_for
    step.change(silences=0, waiting=False)
    if keys == "0":
        step.go_everywhere("human")
        return
    if keys == "*":
        _again(step, expectation)
        return
    meant = interpret_keys(keys, expectation, step.today)
    _judge(step, ask, meant, "", "", failure="wrong_key")


def silent(step: Step) -> None:
    """The citizen said nothing: ask again, offer keys or a person, then say goodbye."""
    ask = step.question
    expectation = step.listened_for
    if step.state.waiting:
        step.change(waiting=False)
        step.phrase("still_waiting")
        step.listen(step.state.mode, expectation)
        return
    silences = step.state.silences + 1
    step.change(silences=silences)
    if step.state.mode is Mode.CHECKING_DANGER and silences >= _TRIES_TO_KEYS:
        _check_danger(step, ask, NO_MATCH)
        return
    if silences >= _TRIES_TO_PERSON or "silent" in ask.on:
        target = ask.on.get("silent", "")
        if target and target != "off":
            step.go(target)
        elif silences >= _TRIES_TO_PERSON:
            step.go_everywhere("silent")
        else:
            step.listen(step.state.mode, expectation)
        return
    step.phrase("silence")
    _put_again(step, ask, offer_keys=silences >= _TRIES_TO_KEYS)


# --- one answer ---------------------------------------------------------------------------------------------


def _judge(
    step: Step,
    ask: AskState,
    meant: Interpretation,
    said: str,
    beside: str,
    failure: str = "not_understood",
) -> None:
    match step.state.mode:
        case Mode.ASKING:
            _judge_answer(step, ask, meant, beside, failure)
        case Mode.CONFIRMING:
            _judge_confirmation(step, ask, meant, said, beside, failure)
        case Mode.CHECKING_DANGER:
            _check_danger(step, ask, meant)


def _check_danger(step: Step, ask: AskState, meant: Interpretation) -> None:
    told = judge_danger(step, ask, meant)
    if told is not None:
        _heard(step, told)


def _judge_answer(step: Step, ask: AskState, meant: Interpretation, beside: str, failure: str) -> None:
    filled = meant.status is Status.FILLED
    doubtful = ask.confirm == "always" or (ask.confirm == "unsure" and meant.confidence < CONFIRM_BELOW)
    if meant.status is Status.UNSURE and ask.unsure:
        go_by_aside(step, ask, beside, ask.unsure)
    elif filled and not doubtful:
        _accept(step, ask, meant.value, beside, well=meant.confidence >= CONFIRM_BELOW)
    elif is_told_beside(step, ask, beside):
        go_by_aside(step, ask, beside, ask.name)  # what was told comes first, then the question once more
    elif filled:
        step.confirm(ask, meant.value)
    else:
        _failed(step, ask, failure)


def _accept(step: Step, ask: AskState, value: str, beside: str, *, well: bool = True) -> None:
    step.set_slots({ask.slot: value})
    if ask.heard:
        step.set_slots({ask.heard: "well" if well else "badly"})
    go_by_aside(step, ask, beside, ask.answers.get(value, ask.next))


def _judge_confirmation(
    step: Step, ask: AskState, meant: Interpretation, said: str, beside: str, failure: str
) -> None:
    """Yes accepts; no takes the answer back, perhaps with the right one in the same breath."""
    if anew := answered_anew(ask, said):
        _accept(step, ask, anew, beside)
        return
    sure = meant.status is Status.FILLED and meant.confidence >= CONFIRM_BELOW
    if sure and meant.value == "yes":
        _accept(step, ask, step.state.candidate, beside)
        return
    corrected = correction(ask, step.state.candidate, said, step.today, step.gazetteer)
    if corrected:
        step.change(failures=step.state.failures + 1)
        if step.state.failures >= _TRIES_TO_PERSON:
            step.go(ask.failed)
        else:
            step.confirm(ask, corrected)
    elif sure and ask.expectation.kind is AnswerKind.YES_NO:
        _accept(step, ask, "no" if step.state.candidate == "yes" else "yes", beside)
    elif sure:
        step.change(mode=Mode.ASKING, candidate="")
        _failed(step, ask, "again")
    elif is_told_beside(step, ask, beside):
        go_by_aside(step, ask, beside, ask.name)
    else:
        _failed(step, ask, failure)


# --- when it was no answer ----------------------------------------------------------------------------------


def _failed(step: Step, ask: AskState, phrase: str) -> None:
    failures = step.state.failures + 1
    step.change(failures=failures)
    if failures >= _TRIES_TO_PERSON:
        step.go(ask.failed)
        return
    step.phrase(phrase)
    _put_again(step, ask, offer_keys=failures >= _TRIES_TO_KEYS)


def _put_again(step: Step, ask: AskState, *, offer_keys: bool) -> None:
    """The question of the moment once more, in its wording for this try."""
    match step.state.mode:
        case Mode.ASKING:
            tries = max(step.state.failures, step.state.silences)
            step.speak(ask.prompts[min(tries, len(ask.prompts) - 1)])
            if offer_keys:
                step.speak(ask.keys_prompt)
            step.listen(Mode.ASKING, ask.expectation)
        case Mode.CONFIRMING:
            if offer_keys:
                step.phrase("keys_yes_no")
            step.confirm(ask, step.state.candidate)
        case Mode.CHECKING_DANGER:
            if offer_keys:
                step.phrase("keys_yes_no")
            step.phrase("check_danger")
            step.listen(Mode.CHECKING_DANGER, step.listened_for)


def _again(step: Step, expectation: Expectation) -> None:
    step.say_again()
    step.listen(step.state.mode, expectation)


def _listen_longer(step: Step, expectation: Expectation) -> None:
    last_said = step.state.last_said
    step.listen(step.state.mode, replace(expectation, silence_s=max(_WAIT_S, expectation.silence_s)))
    step.change(expectation=expectation, last_said=last_said)  # "again" means the question, not "I'll wait"


def _wish(step: Step, ask: AskState, wish: str, beside: str) -> None:
    reply = step.plan.everywhere[wish]
    if reply.text is None:
        step.change(returns=())
        go_by_aside(step, ask, beside, reply.to)
    else:
        answer_and_ask_again(step, reply.text, step.listened_for)
