from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.recognition import stock_shaped
from voicebot.adapters.recognition.model_file import read_whisper_shape
from voicebot.errors import ModelError


@pytest.fixture(scope="module")
def model_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = stock_shaped.build(tmp_path_factory.mktemp("models") / "stock")
    return (folder / "model.bin").read_bytes()


def test_the_sizes_of_a_stock_model_are_read(tmp_path: Path, model_bytes: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes)
    shape = read_whisper_shape(path)
    assert (shape.mel_bands, shape.longest_window_frames, shape.longest_text_tokens) == (80, 3000, 448)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, model_bytes: bytes, data: st.DataObject) -> None:
    keep = data.draw(st.one_of(st.integers(0, 600), st.integers(0, len(model_bytes) - 1)))
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes[:keep])
    with pytest.raises(ModelError):
        read_whisper_shape(path)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 3000), byte=st.integers(0, 255))
def test_a_changed_byte_never_raises_anything_else(
    tmp_path: Path, model_bytes: bytes, position: int, byte: int
) -> None:
    damaged = bytearray(model_bytes)
    damaged[position] = byte
    path = tmp_path / "model.bin"
    path.write_bytes(damaged)
    try:
        read_whisper_shape(path)
    except ModelError as error:
        assert str(path) in str(error)


def test_another_kind_of_model_is_named(tmp_path: Path, model_bytes: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(model_bytes.replace(b"WhisperSpec\0", b"WhispurSpec\0", 1))
    with pytest.raises(ModelError, match="holds a 'WhispurSpec' model, not a WhisperSpec one"):
        read_whisper_shape(path)
