"""What the machine says of its own accord; a flow may put its own words in place (``phrases:``)."""

from __future__ import annotations

DEFAULTS: dict[str, str] = {
    "not_understood": "죄송하지만 잘 알아듣지 못했습니다.",
    "silence": "여보세요, 듣고 계신가요?",
    "again": "네, 다시 여쭤볼게요.",
    "wait": "네, 천천히 하세요. 기다리겠습니다.",
    "still_waiting": "계속 기다리고 있습니다. 준비되시면 말씀해 주세요.",
    "wrong_key": "다른 번호를 누르셨습니다.",
    "keys_yes_no": "맞으면 1번, 아니면 2번을 눌러 주세요.",
    "keys_digits": "전화기 숫자 버튼으로 눌러 주셔도 됩니다.",
    "keys_person": "직원과 통화하시려면 0번을 눌러 주세요.",
    "read_back": "{answer|이라고/라고} 하신 것이 맞나요?",
    "read_back_digits": "{answer|digits}, 맞으신가요?",
    "confirm_yes": "네, 라고 하신 것이 맞나요?",
    "confirm_no": "아니요, 라고 하신 것이 맞나요?",
    "check_danger": "지금 위급한 상황이신가요?",
}
"""Name → words; each is a fixed phrase, rendered at deploy."""

ANSWER = "answer"
"""The slot that stands for the answer being confirmed."""
