"""The stages in order: clips, tokens, training, conversion, evaluation; each goes on where it was."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from models.train.display import Display
from models.train.errors import TrainingError
from models.train.evaluation import Comparison, compare, development_set, evaluate
from models.train.loader import Loader, Recipe
from models.train.network.convert import convert
from models.train.network.schedule import Budget
from models.train.network.shape import Shape
from models.train.network.tokens import Tokens, build_tokens, frequent_syllables, load_tokens
from models.train.network.training import Settings, Trainer
from models.train.recording import CLIPS_A_SHARD, record, training_texts
from models.train.shards import unwritable
from voicebot.adapters.recognition.features import FRAMES_PER_SECOND

COUNTED_TEXTS = 20_000
"""Texts whose syllables are counted for the tokens: the 256th is then counted 70 times."""

SAVE_EVERY_S = 180.0
"""At most so much work is lost; a checkpoint has 74 MB."""
EVALUATE_EVERY_S = 600.0
LOG = "log.jsonl"
_LOG_EVERY_STEPS = 20

# Muon's Newton-Schulz steps cost the same for any batch: at 32 clips they were a quarter of a step on a CPU.
# A GPU needs more to be busy.
_CPU_BATCH = 48
_CUDA_BATCH = 192


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to make, where, and with what."""

    folder: Path
    out: Path
    clips: int
    seed: int
    budget: Budget
    device: str
    threads: int
    processes: int
    shape: Shape

    @property
    def checkpoint(self) -> Path:
        """Where training is kept."""
        return self.folder / "checkpoint.pt"


def run(plan: Plan, display: Display) -> Comparison:
    """All stages.

    Returns:
        The model in ``plan.out`` beside the network it was made of.

    Raises:
        VoicebotError: A stage cannot go on; the message says what to do.
    """
    if plan.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("--device cuda: torch sees no GPU; give --device cpu or install torch for CUDA")
    torch.set_num_threads(plan.threads)
    with display.clips() as done:
        shards = record(
            plan.folder / "clips", seed=plan.seed, clips=plan.clips, processes=plan.threads, done=done
        )
    tokens = _tokens(plan)
    trainer = _trainer(plan, tokens, clips=len(shards.texts))
    if trainer.progress < 1.0:
        _train(plan, trainer, tokens, shards=-(-plan.clips // CLIPS_A_SHARD), display=display)
    network = trainer.averaged().cpu()
    display.say(f"trained {trainer.step} steps in {trainer.elapsed_s / 3600.0:.2f} h; converting")
    convert(network, tokens, plan.out)
    comparison = compare(network, tokens, plan.out, development_set())
    if not comparison.agrees:
        raise TrainingError(
            f"{plan.out}: the converted model is wrong in {comparison.converted_cer_percent:.2f} % of the "
            f"letters but the network in {comparison.network_cer_percent:.2f} %: do not use it; "
            "train longer, since weights that have not settled lose most"
        )
    return comparison


def _tokens(plan: Plan) -> Tokens:
    """Those of this folder, made when there are none."""
    folder = plan.folder / "tokens"
    if (folder / "vocabulary.json").is_file():
        return load_tokens(folder)
    texts = islice(training_texts(f"{plan.seed} tokens"), COUNTED_TEXTS)
    tokens = build_tokens(frequent_syllables(texts), plan.shape.longest_frames / FRAMES_PER_SECOND)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tokens.save(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    return tokens


def _trainer(plan: Plan, tokens: Tokens, clips: int) -> Trainer:
    """A new one, or the one of this folder as it was."""
    settings = Settings(
        shape=plan.shape,
        vocabulary_size=tokens.size,
        clips=clips,
        seed=plan.seed,
        batch_size=_CUDA_BATCH if plan.device == "cuda" else _CPU_BATCH,
    )
    trainer = Trainer(settings, plan.budget, plan.device)
    trainer.resume(plan.checkpoint)
    return trainer


def _train(plan: Plan, trainer: Trainer, tokens: Tokens, *, shards: int, display: Display) -> None:
    recipe = Recipe(
        clips_folder=plan.folder / "clips",
        shards=shards,
        tokens_folder=plan.folder / "tokens",
        shape=plan.shape,
        size=trainer.settings.batch_size,
        seed=plan.seed,
    )
    if trainer.step:
        display.say(
            f"going on after step {trainer.step}, {trainer.elapsed_s / 60.0:.1f} minutes into training"
        )
    examples = development_set()
    saved = evaluated = time.monotonic()
    with (
        Loader(recipe.maker, first=trainer.step, processes=plan.processes) as batches,
        display.training(trainer.progress) as show,
        _asked_to_stop() as asked,
    ):
        for report in trainer.steps(iter(batches)):
            show(report)
            if report.step % _LOG_EVERY_STEPS == 0:
                _append(plan, asdict(report))
            over = asked() or report.progress >= 1.0
            if over or time.monotonic() - saved > SAVE_EVERY_S:
                trainer.save(plan.checkpoint)
                saved = time.monotonic()
            if asked():
                raise KeyboardInterrupt
            if over or time.monotonic() - evaluated > EVALUATE_EVERY_S:
                score = evaluate(trainer.averaged(), tokens, examples)
                display.score(report.step, score)
                _append(plan, {"step": report.step, **asdict(score)})
                evaluated = time.monotonic()


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or a SIGTERM came: the step under way is finished first; a second one acts at once."""
    asked = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _append(plan: Plan, record: Mapping[str, Any]) -> None:
    """One line of the log."""
    rounded = {
        name: float(f"{value:.5g}") if isinstance(value, float) else value for name, value in record.items()
    }
    try:
        with (plan.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(rounded, ensure_ascii=False) + "\n")
    except OSError as error:
        raise unwritable(plan.folder, error) from error
