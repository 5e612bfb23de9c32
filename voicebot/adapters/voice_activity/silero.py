"""Silero VAD 6 through onnxruntime, for many calls in one run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from voicebot.errors import ModelError

Floats = npt.NDArray[np.float32]

MODEL_FILE = "silero_vad.onnx"
SAMPLE_RATES_HZ = (8000, 16000)

_WINDOW_MS = 36  # 4 ms of context and 32 ms of audio: the model's fixed input at either rate
_STATE_LAYERS, _STATE_WIDTH = 2, 128  # the graph's ``state`` input: [2, B, 128]
_INPUTS = {"input", "state", "sr"}

# What onnxruntime raises for a file that is no model: classes of its own, straight under Exception.
_onnx = onnxruntime.capi.onnxruntime_pybind11_state
_LOAD_ERRORS: tuple[type[Exception], ...] = (
    _onnx.InvalidProtobuf,
    _onnx.InvalidGraph,
    _onnx.InvalidArgument,
    _onnx.NotImplemented,
    _onnx.Fail,
    RuntimeError,
)


class SileroModel:
    """The network: windows and states in, probabilities and states out.

    The caller's thread computes; the graph is small enough for one core (a quarter of a millisecond for a
    few calls), and more threads would only take cores from recognition.

    Args:
        folder: Holds ``silero_vad.onnx``.
        sample_rate_hz: 8000 or 16000.

    Raises:
        ModelError: The file is missing, broken or another model, or the rate is not one of the model's.
    """

    def __init__(self, folder: Path, sample_rate_hz: int) -> None:
        if sample_rate_hz not in SAMPLE_RATES_HZ:
            raise ModelError(f"voice activity at {sample_rate_hz} Hz: Silero VAD takes 8000 or 16000 Hz")
        file = folder / MODEL_FILE
        if not file.is_file():
            raise ModelError(f"{file}: the Silero VAD model is missing; restore the folder models/silero-vad")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = (
            False  # patterns are kept for each batch size, and ours changes all the time
        )
        options.log_severity_level = 3  # errors only: the graph carries initialisers that it warns about
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except _LOAD_ERRORS as error:
            raise ModelError(f"{file}: cannot be loaded as an ONNX model ({error}); restore it") from error
        inputs = {node.name for node in self._session.get_inputs()}
        if inputs != _INPUTS:
            raise ModelError(f"{file}: inputs {sorted(inputs)}, Silero VAD has {sorted(_INPUTS)}; restore it")
        self._sample_rate = np.array(sample_rate_hz, np.int64)
        self.window_samples = _WINDOW_MS * sample_rate_hz // 1000

    @staticmethod
    def initial_state(streams: int) -> Floats:
        """States ``[2, streams, 128]`` of calls that have not begun."""
        return np.zeros((_STATE_LAYERS, streams, _STATE_WIDTH), np.float32)

    def run(self, windows: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Judge ``[B, window_samples]`` in −1..1 with states ``[2, B, 128]``: ``[B]`` and the new states."""
        probabilities, new_state = self._session.run(
            None, {"input": windows, "state": state, "sr": self._sample_rate}
        )
        return probabilities[:, 0], new_state
