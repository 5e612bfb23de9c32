"""What must not become an answer: noise, phantom phrases and endless loops."""

from __future__ import annotations

import re

# Four frames of 20 ms: the shortest 네 lasts about 100 ms. Below it, text is made of a click or a breath.
LEAST_VOICED_MS = 80.0

# openai/whisper ``transcribe``: no_speech_threshold 0.6 together with logprob_threshold −1.0.
_NO_SPEECH = 0.6
_UNINTELLIGIBLE = -1.0
# Where the model itself says "no speech", a text must be more convincing than that: half the threshold.
_UNCONVINCING = -0.5

# Subtitle credits that Whisper learned from Korean broadcasts and writes over silence. Whole utterances only:
# 감사합니다 alone is what callers say.
_PHANTOMS = re.compile(
    r"(시청해주셔서감사합니다"
    r"|구독과좋아요(?:알림설정)?(?:부탁드립니다|부탁드려요)?"
    r"|구독(?:좋아요)?부탁드립니다"
    r"|(?:[A-Za-z]+|한국)뉴스\S{2,12}입니다"
    r"|다음영상에서만나요"
    r"|자막제공\S*|한글자막\S*)+"
)
_NOT_WORDS = re.compile(r"[\s.,!?~…·\"'-]+")

# Two syllables or more said five times running are a loop; people say 여보세요 three times. Three are
# enough when the decode ran into its cap. One syllable (네네네, digits) may be said up to seven times.
_LOOP = re.compile(r"(.{2,}?)\1{4,}")
_LOOP_AT_CAP = re.compile(r"(.{2,}?)\1{2,}")
_LOOP_OF_ONE = re.compile(r"(.)\1{7,}")

# The fastest readers reach 9 syllables a second. A few more are granted, since a crack on the line may make
# what is said look like silence beside it; and where nothing is said three times, it is no loop at all.
_SAID_AGAIN = re.compile(r"(.+?)\1{2,}")
_SYLLABLES_PER_SECOND = 10.0
_SYLLABLES_GRANTED = 4
_SYLLABLE = re.compile("[가-힣]")

TOO_LITTLE_VOICE = "too little voice"
NO_SPEECH = "no speech"
UNINTELLIGIBLE = "unintelligible"
PHANTOM_PHRASE = "phantom phrase"
REPETITION_LOOP = "repetition loop"


def reason_before_decoding(voiced_ms: float, duration_ms: float) -> str:
    """Why an utterance need not be decoded at all, else empty."""
    if voiced_ms < LEAST_VOICED_MS or duration_ms < LEAST_VOICED_MS:
        return TOO_LITTLE_VOICE
    return ""


def reason_after_decoding(
    text: str, *, mean_log_probability: float, no_speech: float, capped: bool, sounding_s: float
) -> str:
    """Why a decoded text must be dropped, else empty.

    Args:
        text: NFC.
        mean_log_probability: Over the tokens, end of text included.
        no_speech: Probability of the model's no-speech token.
        capped: Whether the decode ran into its token cap.
        sounding_s: Seconds of what was decoded that are not silence.
    """
    if not text:
        return NO_SPEECH
    if no_speech > _NO_SPEECH and mean_log_probability <= _UNCONVINCING:
        return NO_SPEECH
    if mean_log_probability <= _UNINTELLIGIBLE:
        return UNINTELLIGIBLE
    words = _NOT_WORDS.sub("", text)
    if not words:
        return NO_SPEECH
    if _PHANTOMS.fullmatch(words):
        return PHANTOM_PHRASE
    if _LOOP_OF_ONE.search(words) or (_LOOP_AT_CAP if capped else _LOOP).search(words):
        return REPETITION_LOOP
    most = _SYLLABLES_PER_SECOND * sounding_s + _SYLLABLES_GRANTED
    if len(_SYLLABLE.findall(words)) > most and _SAID_AGAIN.search(words):
        return REPETITION_LOOP
    return ""
