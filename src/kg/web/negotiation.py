"""Formats on offer, and which of them a request asks for: by `?format=`, else by its Accept header."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.errors import KgError


class UnacceptableError(KgError):
    """Nothing on offer is what the request asks for."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the name that `?format=` takes, its media type, and other types it may go under."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A format that was chosen, and the media type under which it is sent."""

    format: Format
    media_type: str

    @property
    def content_type(self) -> str:
        """Give the header: the text formats tell their encoding."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


PAGE = Format("html", "text/html")
RESULTS = (
    Format("json", "application/sparql-results+json", ("application/json",)),
    Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml")),
    Format("csv", "text/csv"),
    Format("tsv", "text/tab-separated-values"),
    PAGE,
)
"""How rows and truths can be had; the first is the one for those who do not mind."""
GRAPHS = (
    Format("turtle", "text/turtle", ("application/x-turtle",)),
    Format("trig", "application/trig"),
    Format("ntriples", "application/n-triples"),
    Format("nquads", "application/n-quads"),
    Format("jsonld", "application/ld+json", ("application/json",)),
    Format("rdfxml", "application/rdf+xml", ("application/xml", "text/xml")),
    PAGE,
)
"""How a graph can be had."""

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^,]*)?)\Z")
_WEIGHT = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|\Z)", re.IGNORECASE)


def choose_format(offers: Sequence[Format], asked: str | None, accept: str | None) -> Choice:
    """Choose a format by the name or media type asked for, else by an Accept header.

    Raises UnacceptableError, which lists what is on offer.
    """
    if asked is not None:
        choice = next((_name(offer, asked) for offer in offers if asked in _list_names(offer)), None)
    else:
        choice = _weigh(offers, accept or "*/*")
    if choice is None:
        names = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
        raise UnacceptableError(f"this answer can be had as {names}")
    return choice


def _list_names(offer: Format) -> tuple[str, ...]:
    return (offer.name, offer.media_type, *offer.aliases)


def _name(offer: Format, asked: str) -> Choice:
    return Choice(offer, offer.media_type if asked == offer.name else asked)


def _weigh(offers: Sequence[Format], accept: str) -> Choice | None:
    """Weigh the offers; of those that weigh the same the first is taken. An alias must be asked for by name."""
    ranges = list(_read_ranges(accept))
    named = {f"{kind}/{name}" for kind, name, _ in ranges}
    choices = [Choice(offer, offer.media_type) for offer in offers]
    choices += [Choice(offer, alias) for offer in offers for alias in offer.aliases if alias in named]
    best = max(choices, key=lambda choice: _find_weight(choice.media_type, ranges))
    return best if _find_weight(best.media_type, ranges) > 0 else None


def _read_ranges(accept: str) -> Iterable[tuple[str, str, float]]:
    """Read the media ranges of an Accept header; what is not well formed is passed over."""
    for part in accept.split(","):
        found = _RANGE.match(part)
        if found:
            weight = _WEIGHT.search(found[3])
            yield found[1].lower(), found[2].lower(), float(weight[1]) if weight else 1.0


def _find_weight(media_type: str, ranges: Iterable[tuple[str, str, float]]) -> float:
    """Give the weight of the closest range that has this type."""
    kind, _, name = media_type.partition("/")
    fits = [
        ((first != "*") + (second != "*"), weight)
        for first, second, weight in ranges
        if first in ("*", kind) and second in ("*", name)
    ]
    return max(fits, default=(0, 0.0))[1]
