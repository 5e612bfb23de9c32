"""The personas that come with voicebot can be read, spoken, and understood by the embedded recogniser."""

from collections.abc import AsyncIterator, Iterable
from itertools import groupby
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

import voicebot.testing
from voicebot.adapters.recognition.recogniser import WhisperRecogniser
from voicebot.config import RecogniserSettings
from voicebot.services import duty
from voicebot.testing.ear import BotEar, recognise_turn
from voicebot.testing.packet_log import PACKET_S
from voicebot.testing.persona import Answer, Persona, load_persona
from voicebot.testing.rendering import render_persona
from voicebot.testing.script import Script
from voicebot.testing.similarity import similarity

FOLDER = Path(voicebot.testing.__file__).parent / "personas"
PATHS = sorted(FOLDER.glob("*.yaml"))

LEAST_ALIKE = 0.85
"""Jamo similarity of what is recognised, piece by piece, to what is said, with the line's noise but no
losses."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recogniser() -> AsyncIterator[WhisperRecogniser]:
    loaded = WhisperRecogniser.load(RecogniserSettings())
    yield loaded
    await loaded.close()


def _spoken(persona: Persona) -> Iterable[Answer]:
    answers = [*persona.answers, *([persona.default] if persona.default else [])]
    return (answer for answer in answers if answer.say)


def test_there_is_a_persona_for_every_kind_of_citizen() -> None:
    assert {path.stem for path in PATHS} >= {
        "back_channel",
        "bad_line",
        "barge_in",
        "echo",
        "emergency",
        "hangs_up",
        "keys_only",
        "noisy_street",
        "number_corrected",
        "silent",
        "slow_elder",
        "street_lamp",
        "wants_person",
    }


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_what_a_persona_says_is_understood(path: Path, recogniser: WhisperRecogniser) -> None:
    persona = load_persona(path)
    repertoire = await render_persona(persona)
    lead = (repertoire.idle * 15)[:15]
    for answer in _spoken(persona):
        ear = BotEar()
        for position, payload in enumerate(lead + repertoire.clip(answer.say).payloads + lead):
            ear.keep(payload, position * PACKET_S)
        found = await recognise_turn(recogniser, ear.pieces(0.0))
        # A slow 네 is heard as 네 네, which means the same.
        assert similarity(_once(found), _once(answer.text)) >= LEAST_ALIKE, (answer.text, found)


def _once(text: str) -> str:
    """A text without words that repeat the word before."""
    return " ".join(word for word, _ in groupby(text.split()))


QUESTIONS = {
    ("flow", "what"): "집 앞 가로등이 꺼졌어요",
    ("details", "where"): "학교 앞이에요",
    ("details", "ask_hurt"): "아니요 없어요",
    ("callback", "offer"): "네 맞아요",
    ("flow", "case_number"): "아니요",
}
"""Of the duty desk: file and state → what the ordinary caller answers."""


@pytest.mark.parametrize(("place", "answer"), QUESTIONS.items(), ids=lambda value: str(value))
def test_the_ordinary_caller_knows_every_question_of_the_duty_desk(
    place: tuple[str, str], answer: str
) -> None:
    file, state = place
    flow = yaml.safe_load((Path(duty.__file__).parent / f"{file}.yaml").read_text(encoding="utf-8"))
    prompts = flow["states"][state]["prompts"]
    persona = load_persona(FOLDER / "street_lamp.yaml")
    for prompt in [prompts] if isinstance(prompts, str) else prompts:
        chosen = Script(persona).choose(1, prompt)
        assert chosen is not None and chosen.text == answer, prompt
