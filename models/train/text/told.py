"""What is told to the duty desk: the sentences that triage learns from, where they are spelled properly."""

from functools import cache
from pathlib import Path
from random import Random

import voicebot
from models.train.text.hangul import is_syllable

# The other files hold spelling by ear on purpose (아페 for 앞에), which a recogniser must not learn to write.
_PROPERLY_SPELLED = "2?_*.txt"
_HEADS = ("#", "@", "=")


@cache
def told_sentences() -> tuple[str, ...]:
    """All of them, Hangul and single spaces."""
    folder = Path(voicebot.__file__).parent / "services" / "triage" / "utterances"
    lines = [
        line.strip()
        for path in sorted(folder.glob(_PROPERLY_SPELLED))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return tuple(
        line
        for line in lines
        if line and not line.startswith(_HEADS) and all(is_syllable(one) for one in line.replace(" ", ""))
    )


def told_to_the_desk(random: Random) -> str:
    """One of them."""
    return random.choice(told_sentences())
