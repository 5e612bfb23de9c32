"""The figures of the model card (``models/README.md``): what ``recognition_accuracy`` measured last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BEGIN = "<!-- figures: python -m benchmarks.recognition_accuracy --card -->"
END = "<!-- end of figures -->"


def with_figures(page: str, result: dict[str, Any]) -> str:
    """The card with the figures of the embedded model.

    Args:
        page: The card; its figures stand between ``BEGIN`` and ``END``.
        result: What the benchmark writes as JSON.

    Raises:
        ValueError: One of the marks is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"models/README.md: put the marks {BEGIN} and {END} around the figures")
    figures = "\n".join(_figures(result))
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def _figures(result: dict[str, Any]) -> Iterator[str]:
    model = next(model for model in result["models"] if model["model"] == "embedded")
    yield "| what | target | measured | met | |"
    yield "|---|---|---|---|---|"
    for line in model["lines"]:
        measured = "–" if line["figure"] is None else f"{line['figure']:.2f}"
        yield f"| {line['what']} | {line['target']} | {measured} | {_YES_NO[line['met']]} | {line['note']} |"
    yield ""
    for name, kinds in model["cer_percent_by_kind"].items():
        worst = sorted(kinds.items(), key=lambda item: -item[1])
        yield f"* {name}, wrong letters by kind: " + ", ".join(f"{kind} {rate:.1f} %" for kind, rate in worst)
    yield "* of the wrong words, heard as others of the same sound: " + ", ".join(
        f"{name} {share:.0f} %" for name, share in model["same_sound_percent"].items()
    )
    for joined in model["several_sentences"]:
        yield f"* {joined}"
    yield "* words most often taken for others: " + ", ".join(
        f"{found['said']} → {found['heard'] or '(nothing)'} ({found['count']})" for found in model["confused"]
    )


_YES_NO = {True: "yes", False: "**no**"}
