"""Frames of equal length out of payloads of any length."""

from __future__ import annotations


class FrameAssembler:
    """Cuts what is appended into frames; silence is as long as it is asked for.

    Payloads of exactly one frame, the usual case, pass through uncopied.

    Args:
        frame_samples: Samples of one frame.
        silence_sample: Encoded bytes of one sample of silence; its length is that of a sample.
    """

    __slots__ = (
        "_frame_bytes",
        "_partial",
        "_ready",
        "_silence_sample",
        "end",
        "frame_samples",
        "sample_bytes",
    )

    def __init__(self, frame_samples: int, silence_sample: bytes) -> None:
        self.frame_samples = frame_samples
        self.sample_bytes = len(silence_sample)
        self._frame_bytes = frame_samples * len(silence_sample)
        self._silence_sample = silence_sample
        self._partial = bytearray()
        self._ready: list[bytes | None] = []
        self.end = 0
        """Position just after the last sample appended."""

    @property
    def aligned(self) -> bool:
        """Whether no frame is half full."""
        return not self._partial

    def append(self, payload: bytes) -> int:
        """Append encoded audio and return its samples; bytes after the last whole sample are dropped."""
        size = len(payload)
        samples = size // self.sample_bytes
        self.end += samples
        if size == self._frame_bytes and not self._partial:
            self._ready.append(payload)
            return samples
        self._partial += payload[: samples * self.sample_bytes]
        while len(self._partial) >= self._frame_bytes:
            self._ready.append(bytes(self._partial[: self._frame_bytes]))
            del self._partial[: self._frame_bytes]
        return samples

    def append_silence(self, samples: int) -> None:
        """Append silence; whole frames of it come out as ``None``."""
        self.end += samples
        if self._partial:
            missing = min(samples, self.frame_samples - len(self._partial) // self.sample_bytes)
            self._partial += self._silence_sample * missing
            samples -= missing
            if len(self._partial) == self._frame_bytes:
                self._ready.append(bytes(self._partial))
                self._partial.clear()
        frames, rest = divmod(samples, self.frame_samples)
        self._ready.extend([None] * frames)
        self._partial += self._silence_sample * rest

    def take(self) -> list[bytes | None]:
        """The whole frames assembled since the last call, oldest first."""
        ready = self._ready
        if ready:
            self._ready = []
        return ready
