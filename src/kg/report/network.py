"""Where the speakers of a network stand: who quotes to the left, who is quoted to the right.

Layers, stand-ins where a band passes a column, order by the mean place of neighbours: after
K. Sugiyama, S. Tagawa, M. Toda, Methods for Visual Understanding of Hierarchical System Structures (1981).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

from kg.report.contents import Quotation
from kg.report.wording import cut

WIDTH = 900.0
BAR = 6.0
_LETTER = 6.3
"""The width of a letter, on average, in the widest of the fonts that may be there."""

_BEND = 44.0
"""The room between two columns in which bands bend."""

_LEAST, _GAP = 11.0, 3.5
"""The least height of a speaker, and the room between two: together a line of text."""

_THICKEST = 30.0
"""The thickness of the thickest band; the others in proportion."""

_TALL = 27.0
"""A speaker that is higher has its count below its label."""

STRONGEST, MOST = 34, 140
"""How many speakers a figure of the strongest quotations has at most, and how many any other: a page of paper."""


@dataclass(frozen=True, slots=True)
class Node:
    """A speaker: its label cut to fit and whole, its place, and how many claims pass through it.

    `count` tells them as they are drawn, with those that it quotes from itself; `below` the label or after it.
    """

    label: str
    count: str
    full: str
    x: float
    y: float
    width: float
    height: float
    claims: int
    quotes: bool
    below: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A quotation as a band of some thickness through points, in turn where it leaves and where it comes in.

    One that closes a circle leads back.
    """

    quotation: Quotation
    points: tuple[tuple[float, float], ...]
    width: float
    back: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A network laid out in columns; `count` is that of its quotations, those of oneself among them."""

    height: float
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Step:
    """The part of a quotation between two columns that are neighbours; stand-ins are named after it."""

    near: str
    far: str
    claims: int


def choose_strongest(quotations: Sequence[Quotation], most: int) -> tuple[Quotation, ...]:
    """Choose from quotations, given with the strongest first, as many as there is room for their speakers."""
    speakers: set[str] = set()
    chosen = []
    for quotation in quotations:
        wider = speakers | {quotation.quoter, quotation.quoted}
        if len(wider) > most:
            break
        speakers = wider
        chosen.append(quotation)
    return tuple(chosen)


def draw_network(quotations: Sequence[Quotation]) -> Figure:
    """Lay out quotations, given with the strongest first, in columns from who quotes to who is quoted."""
    forward = _drop_circles(quotations)
    layers = _layer(forward, quotations)
    paths = {q: _list_stops(q, layers) for q in forward}
    steps = [_Step(a, b, q.claims) for q, stops in paths.items() for a, b in pairwise(stops)]
    columns = _order(layers | dict(_list_stand_ins(paths, layers)), steps)
    scale = _THICKEST / max(q.claims for q in quotations)
    loads = _count_claims([*steps, *(_Step(q.quoter, q.quoted, q.claims) for q in quotations if q not in forward)])
    heights = {name: max(_LEAST if name in layers else 1.0, scale * loads.get(name, 0)) for c in columns for name in c}
    boxes = _draw_nodes(columns, heights, _stack(columns, heights, steps), quotations)
    bands = [*_draw_bands(paths, steps, boxes, scale), *_draw_back(quotations, forward, boxes)]
    bottom = max(box.y + box.height for box in boxes.values()) + 8
    return Figure(bottom, tuple(boxes[name] for name in layers), tuple(bands), len(quotations))


def _drop_circles(quotations: Iterable[Quotation]) -> tuple[Quotation, ...]:
    """Keep, the strongest first, the quotations that close no circle with those kept before."""
    reached: dict[str, set[str]] = defaultdict(set)
    kept = []
    for q in quotations:
        if q.quoter != q.quoted and q.quoter not in reached[q.quoted]:
            kept.append(q)
            beyond = {q.quoted} | reached[q.quoted]
            for name in [q.quoter, *(name for name, reach in reached.items() if q.quoter in reach)]:
                reached[name] |= beyond
    return tuple(kept)


def _layer(forward: Iterable[Quotation], quotations: Iterable[Quotation]) -> dict[str, int]:
    """Give each speaker the column after the last of those who quote it."""
    quoters: dict[str, set[str]] = {name: set() for q in quotations for name in (q.quoter, q.quoted)}
    for q in forward:
        quoters[q.quoted].add(q.quoter)
    found: dict[str, int] = {}
    for name in TopologicalSorter(quoters).static_order():
        found[name] = 1 + max((found[quoter] for quoter in quoters[name]), default=-1)
    return {name: found[name] for name in quoters}


def _list_stops(q: Quotation, layers: Mapping[str, int]) -> list[str]:
    """List where a quotation stops: its ends, and a stand-in in every column between them."""
    between = range(layers[q.quoter] + 1, layers[q.quoted])
    return [q.quoter, *(f"{q.quoter} {q.quoted} {at}" for at in between), q.quoted]


def _list_stand_ins(paths: Mapping[Quotation, Sequence[str]], layers: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for q, stops in paths.items():
        for at, name in enumerate(stops[1:-1], layers[q.quoter] + 1):
            yield name, at


def _order(layers: Mapping[str, int], steps: Sequence[_Step]) -> list[list[str]]:
    """Order each column by where those stand who quote its speakers, then by how much they are quoted."""
    columns: list[list[str]] = [[] for _ in range(max(layers.values()) + 1)]
    for name, at in layers.items():
        columns[at].append(name)
    loads = _count_claims(steps)
    places: dict[str, float] = {}
    for column in columns:
        pull = _average([(s.far, places[s.near], s.claims) for s in steps if s.near in places])
        column.sort(key=lambda name: (pull.get(name, 0.0), -loads.get(name, 0), name))
        places |= {name: (at + 0.5) / len(column) for at, name in enumerate(column)}
    return columns


def _average(told: Iterable[tuple[str, float, int]]) -> dict[str, float]:
    """Average places by name, each with its weight."""
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, place, weight in told:
        found[name].append((place, weight))
    return {
        name: sum(place * weight for place, weight in pairs) / sum(weight for _, weight in pairs)
        for name, pairs in found.items()
    }


def _count_claims(steps: Iterable[_Step]) -> dict[str, int]:
    """Count for each name the claims that come to it or go from it, whichever are more."""
    given: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for step in steps:
        given[step.near] += step.claims
        taken[step.far] += step.claims
    return {name: max(given[name], taken[name]) for name in given.keys() | taken.keys()}


def _stack(columns: Sequence[Sequence[str]], heights: Mapping[str, float], steps: Sequence[_Step]) -> dict[str, float]:
    """Give every top: the tallest column is packed, the others stand beside those they quote or are quoted by."""
    sizes = [sum(heights[name] + _GAP for name in column) for column in columns]
    tallest = sizes.index(max(sizes))
    tops: dict[str, float] = {}
    for at in [tallest, *range(tallest - 1, -1, -1), *range(tallest + 1, len(columns))]:
        middles = {name: top + heights[name] / 2 for name, top in tops.items()}
        wanted = _average(
            [(s.far, middles[s.near], s.claims) for s in steps if s.near in middles]
            + [(s.near, middles[s.far], s.claims) for s in steps if s.far in middles]
        )
        tops |= _settle(columns[at], heights, wanted, sizes[tallest])
    return tops


def _settle(
    column: Sequence[str], heights: Mapping[str, float], wanted: Mapping[str, float], room: float
) -> dict[str, float]:
    """Put a column's speakers near their wanted middles, in their order, without overlap and within the room."""
    tops: list[float] = []
    floor = 0.0
    for name in column:
        tops.append(max(floor, wanted.get(name, 0.0) - heights[name] / 2))
        floor = tops[-1] + heights[name] + _GAP
    ceiling = room
    for at in range(len(column) - 1, -1, -1):
        tops[at] = max(0.0, min(tops[at], ceiling - heights[column[at]] - _GAP))
        ceiling = tops[at]
    return dict(zip(column, tops, strict=True))


def _draw_nodes(
    columns: Sequence[Sequence[str]],
    heights: Mapping[str, float],
    tops: Mapping[str, float],
    quotations: Sequence[Quotation],
) -> dict[str, Node]:
    """Give every speaker its box, as wide as its label; a stand-in is as wide as labels can be."""
    labels = {q.quoter: q.quoter_label for q in quotations} | {q.quoted: q.quoted_label for q in quotations}
    counts = _tell_counts(quotations)
    quoters = {q.quoter for q in quotations if q.quoter != q.quoted}
    step = (WIDTH - 10) / len(columns)
    boxes = {}
    for at, column in enumerate(columns):
        for name in column:
            bend = 10 if at == len(columns) - 1 else _BEND if name in quoters or name not in labels else _BEND / 2
            place = (at * step + 5, tops[name] + 5, heights[name])
            told = (labels.get(name, ""), *counts.get(name, (0, "")))
            boxes[name] = _draw_node(*told, *place, step - BAR - 8 - bend, name in quoters)
    return boxes


def _draw_node(
    full: str, claims: int, count: str, x: float, y: float, height: float, room: float, quotes: bool
) -> Node:
    below = height > _TALL
    label = cut(full, int(room / _LETTER) - (0 if below else len(count) + 1))
    letters = max(len(label), len(count)) if below else len(label) + len(count) + 1
    width = BAR + 8 + (_LETTER * letters if full else room)
    return Node(label, count, full, x, y, width, height, claims, quotes, below)


def _tell_counts(quotations: Iterable[Quotation]) -> dict[str, tuple[int, str]]:
    """Count the claims of each speaker, and tell them with those that it quotes from itself."""
    told = list(quotations)
    own = {q.quoter: q.claims for q in told if q.quoter == q.quoted}
    loads = _count_claims(_Step(q.quoter, q.quoted, q.claims) for q in told)
    return {name: (load, f"{load} ↺ {own[name]}" if name in own else str(load)) for name, load in loads.items()}


def _draw_bands(
    paths: Mapping[Quotation, Sequence[str]], steps: Sequence[_Step], boxes: Mapping[str, Node], scale: float
) -> Iterator[Band]:
    """Draw the bands, at each speaker one under the other in the order of those at their other ends."""
    leaving = _meet([(s.near, s.far, s.claims) for s in steps], boxes, scale)
    coming = _meet([(s.far, s.near, s.claims) for s in steps], boxes, scale)
    for q, stops in paths.items():
        points = [
            point
            for a, b in pairwise(stops)
            for point in ((boxes[a].x + boxes[a].width, leaving[a, b]), (boxes[b].x, coming[b, a]))
        ]
        yield Band(q, tuple(points), max(0.8, scale * q.claims), back=False)


def _draw_back(
    quotations: Iterable[Quotation], forward: Sequence[Quotation], boxes: Mapping[str, Node]
) -> Iterator[Band]:
    """Draw the quotations that lead back to another speaker; one of oneself stands with the speaker's label."""
    for q in quotations:
        if q not in forward and q.quoter != q.quoted:
            a, b = boxes[q.quoter], boxes[q.quoted]
            points = ((a.x + a.width, a.y + a.height / 2), (b.x, b.y + b.height / 2))
            yield Band(q, points, 1.2, back=True)


def _meet(
    ends: Iterable[tuple[str, str, int]], boxes: Mapping[str, Node], scale: float
) -> dict[tuple[str, str], float]:
    """Give for each (near, far, claims) the height at which its band meets the near end."""
    at: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
    for near, far, claims in ends:
        at[near].append((boxes[far].y, far, claims))
    met = {}
    for name, own in at.items():
        box = boxes[name]
        y = box.y + max(0.0, box.height - scale * sum(claims for _, _, claims in own)) / 2
        for _, far, claims in sorted(own):
            met[name, far] = y + scale * claims / 2
            y += scale * claims
    return met
