"""Students and known works joined by similar pairs, and a place in the plane for each, for a picture without scripts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from arena.integrity.models import SimilarPair

WIDTH = 760
MOST_NODES = 80
LETTER = 7.0  # a letter's usual width


@dataclass(frozen=True, kw_only=True)
class Group:
    """Who is joined by pairs at or above the threshold; `pairs` are theirs, most similar first."""

    pairs: tuple[SimilarPair, ...]
    members: tuple[str, ...]
    n_students: int


@dataclass(frozen=True, kw_only=True)
class Node:
    """Numbers are text, so that no language writes them with commas."""

    x: str
    y: str
    text_x: str
    text_y: str
    anchor: str
    label: str
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Edge:
    x1: str
    y1: str
    x2: str
    y2: str
    width: str
    pair: SimilarPair


@dataclass(frozen=True, kw_only=True)
class Graph:
    """`n_left_out` members of small groups had no room."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: int
    n_left_out: int
    width: int = WIDTH


def groups(pairs: Iterable[SimilarPair], *, flag: float = 0.5, least: int = 3) -> list[Group]:
    """Groups of at least so many members, the largest first."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    flagged = [pair for pair in pairs if pair.similarity >= flag]
    for pair in flagged:
        one, other = pair.who
        parent[root(one)] = root(other)
    found: dict[str, list[SimilarPair]] = {}
    for pair in flagged:
        found.setdefault(root(pair.who[0]), []).append(pair)
    made = []
    for rows in found.values():
        members = tuple(dict.fromkeys(key for pair in rows for key in pair.who))
        n_students = sum(not key.startswith("w") for key in members)
        made.append(Group(pairs=tuple(rows), members=members, n_students=n_students))
    return sorted((group for group in made if len(group.members) >= least), key=lambda g: -len(g.members))


def graph(found: Sequence[Group]) -> Graph:
    """Each group as a ring, one beside the other. A person is named only if every pair shown at the ring's point is revealed."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    x, y, row_height, n_left_out = 0.0, 0.0, 0.0, 0
    for group in found:
        if len(nodes) + len(group.members) > MOST_NODES:
            n_left_out += len(group.members)
            continue
        radius = min(max(30.0, 11.0 * len(group.members)), 180.0)
        labels = _labels(group)
        room = LETTER * max(map(len, labels.values())) + 24
        width, height = 2 * radius + 2 * room, 2 * radius + 64
        if x and x + width > WIDTH:
            x, y, row_height = 0.0, y + row_height, 0.0
        middle = x + width / 2
        places = _ring(group.members, middle, y + height / 2, radius)
        for key, (left, top) in places.items():
            nodes.append(_node(left, top, middle, y + height / 2, label=labels[key], is_known=key.startswith("w")))
        for pair in group.pairs:
            (x1, y1), (x2, y2) = (places[key] for key in pair.who)
            edges.append(
                Edge(
                    x1=f"{x1:.1f}",
                    y1=f"{y1:.1f}",
                    x2=f"{x2:.1f}",
                    y2=f"{y2:.1f}",
                    width=f"{1.5 + 5 * pair.similarity**2:.1f}",
                    pair=pair,
                )
            )
        x, row_height = x + width, max(row_height, height)
    return Graph(nodes=tuple(nodes), edges=tuple(edges), height=math.ceil(y + row_height), n_left_out=n_left_out)


def _node(x: float, y: float, middle_x: float, middle_y: float, *, label: str, is_known: bool) -> Node:
    """A point with its label on the ring's outside: beside it, or above or below where that is further out."""
    is_beside = abs(x - middle_x) > 0.4 * abs(y - middle_y)
    side = 13 if x > middle_x else -13
    below = 23 if y > middle_y else -13
    return Node(
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        text_x=f"{x + side if is_beside else x:.1f}",
        text_y=f"{y + 5 if is_beside else y + below:.1f}",
        anchor=("start" if side > 0 else "end") if is_beside else "middle",
        label=label,
        is_known=is_known,
    )


def _ring(members: Sequence[str], x: float, y: float, radius: float) -> Mapping[str, tuple[float, float]]:
    """Points of a circle, the first two on a level."""
    turn = 2 * math.pi / len(members)
    start = -math.pi / 2 - turn / 2
    return {
        key: (x + radius * math.cos(start + n * turn), y + radius * math.sin(start + n * turn))
        for n, key in enumerate(members)
    }


def _labels(group: Group) -> dict[str, str]:
    found: dict[str, tuple[str, str, bool]] = {}
    for pair in group.pairs:
        keys = (str(pair.a.user_id), str(pair.b.user_id) if pair.b else f"w{pair.work_id}")
        sides = zip(keys, (pair.label_a, pair.label_b), (pair.name_a, pair.name_b), strict=True)
        for key, label, name in sides:
            is_named = found.get(key, ("", "", True))[2] and pair.revealed_at is not None
            found[key] = (label, name if is_named else label, is_named)
    return {key: (name if is_named else label)[:22] for key, (label, name, is_named) in found.items()}
