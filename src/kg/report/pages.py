"""The pages of a report, made from its contents by templates that escape every text."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kg.dates import from_number
from kg.report.contents import COMPACT, STANDINGS, Contents
from kg.report.folder import MARK
from kg.report.network import BAR, MOST, STRONGEST, Band, Figure, choose_strongest, draw_network
from kg.report.network import WIDTH as NETWORK_WIDTH
from kg.report.timeline import GUTTER, RIGHT, draw_timelines
from kg.report.timeline import WIDTH as TIMELINE_WIDTH
from kg.report.wording import tell_date

PAGES = {
    "index.html": "Overview",
    "disagreements.html": "Disagreements",
    "timeline.html": "Timeline",
    "network.html": "Who quotes whom",
    "faults.html": "Faults",
}
"""The pages of a report by file name, with the name of each."""


MOST_PAIRS = 500
"""How many comparisons of one type a page shows."""


def render_pages(contents: Contents) -> dict[str, str]:
    """Render the pages by file name; each is complete in itself, and the same contents give the same bytes."""
    environment = _make_environment()
    shared = {
        "contents": contents,
        "pages": PAGES,
        "mark": MARK,
        "standings": STANDINGS,
        "texts": {text.reference: text for text in contents.texts},
    }
    return {
        name: environment.get_template(name).render(**shared, page=name, **_prepare(name, contents)) for name in PAGES
    }


def _prepare(name: str, contents: Contents) -> Mapping[str, Any]:
    """Lay out what a page draws."""
    if name == "timeline.html":
        figures = draw_timelines(contents.dates, contents.texts)
        return {"figures": figures, "width": TIMELINE_WIDTH, "gutter": GUTTER, "right": RIGHT}
    if name == "network.html":
        return {"figures": list(_list_networks(contents)), "width": NETWORK_WIDTH, "bar": BAR}
    if name == "index.html":
        return {
            "properties": [(r["property"], r["meaning"], int(r["claims"])) for r in contents.properties],
            "speakers": [(label, "", claims) for label, claims, _ in contents.speakers],
        }
    return {"compact": COMPACT, "most": MOST_PAIRS} if name == "disagreements.html" else {}


def _list_networks(contents: Contents) -> Iterator[tuple[str, int, Figure]]:
    if contents.quotations:
        yield "", len(contents.quotations), draw_network(choose_strongest(contents.quotations, STRONGEST))
    for author, quotations in contents.by_author:
        yield author, len(quotations), draw_network(choose_strongest(quotations, MOST))


def _make_environment() -> Environment:
    loader = PackageLoader("kg", "templates/report")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"date": tell_date, "px": _to_length, "day": _tell_day, "many": _count, "path": _draw_path}
    return environment


def _to_length(length: float) -> str:
    """Write a length with one digit behind the point at most: enough for a drawing, and the same everywhere."""
    return f"{length:.1f}".removesuffix(".0")


def _tell_day(number: int, calendar: str) -> str:
    return tell_date(str(from_number(number, calendar)))


def _count(number: int, noun: str) -> str:
    """Give a number with its noun, in the plural where it is not one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _draw_path(band: Band) -> str:
    """Write a band as the path of an SVG: curves between columns, straight lines through them."""
    (x, y), *rest = band.points
    told = [f"M{_to_length(x)} {_to_length(y)}"]
    for at, (to_x, to_y) in enumerate(rest):
        if at % 2:
            told.append(f"H{_to_length(to_x)}")
        else:
            bend = 40.0 if band.back else (to_x - x) / 2
            corners = (x + bend, y, to_x - bend, to_y, to_x, to_y)
            told.append(f"C{' '.join(map(_to_length, corners))}")
        x, y = to_x, to_y
    return "".join(told)
