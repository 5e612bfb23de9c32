import numpy as np
import pytest

from voicebot.audio.level import level_dbfs
from voicebot.errors import SynthesisError
from voicebot.ports import Samples
from voicebot.testing.persona import Pause, Persona, Voice
from voicebot.testing.rendering import render_persona
from voicebot.testing.telephone import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    from_payloads,
    is_audible,
    to_payloads,
    voiced_frames,
)
from voicebot.testing.voices import speak_espeak


def _tone(text: str, voice: Voice) -> Samples:
    """100 ms for each character, with 300 ms of silence around it."""
    count = len(text) * SAMPLE_RATE_HZ // 10
    tone = 8000 * np.sin(2 * np.pi * 500 * np.arange(count) / SAMPLE_RATE_HZ)
    silence = np.zeros(2400, np.int16)
    return np.concatenate([silence, tone.astype(np.int16), silence])


def _persona(**values: object) -> Persona:
    return Persona.model_validate({"name": "a", "service": "duty", **values})


async def test_pauses_have_their_length_between_voiced_parts() -> None:
    persona = _persona(answers=[{"say": ["그게", {"pause_ms": 700}, "꺼졌어요"]}])
    repertoire = await render_persona(persona, _tone)
    clip = repertoire.clip(("그게", Pause(pause_ms=700), "꺼졌어요"))
    assert len(clip.payloads) == len(clip.voiced) == (200 + 700 + 400) // 20
    assert clip.voiced == (True,) * 10 + (False,) * 35 + (True,) * 20
    assert {len(payload) for payload in clip.payloads} == {FRAME_SAMPLES}


async def test_everything_the_persona_can_say_is_rendered_once() -> None:
    spoken: list[str] = []

    def speak(text: str, voice: Voice) -> Samples:
        spoken.append(text)
        return _tone(text, voice)

    persona = _persona(
        answers=[
            {"say": "하나", "back_channels": [{"at_ms": 100, "say": "응"}]},
            {"say": "하나"},
            {"keys": "1"},
        ],
        default={"say": "네"},
    )
    await render_persona(persona, speak)
    assert sorted(spoken) == ["네", "응", "하나"]


async def test_noise_lies_below_the_speech_by_the_asked_ratio_and_is_always_there() -> None:
    persona = _persona(answers=[{"say": "하나둘셋"}], line={"noise_snr_db": 15})
    repertoire = await render_persona(persona, _tone)
    idle = from_payloads(b"".join(repertoire.idle))
    speech = level_dbfs(_tone("하나둘셋", Voice())[2400:5600])
    assert speech - level_dbfs(idle) == pytest.approx(15, abs=0.5)
    assert len(set(repertoire.idle)) > 100
    clip = repertoire.clip(("하나둘셋",))
    assert all(clip.voiced), "what counts as voiced is judged before noise is added"


async def test_a_quiet_line_is_silent() -> None:
    repertoire = await render_persona(_persona(answers=[{"say": "네"}]), _tone)
    assert len(repertoire.idle) == 1 and not is_audible(repertoire.idle[0])


def test_packets_are_audible_exactly_where_samples_are() -> None:
    samples = np.zeros(FRAME_SAMPLES * 4, np.int16)
    samples[FRAME_SAMPLES + 80 : FRAME_SAMPLES + 120] = 400  # one window of 5 ms at −38 dBFS
    samples[FRAME_SAMPLES * 3 :] = 60  # −55 dBFS
    assert [is_audible(payload) for payload in to_payloads(samples)] == [False, True, False, False]
    assert is_audible(to_payloads(samples[FRAME_SAMPLES : 2 * FRAME_SAMPLES])[0][:130])


def test_a_soft_end_is_voice_but_an_echo_is_not() -> None:
    samples = np.zeros(FRAME_SAMPLES * 5, np.int16)
    samples[: FRAME_SAMPLES * 2] = 6000
    samples[FRAME_SAMPLES * 2 : FRAME_SAMPLES * 3] = 800  # −17 dB
    samples[FRAME_SAMPLES * 3 : FRAME_SAMPLES * 4] = 400  # −23 dB, −38 dBFS: audible all the same
    assert voiced_frames(samples) == (True, True, True, False, False)
    assert is_audible(to_payloads(samples)[3])


def test_what_is_inaudible_is_never_voice() -> None:
    assert voiced_frames(np.full(FRAME_SAMPLES * 2, 60, np.int16)) == (False, False)
    assert voiced_frames(np.zeros(FRAME_SAMPLES, np.int16)) == (False,)


def test_espeak_speaks_at_the_telephones_rate() -> None:
    slow = speak_espeak("가로등이 꺼졌어요", Voice(words_per_minute=110, variant="f2"))
    fast = speak_espeak("가로등이 꺼졌어요", Voice(words_per_minute=200, variant="f2"))
    assert len(slow) > 1.3 * len(fast) > SAMPLE_RATE_HZ * 0.8
    assert -30 < level_dbfs(fast) < -10


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(SynthesisError, match="'xx'"):
        speak_espeak("네", Voice(language="xx"))


def test_a_missing_espeak_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SynthesisError, match="apt-get install espeak-ng"):
        speak_espeak("네", Voice())


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(SynthesisError, match="no sound"):
        speak_espeak("...", Voice())
