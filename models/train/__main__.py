"""``python -m models.train``: makes the embedded model from nothing but a seed.

Nothing that needs torch is imported before the options are read: the help, the tests and the processes that
make batches do without it.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.train.allocator import keep_freed_memory
from models.train.errors import TrainingError
from models.train.network.schedule import Budget
from models.train.network.shape import EMBEDDED
from voicebot.errors import ConfigurationError, VoicebotError
from voicebot.paths import data_dir

if TYPE_CHECKING:
    from models.train.stages import Plan

DEFAULT_STEPS = 7000
"""336,000 clips; 1.0 to 1.4 s a step on two cores (AMX, bfloat16), the clips apart."""
DEFAULT_CLIPS = 200_000
"""3.6 GB and 20 minutes on two cores; most are heard twice, each time over another line."""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def train(
    folder: Annotated[
        Path, typer.Option(help="Where clips, checkpoint and log are kept; training goes on from there.")
    ] = Path("build/model"),
    hours: Annotated[
        float | None, typer.Option(min=0.0, help="Hours of training instead of steps: as far as one gets.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help=f"Steps of training, {DEFAULT_STEPS} unless --hours is given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="What everything is drawn from.")] = 1,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of the network, and processes that speak clips.")
    ] = min(os.cpu_count() or 1, 8),
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes that make batches; a fourth of the threads' work.")
    ] = None,
    sentences: Annotated[int, typer.Option(min=1000, help="Clips to speak.")] = DEFAULT_CLIPS,
    out: Annotated[
        Path | None, typer.Option(help="The model's folder.", show_default="models/ko-embedded")
    ] = None,
) -> None:
    """Speak the training clips, train the network, convert it and compare; started again, it goes on."""
    if hours is not None and steps is not None:
        raise typer.BadParameter("give either --hours or --steps")
    if device not in ("cpu", "cuda"):
        raise typer.BadParameter(f"{device!r}: give cpu or cuda", param_hint="--device")
    budget = Budget(steps=steps or DEFAULT_STEPS) if hours is None else Budget(hours=hours)
    _check_torch()
    # Threads of OpenMP that wait for each other would otherwise spin, on cores that the batches are made on.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    keep_freed_memory()
    from models.train.stages import Plan  # needs torch

    _run(
        Plan(
            folder=folder,
            out=out or data_dir("models") / "ko-embedded",
            clips=sentences,
            seed=seed,
            budget=budget,
            device=device,
            threads=threads,
            processes=processes or _processes(device, threads),
            shape=EMBEDDED,
        )
    )


def _processes(device: str, threads: int) -> int:
    """Measured: a clip takes 5 ms to make, and a core 40 ms to learn from; a GPU waits for all there are."""
    if device == "cuda":
        return max((os.cpu_count() or 2) - 1, 1)
    return max(threads // 4, 1)


def _check_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        raise TrainingError(
            "training needs torch, which is not installed: pip install -c constraints.txt -e '.[train]' "
            "(on a machine without a GPU the CPU build of torch is enough, and much smaller)"
        )


def _run(plan: Plan) -> None:
    from models.train.display import Display  # need torch
    from models.train.stages import run

    console = Console()
    try:
        comparison = run(plan, Display(console))
    except KeyboardInterrupt:
        raise TrainingError("stopped; the same command goes on from here") from None
    size_mb = (plan.out / "model.bin").stat().st_size / 1e6
    console.print(
        f"{plan.out}: {size_mb:.1f} MB, {comparison.converted_cer_percent:.2f} % of the letters wrong on "
        f"{comparison.compared} clips of the fixed set (the network itself: "
        f"{comparison.network_cer_percent:.2f} %, {comparison.different} texts differ), "
        f"{comparison.ms_a_clip:.1f} ms a clip\n"
        "figures for the model card: python -m benchmarks.recognition_accuracy",
        highlight=False,
        soft_wrap=True,
    )


def main() -> None:
    """Run the command; errors as one line, exit 2 for what the operator must mend and 1 for what failed."""
    try:
        app(standalone_mode=True)
    except ConfigurationError as error:
        _fail(str(error), 2)
    except VoicebotError as error:
        _fail(str(error), 1)


def _fail(message: str, status: int) -> None:
    typer.echo(f"models.train: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
