"""A layered layout of a directed graph: few crossings, edges downwards, long edges routed between the boxes.

Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures", 1981: layers by
longest path, order by barycentres, then positions by isotonic regression (the nearest to those wished for
that keep order and distance).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

_SWEEPS = 12
"""Passes down and up; flows of some forty states settle in fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Centres of the nodes, and for each edge the points it passes, in units of boxes and layers."""

    columns: dict[str, float]
    """Node → horizontal centre; neighbours in a layer are at least 1 apart."""
    layers: dict[str, int]
    routes: list[list[tuple[float, int]]]
    """For each edge, (column, layer) from its source to its target, both included."""


@dataclass(slots=True)
class _Graph:
    layers: dict[str, int]
    order: list[list[str]] = field(default_factory=list)
    above: dict[str, list[str]] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    width: dict[str, float] = field(default_factory=dict)


def lay_out(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> Layout:
    """Place the nodes; the first ones, and those nothing leads to, come on top.

    Args:
        nodes: Names, in the order wished for.
        edges: Source and target, both among the nodes.
    """
    backward = _backward(nodes, edges)
    downward = [(b, a) if back else (a, b) for (a, b), back in zip(edges, backward, strict=True)]
    graph = _Graph(layers=_layers(nodes, [(a, b) for a, b in downward if a != b]))
    chains = _with_bends(graph, nodes, downward)
    _reduce_crossings(graph)
    columns = _columns(graph)
    routes = []
    for chain, back in zip(chains, backward, strict=True):
        route = [(columns[name], graph.layers[name]) for name in chain]
        routes.append(route[::-1] if back else route)
    return Layout(
        columns={name: columns[name] for name in nodes},
        layers={name: graph.layers[name] for name in nodes},
        routes=routes,
    )


def _backward(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[bool]:
    """For each edge, whether it leads back to a node that is still open in a depth-first search."""
    following: dict[str, list[tuple[int, str]]] = {name: [] for name in nodes}
    for place, (source, target) in enumerate(edges):
        following[source].append((place, target))
    backward = [False] * len(edges)
    done: set[str] = set()
    for root in nodes:
        stack = [(root, iter(following[root]))]
        on_way = {root}
        while stack and root not in done:
            name, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                on_way.discard(name)
                done.add(name)
            elif step[1] in on_way:
                backward[step[0]] = True
            elif step[1] not in done:
                on_way.add(step[1])
                stack.append((step[1], iter(following[step[1]])))
    return backward


def _layers(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Longest path from the top; the edges have no cycle."""
    layers = dict.fromkeys(nodes, 0)
    for _ in nodes:
        changed = False
        for source, target in edges:
            if layers[target] <= layers[source]:
                layers[target] = layers[source] + 1
                changed = True
        if not changed:
            break
    return layers


def _with_bends(graph: _Graph, nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Give each edge a bend in every layer that it passes; returns the chain of each edge."""
    graph.order = [[] for _ in range(max(graph.layers.values(), default=0) + 1)]
    for name in nodes:
        graph.order[graph.layers[name]].append(name)
        graph.width[name] = 1.0
    chains = []
    for place, (source, target) in enumerate(edges):
        chain = [source]
        for layer in range(graph.layers[source] + 1, graph.layers[target]):
            bend = f"\0{place}.{layer}"  # no state can be called so
            graph.layers[bend] = layer
            graph.width[bend] = 0.35
            graph.order[layer].append(bend)
            chain.append(bend)
        chain.append(target)
        for upper, lower in itertools.pairwise(chain):
            graph.below.setdefault(upper, []).append(lower)
            graph.above.setdefault(lower, []).append(upper)
        chains.append(chain)
    return chains


def _reduce_crossings(graph: _Graph) -> None:
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        layers = graph.order if downwards else graph.order[::-1]
        neighbours = graph.above if downwards else graph.below
        for fixed, free in itertools.pairwise(layers):
            place = {name: number for number, name in enumerate(fixed)}
            own = {name: number for number, name in enumerate(free)}
            centres = {}
            for name in free:
                near = [place[other] for other in neighbours.get(name, []) if other in place]
                centres[name] = sum(near) / len(near) if near else own[name]
            free.sort(key=centres.__getitem__)


def _columns(graph: _Graph) -> dict[str, float]:
    columns: dict[str, float] = {}
    for layer in graph.order:
        at = 0.0
        for name in layer:
            columns[name] = at + graph.width[name] / 2
            at += graph.width[name]
    for sweep in range(_SWEEPS):
        neighbours = graph.above if sweep % 2 == 0 else graph.below
        for layer in graph.order if sweep % 2 == 0 else graph.order[::-1]:
            wished = []
            for name in layer:
                near = [columns[other] for other in neighbours.get(name, [])]
                wished.append(sum(near) / len(near) if near else columns[name])
            for name, column in zip(
                layer, _apart([graph.width[name] for name in layer], wished), strict=True
            ):
                columns[name] = column
    least = min((columns[name] - graph.width[name] / 2 for name in columns), default=0.0)
    return {name: column - least for name, column in columns.items()}


def _apart(widths: list[float], wished: list[float]) -> list[float]:
    """The positions nearest to those wished for, in order and without overlap (pool adjacent violators)."""
    offsets = [0.0]
    for left, right in itertools.pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2)
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wished, offsets, strict=False):
        mean, count = wish - offset, 1
        while blocks and blocks[-1][0] > mean:
            previous, number = blocks.pop()
            mean = (previous * number + mean * count) / (number + count)
            count += number
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [base + offset for base, offset in zip(flat, offsets, strict=False)]
