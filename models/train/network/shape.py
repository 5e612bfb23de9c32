"""The sizes of the network. Whatever changes here makes another model."""

from __future__ import annotations

from dataclasses import dataclass

MEL_BANDS = 80  # Whisper's front end up to large-v2; 128 bands add nothing to a telephone's 3.4 kHz


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a network of Whisper's architecture (Radford et al. 2022, section 2.2)."""

    width: int
    """Of every layer; a multiple of ``heads``."""
    heads: int
    encoder_layers: int
    decoder_layers: int
    feed_ratio: int = 4
    """Width of the feed-forward layer over ``width``."""
    audio_positions: int = 250
    """Of 20 ms: the longest window is 5 s, as the longest clip to train on."""
    text_positions: int = 224
    """Prompt and text. CTranslate2 decodes at most half of it: 111 tokens, while 5 s of the fastest reading
    (9 syllables a second) take about 60."""

    @property
    def longest_frames(self) -> int:
        """Longest window in frames of 10 ms: the second convolution has a stride of 2."""
        return 2 * self.audio_positions


# The largest that recognises 2 s of speech in about 7 ms on one thread of an idle machine. Measured on a
# busy one with random weights in int8, 13 tokens (2 s of text), medians over that of the model before (192,
# 4 + 2 layers, jamo as tokens, 17 of them), which takes 4 to 6 ms on the idle one; and clips learned a
# second, over that of 192:
#
#   width  layers  megabytes  time  learning
#   192    4 + 2   3.8        1.1   1.0
#   192    6 + 2   4.7        1.2   0.85
#   256    4 + 2   6.5        1.4   0.85
#   256    5 + 2   7.3        1.5   0.7
#   256    6 + 2   8.1        1.6   0.6
#
# Longer windows would cost short utterances nothing, but no clip to train on is longer than 5 s.
EMBEDDED = Shape(width=256, heads=4, encoder_layers=4, decoder_layers=2)

# Learns a few sentences in seconds: for tests.
TINY = Shape(
    width=32,
    heads=2,
    encoder_layers=1,
    decoder_layers=1,
    feed_ratio=2,
    audio_positions=100,
    text_positions=64,
)
