from __future__ import annotations

from benchmarks.persona_calls import PERSONAS, Held, attempts, summary
from benchmarks.report import _ROWS
from voicebot.testing.persona import load_persona

_FILES = ("care_fever", "noisy_street", "street_lamp")
_PERSONAS = {file: load_persona(PERSONAS / f"{file}.yaml") for file in _FILES}


def test_every_persona_calls_on_every_line_with_its_own_voice_first() -> None:
    planned = attempts(_PERSONAS, 2)
    assert len(planned) == len(_FILES) * 2 * 2
    assert len({attempt.persona.seed for attempt in planned}) == 2
    for attempt in planned:
        own = _PERSONAS[attempt.file]
        assert (attempt.persona.voice == own.voice) == (attempt.run == 1)
        noisy = attempt.line.startswith("noise") or attempt.file == "noisy_street"
        assert attempt.persona.line.noise_snr_db == (15.0 if noisy else None)
        assert attempt.persona.expect.most_cut_off is None


def test_the_figures_name_what_was_missed() -> None:
    planned = attempts(_PERSONAS, 1)
    held = [
        Held(
            attempt=attempt,
            shortfalls=("outcome is 'failed'",) if attempt.file == "care_fever" and number < 2 else (),
            misheard=("네 → 내",),
        )
        for number, attempt in enumerate(planned)
    ]
    result = summary(held, 0.5)
    assert [line["percent"] for line in result["lines"]] == [66.7, 66.7]
    assert result["lines"][0]["by_service"] == {"duty": "2 of 2", "care": "0 of 1"}
    assert {call["persona"] for call in result["missed"]} == {"care_fever"}
    rows = list(_ROWS["persona_calls"](result))
    assert rows[1][1:4] == (
        "≥ 95 %",
        "66.7 % (2 of 3: duty 2 of 2, care 0 of 1; 0 % stolen by the host)",
        False,
    )
