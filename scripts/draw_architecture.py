"""Draw ``docs/architecture.svg`` (floors) and ``docs/way-of-a-call.svg`` from the code itself.

The floors come from the import-linter contract in ``pyproject.toml``, the arrows from the imports that stand
in the code, the steps of a call from ``docs/way-of-a-call.yaml``, whose every place must exist in the code.
``make docs`` runs this; a test compares the result with what is committed.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import grimp
import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PACKAGE = "voicebot"

_FLOOR_NAMES = {
    "cli": "floor 4 · composition",
    "engine": "floor 3 · joins ports and core",
    "adapters": "floor 2 · the outside, and the services",
    "ports": "floor 1 · the words between",
    "rtp": "floor 0 · pure core: no clock, no sockets",
    "outcome": "foundation",
    "errors": "foundation",
}
_BOX_WIDTH, _BOX_HEIGHT, _GAP, _ROW = 168, 58, 22, 118
_LEFT, _TOP = 24, 30
_STYLE = (
    "text{font-family:'Noto Sans','DejaVu Sans',sans-serif;fill:#1d2733}"
    ".name{font-size:15px;font-weight:600}.what{font-size:10.5px;fill:#51606f}"
    ".floor{font-size:11.5px;fill:#51606f}.step{font-size:13px}.place{font-size:11px;fill:#51606f;"
    "font-family:'DejaVu Sans Mono',monospace}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A package or module of the top level, placed on its floor."""

    name: str
    summary: str
    x: float
    y: float


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _summary(name: str) -> str:
    path = ROOT / PACKAGE / name / "__init__.py"
    if not path.exists():
        path = ROOT / PACKAGE / f"{name}.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n")[0].rstrip(".")


def floors() -> list[list[str]]:
    """The floors of the contract, the top one first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["id"] == "floors")
    return [[name.strip().removeprefix(f"{PACKAGE}.") for name in layer.split("|")] for layer in layers]


def imports_between(names: list[str]) -> set[tuple[str, str]]:
    """Pairs (importer, imported) of top-level parts, as the code stands."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    pairs = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            first, second = importer.split(".")[1:2], imported.split(".")[1:2]
            if first and second and first != second and first[0] in names and second[0] in names:
                pairs.add((first[0], second[0]))
    return pairs


def _reduced(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Without the arrows that others imply (transitive reduction), so that the picture can be read."""
    below: dict[str, set[str]] = {}
    for importer, imported in pairs:
        below.setdefault(importer, set()).add(imported)

    def reaches(start: str, end: str) -> bool:
        return end in below.get(start, ()) or any(reaches(step, end) for step in below.get(start, ()))

    return {
        (importer, imported)
        for importer, imported in pairs
        if not any(reaches(other, imported) for other in below[importer] - {imported})
    }


def _placed(rows: list[list[str]]) -> dict[str, Box]:
    width = max(len(row) for row in rows) * (_BOX_WIDTH + _GAP)
    boxes = {}
    for row_number, row in enumerate(rows):
        left = _LEFT + (width - len(row) * (_BOX_WIDTH + _GAP) + _GAP) / 2
        for column, name in enumerate(row):
            boxes[name] = Box(
                name=name,
                summary=_summary(name),
                x=left + column * (_BOX_WIDTH + _GAP),
                y=_TOP + row_number * _ROW,
            )
    return boxes


def draw_floors() -> str:
    """The floors as an SVG."""
    rows = floors()
    names = [name for row in rows for name in row]
    boxes = _placed(rows)
    width = max(box.x for box in boxes.values()) + _BOX_WIDTH + _LEFT
    height = _TOP + len(rows) * _ROW
    parts = [_head(width, height)]
    for row_number, row in enumerate(rows):
        y = _TOP + row_number * _ROW
        shade = "#f3f6f9" if row_number % 2 else "#e9eef4"
        parts.append(
            f'<rect x="6" y="{y - 24}" width="{width - 12:.0f}" height="{_ROW - 6}" rx="8" fill="{shade}"/>'
        )
        parts.append(f'<text class="floor" x="16" y="{y - 8}">{escape(_FLOOR_NAMES.get(row[0], ""))}</text>')
    for importer, imported in sorted(_reduced(imports_between(names))):
        parts.append(_arrow(boxes[importer], boxes[imported]))
    parts += [line for box in boxes.values() for line in _box(box)]
    return "\n".join([*parts, "</svg>", ""])


def _arrow(upper: Box, lower: Box) -> str:
    x1, y1 = upper.x + _BOX_WIDTH / 2, upper.y + _BOX_HEIGHT
    x2, y2 = lower.x + _BOX_WIDTH / 2, lower.y
    bend = (y2 - y1) / 2
    return (
        f'<path d="M{x1:.0f},{y1:.0f} C{x1:.0f},{y1 + bend:.0f} '
        f'{x2:.0f},{y2 - bend:.0f} {x2:.0f},{y2 - 2:.0f}" '
        'fill="none" stroke="#8fa3b8" stroke-width="1.1" marker-end="url(#tip)"/>'
    )


def _box(box: Box) -> Iterator[str]:
    yield (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6" '
        'fill="#ffffff" stroke="#5b7a99"/>'
    )
    middle = box.x + _BOX_WIDTH / 2
    yield f'<text class="name" x="{middle:.0f}" y="{box.y + 19:.0f}" text-anchor="middle">{box.name}</text>'
    for number, line in enumerate(_wrap(box.summary, 30)[:3]):
        y = box.y + 33 + 11.5 * number
        yield f'<text class="what" x="{middle:.0f}" y="{y:.0f}" text-anchor="middle">{escape(line)}</text>'


def steps() -> list[dict[str, str]]:
    """The steps of a call: ``at`` (module:name), ``what``.

    Raises:
        SystemExit: A step names a place that is not in the code.
    """
    found: list[dict[str, str]] = yaml.safe_load((DOCS / "way-of-a-call.yaml").read_text(encoding="utf-8"))
    for step in found:
        module, _, name = step["at"].partition(":")
        path = ROOT / Path(*module.split(".")).with_suffix(".py")
        if not path.exists() or not _defines(path, name.split(".")):
            sys.exit(
                f"docs/way-of-a-call.yaml: {step['at']} is not in the code; name the place that took it over"
            )
    return found


def _defines(path: Path, names: list[str]) -> bool:
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for name in names:
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        match = next((node for node in body if isinstance(node, kinds) and node.name == name), None)
        if match is None:
            return False
        body = match.body
    return True


def draw_way() -> str:
    """The way of a call, top to bottom, as an SVG."""
    found = steps()
    lanes = {
        "asterisk": "#fde9d9",
        "media": "#e3f1e3",
        "speech": "#e2ecfa",
        "dialogue": "#f6e6f3",
        "engine": "#eceff3",
    }
    height = 40 + 62 * len(found) + 10
    parts = [_head(760, height)]
    for number, step in enumerate(found):
        y = 24 + 62 * number
        parts.append(
            f'<rect x="24" y="{y}" width="712" height="44" rx="6" '
            f'fill="{lanes[step["lane"]]}" stroke="#5b7a99"/>'
        )
        parts.append(f'<text class="step" x="40" y="{y + 18}">{number + 1}. {escape(step["what"])}</text>')
        parts.append(f'<text class="place" x="40" y="{y + 35}">{escape(step["at"])}</text>')
        if number + 1 < len(found):
            parts.append(
                f'<path d="M60,{y + 44} v14" stroke="#5b7a99" stroke-width="1.4" marker-end="url(#tip)"/>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _head(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}">\n'
        f"<style>{_STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#5b7a99"/></marker></defs>\n'
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
    )


PICTURES = {"architecture.svg": draw_floors, "way-of-a-call.svg": draw_way}


def main() -> None:
    """Write both pictures."""
    for name, draw in PICTURES.items():
        (DOCS / name).write_text(draw(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
