"""What holds for every call of the duty desk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.actions import Say
from voicebot.dialogue.events import CallStarted, CitizenSaid, TransferFailed, WorkFinished
from voicebot.dialogue.flow.plan import AskState
from voicebot.dialogue.state import Phase
from voicebot.dialogue.understanding import Gazetteer
from voicebot.services import load_service
from voicebot.services.duty import equip

DUTY = load_service("duty", {"city": "예시시"})


def test_the_first_sentence_says_who_is_speaking() -> None:
    first = DUTY.machine().receive(CallStarted(), 0.0)[0]
    assert isinstance(first, Say)
    opening = first.segments[0].text
    assert "예시시" in opening and "인공지능" in opening
    assert opening.count(".") == 2  # "안녕하세요." and one sentence


def test_every_question_can_be_put_in_other_words_except_the_number_that_is_told() -> None:
    questions = [state for state in DUTY.plan.states.values() if isinstance(state, AskState)]
    once = {state.name for state in questions if len(state.prompts) == 1}
    assert once == {"case_number", "call_119", "call_112", "call_109"}


def test_a_misheard_place_in_the_story_is_put_right() -> None:
    gazetteer = Gazetteer(names={"송천동": "송천동"})
    triage = equip(gazetteer=gazetteer).functions["triage"]
    told = triage({"what": "송청동 시장 앞에 쓰레기가 쌓였어요"})
    assert told["place"] == "송천동 시장 앞"


SAID = (
    *(
        "가로등이 꺼졌어요",
        "여권은 어디서 만들어요",
        "접수한 거 어떻게 됐어요",
        "씨발",
        "영어로요",
        "네",
        "아니요",
    ),
    *(
        "모르겠어요",
        "중앙동 약국 앞이요",
        "불이 났어요",
        "사람 바꿔 주세요",
        "공일공 칠칠칠칠 팔팔팔팔",
        "뭐라고요",
    ),
    *("구공공일공일 일이삼사오육칠", "천삼 번이요", "나중에요", ""),
)
TOLD = st.sampled_from(SAID) | st.text(max_size=40)
DONE = {"case_number": "1001", "status": "처리중", "case_about": "가로등"}


@given(st.lists(st.tuples(TOLD, st.sampled_from((0.9, 0.5, 0.2)), st.booleans()), max_size=15))
def test_whatever_is_said_the_call_goes_on_or_ends(told: list[tuple[str, float, bool]]) -> None:
    machine = DUTY.machine()
    machine.receive(CallStarted(variables={"caller_id": "01012345678", "today": "2026-10-12"}), 0.0)
    for at, (said, confidence, good) in enumerate(told, start=1):
        state = machine.snapshot()
        match state.phase:
            case Phase.LISTENING:
                machine.receive(CitizenSaid(text=said, confidence=confidence), float(at))
            case Phase.WORKING:
                machine.receive(WorkFinished(name=state.work, succeeded=good, result=DONE), float(at))
            case Phase.TRANSFERRING:
                machine.receive(TransferFailed(target="duty", reason="nobody answered"), float(at))
            case _:
                assert machine.ended
                return
        assert machine.ended or machine.snapshot().phase is not Phase.READY


def test_no_slot_holds_a_resident_number_whatever_is_asked() -> None:
    machine = DUTY.machine()
    machine.receive(CallStarted(variables={"caller_id": "01012345678"}), 0.0)
    number = "아홉공공하나공하나 하나둘셋넷다섯여섯일곱"
    for said in (
        f"쓰레기가 쌓였어요 {number}",
        f"중앙동 {number} 앞이요",
        f"{number} 없어요",
        number,
        number,
    ):
        machine.receive(CitizenSaid(text=said, confidence=0.9), 1.0)
        assert not any("하나둘" in value or "셋넷" in value for value in machine.snapshot().slots.values())
