from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.adapters.recognition import model
from voicebot.adapters.recognition.checksums import CHECKSUMS
from voicebot.adapters.recognition.model import check_folder, find_folder, load_model
from voicebot.adapters.recognition.vocabulary import Vocabulary
from voicebot.config import RecogniserSettings
from voicebot.errors import ModelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the embedded model, to be damaged; without checksums, as other people's models are."""
    without_checksums = shutil.ignore_patterns(CHECKSUMS)
    return Path(shutil.copytree(find_folder("embedded"), tmp_path / "model", ignore=without_checksums))


def load(folder: Path) -> None:
    load_model(RecogniserSettings(model=str(folder)))


def test_the_embedded_model_loads_by_name() -> None:
    loaded = load_model(RecogniserSettings())
    assert loaded.embedded
    assert loaded.window.floor_frames == 0
    assert len(loaded.vocabulary.prompt) == 4


def test_a_copy_of_it_is_an_ordinary_folder(folder: Path) -> None:
    assert not load_model(RecogniserSettings(model=str(folder))).embedded


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def cut(name: str, keep: int) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:keep])


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def swap_tokens(folder: Path) -> None:
    path = folder / "vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    tokens[3], tokens[4] = tokens[4], tokens[3]
    path.write_text(json.dumps(tokens), encoding="utf-8")


def drop_token(folder: Path) -> None:
    path = folder / "vocabulary.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))[:-1]), encoding="utf-8")


def forget_korean(folder: Path) -> None:
    for name in ("tokenizer.json", "vocabulary.json"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("<|ko|>", "<|ja|>"), encoding="utf-8")


def leave_unconverted(folder: Path) -> None:
    (folder / "model.bin").rename(folder / "model.safetensors")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (remove("model.bin"), r"has no model\.bin; copy the whole model folder again"),
        (remove("tokenizer.json"), r"has no tokenizer\.json; copy"),
        (remove("config.json"), r"has no config\.json; copy"),
        (remove("vocabulary.json"), r"vocabulary\.json: cannot be read .*; copy"),
        (leave_unconverted, r"not converted; run ct2-transformers-converter"),
        (cut("model.bin", 1_000_000), r"model\.bin: is cut short at 1000000 bytes; copy or convert"),
        (cut("model.bin", 0), r"model\.bin: is cut short at 0 bytes"),
        (write("model.bin", b"\x00" * 4096), r"model\.bin: not a CTranslate2 model of binary version 6"),
        (write("config.json", b"{"), r"config\.json: not valid JSON"),
        (write("config.json", b"[]"), r"config\.json: not a JSON object"),
        (write("tokenizer.json", b"{}"), r"tokenizer\.json: not a readable tokenizer"),
        (write("vocabulary.json", b"{}"), r"vocabulary\.json: not a list of tokens"),
        (write("vocabulary.json", b"\xff\xfe"), r"vocabulary\.json: not valid JSON in UTF-8"),
        (swap_tokens, r"token 3 is .* but .* in tokenizer\.json: files of different models"),
        (drop_token, r"the vocabulary has \d+ tokens but model\.bin has \d+: files of different models"),
        (forget_korean, r"has no <\|ko\|>, so it does not know Korean; give a multilingual model"),
        (write("preprocessor_config.json", b'{"feature_size": 128}'), r"feature_size is 128 but .* need 80"),
    ],
)
def test_a_damaged_folder_is_named_with_its_remedy(
    folder: Path, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=sentence):
        load(folder)


def test_bytes_after_the_end_are_damage(folder: Path) -> None:
    with (folder / "model.bin").open("ab") as file:
        file.write(b"more")
    with pytest.raises(ModelError, match="4 bytes too many"):
        load(folder)


def test_a_missing_folder_and_an_unknown_name_list_what_can_be_given(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such folder; give 'embedded', a folder, or one of tiny"):
        load(tmp_path / "nothing")
    with pytest.raises(ModelError, match="no such model folder"):
        check_folder(tmp_path / "nothing")


def test_a_name_that_cannot_be_fetched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(name: str, *, local_files_only: bool = False) -> str:
        raise ConnectionError(name)

    monkeypatch.setattr(model, "download_model", offline)
    with pytest.raises(ModelError, match=r"cannot be fetched \(ConnectionError\); connect once"):
        find_folder("large-v3-turbo")


def test_a_name_in_the_cache_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def cached(name: str, *, local_files_only: bool = False) -> str:
        assert local_files_only
        return str(tmp_path / name)

    monkeypatch.setattr(model, "download_model", cached)
    assert find_folder("large-v3-turbo") == tmp_path / "large-v3-turbo"


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"on device 'cpu' with compute type 'nonsense'.*correct \[stt\]"):
        load_model(RecogniserSettings(device="cpu", compute_type="nonsense"))


def test_text_is_composed_and_a_space_inside_a_syllable_is_mended() -> None:
    folder = find_folder("embedded")
    vocabulary = Vocabulary(folder, check_folder(folder).vocabulary_size)
    assert vocabulary.text(vocabulary.tokens("가로등이 꺼졌어요")) == "가로등이 꺼졌어요"
    broken = (*vocabulary.tokens("가 "), *vocabulary.tokens("\u11bb어요"), vocabulary.end_of_text)
    assert vocabulary.text(broken) == "갔어요"
