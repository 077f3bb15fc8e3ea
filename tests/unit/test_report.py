"""A report tells what the build holds, in pages that are whole, linked and safe whatever the labels say."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from conftest import build_dataset

from kg.builds import Build, Graph, read_build, write_build
from kg.checks import read_corpus
from kg.dates import GREGORIAN, Day, to_number
from kg.errors import OutsideError, UsageError
from kg.faults import find_faults, write_faults
from kg.layout import find_folder
from kg.reader import open_build
from kg.report import read_contents, render_pages, write_folder
from kg.report.contents import Claim, Contents, Dated, Quotation, Text
from kg.report.network import MOST, choose_strongest, draw_network
from kg.report.timeline import RIGHT, Mark, draw_timelines, find_windows
from kg.report.wording import cut, split_name, tell_date, wrap
from kg.store import open_store

HOSTILE = '</title></svg><script>document.title="owned"</script><img src=x onerror=alert(1)> & "quoted"'
FILES = {"index.html", "disagreements.html", "timeline.html", "network.html", "faults.html"}


@pytest.fixture(scope="module")
def contents(built: Build) -> Contents:
    """Give what a report tells of the small dataset."""
    return read_contents(open_build(built.folder))


@pytest.fixture(scope="module")
def pages(contents: Contents) -> dict[str, str]:
    """Give the pages of the small dataset's report."""
    return render_pages(contents)


def change(path: Path, row: str, column: str, value: str) -> None:
    """Set one cell of a table, in the row of an id."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    next(found for found in rows if found["id"] == row)[column] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def rebuild(data: Path, out: Path) -> Build:
    """Build a changed copy of the small dataset."""
    return build_dataset(read_corpus(data, find_folder("ontology")), out)


def add_faults(build: Build, out: Path) -> Build:
    """Give a build with the graph of the faults that the rules find in it, whatever the build had of them."""
    iri = build.base.graph("faults")
    shapes = (find_folder("shapes") / "criticism.ttl").read_text("utf-8")
    graphs = [
        Graph(name, graph["file"], (build.folder / graph["file"]).read_text("utf-8"))
        for name, graph in build.manifest["graphs"].items()
        if name != iri
    ]
    found = write_faults(find_faults(open_store(build.store), shapes), build.base)
    about = {name: build.manifest[name] for name in ("base", "title", "prefixes")}
    return write_build(out, [*graphs, Graph(iri, "graphs/faults.ttl", found)], about)


def drop_faults(build: Build, out: Path) -> Build:
    """Give a build that was not searched for faults."""
    graphs = [
        Graph(name, graph["file"], (build.folder / graph["file"]).read_text("utf-8"))
        for name, graph in build.manifest["graphs"].items()
        if name != build.base.graph("faults")
    ]
    return write_build(out, graphs, {name: build.manifest[name] for name in ("base", "title", "prefixes")})


# ---- What it tells ----


def test_the_card_counts_what_the_build_holds(contents: Contents) -> None:
    assert contents.claims == 32
    assert {text.short: (text.claims, text.read) for text in contents.texts} == {
        "chronicle": (24, 1),
        "letters": (8, 1),
    }
    assert sum(claims for _, claims, _ in contents.speakers) == 32
    assert sum(int(record["claims"]) for record in contents.properties) == 32
    for text in contents.texts:
        assert sum(text.standings.values()) == sum(text.depths.values()) == text.claims
    assert contents.single == sum(counts[0] + counts[1] for (_, most), counts in contents.witnessed if most == 1) > 0


def test_contradictions_come_first_and_both_sides_are_told(contents: Contents) -> None:
    assert contents.groups[0].type == "contradiction"
    assert contents.contradictions == len(contents.groups[0].pairs) > 0
    pair = next(p for p in contents.groups[0].pairs if p.reference == "comparison/chronicle/0010/letters/0004")
    assert [side.answer for side in (pair.one, pair.other)] == ["24 members", "26 members"]
    assert [link.label for link in pair.other.chain] == ["Klara Voss", "Friends of Klara Voss"]
    assert pair.question.endswith(": numbered")
    assert pair.meaning


def test_a_side_tells_its_dates_qualifiers_and_witnesses(contents: Contents) -> None:
    pairs = {pair.reference: pair for group in contents.groups for pair in group.pairs}
    dated = pairs["comparison/chronicle/0005/letters/0001"].one
    assert (dated.told["julian"], dated.told["gregorian"]) == ("1801-03-03", "1801-03-15")
    assert dated.told["printed"] == "3 March 1801 (Old Style)"
    assert dated.witnesses is not None
    assert dated.witnesses.labels == ("Klara Voss", "Petrus Anker")
    office = pairs["comparison/chronicle/0009/letters/0002"]
    assert office.one.qualifiers == (("role", "chairman"),)
    assert office.other.witnesses is None


def test_dates_are_told_in_order_and_those_in_dispute_lead_to_it(
    contents: Contents, data: Path, tmp_path: Path
) -> None:
    assert [(d.number, d.claim.told["gregorian"], d.disputed) for d in contents.dates] == [
        (1, "1801-03-15", ""),
        (2, "1801-03-15", ""),
        (3, "1801-03-16", ""),
    ]
    change(data / "assertions/letters.csv", "0001", "date", "1801-05-15")
    changed = read_contents(open_build(rebuild(data, tmp_path / "build").folder))
    assert Counter(d.disputed for d in changed.dates) == {"comparison/chronicle/0005/letters/0001": 2, "": 1}


def test_a_quotation_counts_the_claims_that_pass_through_it(contents: Contents) -> None:
    told = {(q.quoter_label, q.quoted_label): (q.claims, q.modes, q.texts) for q in contents.quotations}
    assert told["Petrus Anker", "Klara Voss"] == (2, ("paraphrase",), ("chronicle",))
    assert told["Klara Voss", "Ferryman of Veldhaven"] == (2, ("paraphrase", "verbatim"), ("chronicle", "letters"))
    under = dict(contents.by_author)
    assert {q.quoted_label for q in under["Petrus Anker"]} == {"Klara Voss", "Ferryman of Veldhaven", "Jonas Brandt"}


def test_faults_are_told_with_their_claims_or_that_none_were_searched_for(
    built: Build, data: Path, tmp_path: Path
) -> None:
    unsearched = drop_faults(built, tmp_path / "unsearched")
    without = read_contents(open_build(unsearched.folder))
    assert without.faults is None
    assert "was not searched for faults" in render_pages(without)["faults.html"]
    none = read_contents(open_build(add_faults(unsearched, tmp_path / "none").folder))
    assert none.faults == ()
    assert "none was found" in render_pages(none)["faults.html"]
    change(data / "assertions/chronicle.csv", "0011", "value", "16")
    found = read_contents(open_build(add_faults(rebuild(data, tmp_path / "b"), tmp_path / "found").folder))
    assert found.faults is not None
    (fault,) = [fault for fault in found.faults if "16" in fault.message]
    assert {"assertion/chronicle/0010", "assertion/chronicle/0011"} <= {claim.reference for claim in fault.claims}
    page = render_pages(found)["faults.html"]
    assert fault.rule in page
    assert all(claim.reference in page for claim in fault.claims)


# ---- Words ----


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1917", "1917"),
        ("1917-10", "October 1917"),
        ("1917-10-05", "5 October 1917"),
        ("1917-10~", "about October 1917"),
        ("1917-10-25?", "perhaps 25 October 1917"),
        ("1917-10-25/1917-10-26", "25 – 26 October 1917"),
        ("1917-09-30/1917-10-01", "30 September – 1 October 1917"),
        ("1916-12-19/1917-12-18", "19 December 1916 – 18 December 1917"),
        ("1917-10-25/..", "from 25 October 1917"),
        ("../1917-10", "until October 1917"),
        ("1917-10/1917-10", "October 1917"),
        ("191X", "191X"),
        ("-0044-03-15", "-0044-03-15"),
    ],
)
def test_a_date_is_told_in_words(text: str, words: str) -> None:
    assert tell_date(text) == words


def test_names_of_rules_become_words_and_long_labels_are_cut() -> None:
    assert split_name("PartsAboveWholeShape") == "Parts above whole"
    assert split_name("") == ""
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abc defgh", 5) == "abc…"
    assert wrap("one two three four five six", 9, 2) == ["one two", "three fo…"]
    assert wrap("", 9, 2) == []


# ---- Timelines ----

TEXTS = [Text(f"text/{n}", str(n), f"Text {n} of a history", {}, 1, 1, 1, {}, {}) for n in range(3)]


def make_dates(days: Iterable[tuple[int, int]]) -> list[Dated]:
    """Make dated claims of the days given, from the first to the last possible, in turn of three texts."""
    return [
        Dated(
            n,
            Claim(
                f"assertion/{n}", f"text/{n % 3}", (), {"gregorian": f"{a}/{b}", "standing": "affirms"}, "", (), None
            ),
            a,
            b,
            "",
        )
        for n, (a, b) in enumerate(sorted(days), 1)
    ]


def day(year: int, month: int = 1, number: int = 1) -> int:
    """Give the Julian Day Number of a Gregorian day."""
    return to_number(Day(year, month, number), GREGORIAN)


BUSY = [(day(1917, 11, n % 5 + 5),) * 2 for n in range(40)]
LONG = [(day(1789), day(1794) - 1), (day(1917), day(1928) - 1), (day(1917, 10), day(1917, 11)), (day(2018),) * 2]
DATES = make_dates([*BUSY, *LONG])


def test_the_whole_span_has_every_claim_and_folds_empty_years() -> None:
    whole, *windows = draw_timelines(DATES, TEXTS)
    assert whole.count == len(DATES)
    assert sum(fold.years for fold in whole.folds) == (1792 - 1789) + (1916 - 1793) + (1926 - 1917) + (2017 - 1927)
    places = [tick.x for tick in whole.new]
    assert places == sorted(places)
    assert all(later - place >= 11 for place, later in pairwise(places))
    assert {"1789", "1917", "2018"} <= {tick.label for tick in whole.new}
    assert windows


def test_windows_are_where_the_data_are_dense() -> None:
    months, fortnight = find_windows(DATES)
    assert months[0] <= day(1917, 11, 5) < day(1917, 11, 9) < months[1]
    assert fortnight == (day(1917, 11, 5), day(1917, 11, 19))
    assert find_windows(make_dates(LONG)) == []
    apart = find_windows(make_dates([(day(1900, 1, 1),) * 2] * 6 + [(day(1950, 1, 1),) * 2] * 7))
    assert apart[-2:] == [(day(1900), day(1900, 1, 15)), (day(1950), day(1950, 1, 15))]


def list_marks(mark: Mark) -> tuple[float, float, float, float]:
    """Give the sides of a mark."""
    return mark.x, mark.x + mark.width, mark.y, mark.y + mark.height


def test_marks_stay_in_their_lane_and_do_not_touch() -> None:
    figures = draw_timelines(DATES, TEXTS)
    assert [figure.numbered for figure in figures] == [False, False, True]
    for figure in figures:
        for lane in figure.lanes:
            sides = [list_marks(mark) for mark in lane.marks]
            assert all(b <= RIGHT + 0.01 and lane.y <= c and d <= lane.y + lane.height for _, b, c, d in sides)
            for one, other in combinations(sides, 2):
                assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]


def test_a_bar_reaches_from_the_first_to_the_last_possible_day() -> None:
    figure = draw_timelines(make_dates([*BUSY, (day(1917, 11, 6), day(1917, 11, 8))]), TEXTS)[-1]
    (bar,) = [mark for lane in figure.lanes for mark in lane.marks if mark.dates[0].earliest != mark.dates[0].latest]
    width = {tick.label: tick.x for tick in figure.new if not tick.major}
    step = width["7"] - width["6"]
    assert bar.x == pytest.approx(width["6"] - step / 2)
    assert bar.width == pytest.approx(3 * step)


def test_both_calendars_are_thirteen_days_apart_in_their_century() -> None:
    figure = draw_timelines(DATES, TEXTS)[-1]
    new, old = ({t.x: t.label for t in ticks if not t.major} for ticks in (figure.new, figure.old))
    assert new.keys() == old.keys()
    assert [new[x] for x in sorted(new)][:3] == ["5", "6", "7"]
    assert [old[x] for x in sorted(old)][:3] == ["23", "24", "25"]
    assert [t.label for t in figure.old if t.major] == ["Oct 1917", "Nov 1917"]


def test_claims_of_one_date_are_one_mark_where_a_day_is_narrow() -> None:
    whole = draw_timelines(make_dates([(day(1900),) * 2] * 9 + [(day(1950),) * 2]), TEXTS)[0]
    marks = [mark for lane in whole.lanes for mark in lane.marks]
    assert sorted(len(mark.dates) for mark in marks) == [1, 3, 3, 3]
    assert {len(mark.dates): mark.height for mark in marks}[3] > {len(mark.dates): mark.height for mark in marks}[1]


@pytest.mark.parametrize("days", [[], [(day(1917),) * 2], [(day(-50), day(3000))], [(day(1900), day(1950))] * 4])
def test_any_dates_can_be_drawn(days: list[tuple[int, int]]) -> None:
    figures = draw_timelines(make_dates(days), TEXTS)
    assert [figure.count for figure in figures[:1]] == ([len(days)] if days else [])


# ---- Networks ----


def quote(quoter: str, quoted: str, claims: int) -> Quotation:
    """Make a quotation between two speakers, labelled as they are named."""
    return Quotation(quoter, quoted, quoter, quoted, claims, ("paraphrase",), ("000",))


QUOTATIONS = (
    quote("serf", "abbot", 60),
    quote("serf", "baker", 30),
    quote("abbot", "clerk", 20),
    quote("serf", "clerk", 10),
    quote("abbot", "abbot", 5),
    quote("clerk", "serf", 1),
)


def test_who_is_quoted_stands_to_the_right_of_who_quotes() -> None:
    figure = draw_network(QUOTATIONS)
    places = {node.full: node.x for node in figure.nodes}
    assert places["serf"] < places["abbot"] == places["baker"] < places["clerk"]
    forward = [band for band in figure.bands if not band.back]
    assert {(band.quotation.quoter, band.quotation.quoted) for band in forward} == {
        (q.quoter, q.quoted) for q in QUOTATIONS[:4]
    }
    assert all(band.points[0][0] < band.points[-1][0] for band in forward)
    assert [band.quotation.quoter for band in figure.bands if band.back] == ["clerk"]


def test_bands_are_as_thick_as_claims_pass_and_a_long_one_runs_through_free_room() -> None:
    figure = draw_network(QUOTATIONS)
    width = {(band.quotation.quoter, band.quotation.quoted): band.width for band in figure.bands}
    assert width["serf", "abbot"] == pytest.approx(6 * width["serf", "clerk"])
    (long,) = [band for band in figure.bands if len(band.points) > 2]
    (enter, y), (leave, level) = long.points[1:3]
    assert y == pytest.approx(level)
    for node in figure.nodes:
        if enter - 1 < node.x < leave:
            assert not node.y < y < node.y + node.height


def test_who_quotes_itself_is_told_with_its_count() -> None:
    assert {node.full: node.count for node in draw_network(QUOTATIONS).nodes}["abbot"] == "65 ↺ 5"


def test_speakers_do_not_overlap_and_circles_of_any_kind_are_drawn() -> None:
    names = [f"speaker {n}" for n in range(60)]
    tangle = [quote(a, b, 1 + (n * 7) % 11) for n, (a, b) in enumerate(zip(names, names[1:] + names[:1], strict=True))]
    tangle += [quote(a, a, 2) for a in names[:5]] + [quote(names[0], b, 3) for b in names[2:40]]
    figure = draw_network(sorted(tangle, key=lambda q: -q.claims))
    assert len(figure.nodes) == 60
    assert len(figure.bands) == len(tangle) - 5
    for one, other in combinations(figure.nodes, 2):
        assert one.x != other.x or one.y + one.height <= other.y or other.y + other.height <= one.y
    assert all(node.y + node.height <= figure.height for node in figure.nodes)


def test_the_strongest_quotations_are_chosen_until_the_figure_is_full() -> None:
    assert choose_strongest(QUOTATIONS, 3) == QUOTATIONS[:2]
    assert choose_strongest(QUOTATIONS, MOST) == QUOTATIONS


# ---- Pages ----


class Page(HTMLParser):
    """What a page is made of: elements with their attributes, its text by element, ids and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append((self._open[-1] if self._open else "", data))

    def close(self) -> None:
        super().close()
        assert self._open == []

    def list_values(self, name: str) -> Iterator[str]:
        """List the values of an attribute, on whatever element."""
        return (value for _, attributes in self.elements if (value := attributes.get(name)) is not None)


def test_there_is_a_page_for_each_thing_and_every_one_is_well_formed(pages: dict[str, str]) -> None:
    assert set(pages) == FILES
    for text in pages.values():
        page = Page(text)
        page.close()
        assert sum(tag == "h1" for tag, _ in page.elements) == 1
        assert sum(tag == "main" for tag, _ in page.elements) == 1


def test_every_link_leads_somewhere_within_the_report(pages: dict[str, str]) -> None:
    read = {name: Page(text) for name, text in pages.items()}
    ids = {name: Counter(page.list_values("id")) for name, page in read.items()}
    links = [(name, link) for name, page in read.items() for link in page.list_values("href")]
    assert len(links) > 30
    assert [(name, id_) for name, counts in ids.items() for id_, count in counts.items() if count > 1] == []
    for name, link in links:
        target, _, fragment = link.partition("#")
        assert link == "data:," or (target or name) in pages
        assert not fragment or fragment in ids[target or name]


def test_every_comparison_and_dated_claim_has_an_anchor_of_its_name(pages: dict[str, str], contents: Contents) -> None:
    anchors = set(Page(pages["disagreements.html"]).list_values("id"))
    assert {pair.reference for group in contents.groups for pair in group.pairs} <= anchors
    assert {d.claim.reference for d in contents.dates} <= set(Page(pages["timeline.html"]).list_values("id"))


def test_nothing_is_fetched_and_nothing_runs(pages: dict[str, str]) -> None:
    for text in pages.values():
        page = Page(text)
        assert {"script", "iframe", "object", "img"}.isdisjoint(tag for tag, _ in page.elements)
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        assert "url(" not in text
        assert "@import" not in text
        assert "default-src 'none'" in text


def test_pages_are_made_for_readers_who_do_not_see_them(pages: dict[str, str]) -> None:
    plots = 0
    for text in pages.values():
        page = Page(text)
        levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
        assert all(later <= level + 1 for level, later in pairwise([0, *levels]))
        assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
        assert ("html", {"lang": "en"}) in page.elements
        ids = set(page.list_values("id"))
        for tag, attributes in page.elements:
            if tag == "svg" and attributes.get("role") == "img":
                plots += 1
                assert set((attributes["aria-labelledby"] or "").split()) <= ids
            assert tag != "svg" or attributes.get("role") == "img" or attributes.get("aria-hidden") == "true"
    assert plots >= 3


def test_hostile_labels_come_out_as_text_in_pages_and_plots(data: Path, tmp_path: Path) -> None:
    change(data / "persons.csv", "klara-voss", "label", HOSTILE)
    change(data / "events.csv", "flood", "label", HOSTILE)
    change(data / "texts.csv", "letters", "label", HOSTILE)
    change(data / "assertions/letters.csv", "0001", "gist", f"{HOSTILE}.")
    change(data / "assertions/letters.csv", "0001", "date_printed", "<i>15</i> March")
    hostile = render_pages(read_contents(open_build(rebuild(data, tmp_path / "build").folder)))
    for name, text in hostile.items():
        page = Page(text)
        page.close()
        assert {"script", "img", "i"}.isdisjoint(
            {tag for tag, _ in page.elements} - ({"i"} if name == "index.html" else set())
        )
    for name, where in (
        ("network.html", "title"),
        ("timeline.html", "title"),
        ("disagreements.html", "h3"),
        ("index.html", "span"),
    ):
        told = "".join(words for tag, words in Page(hostile[name]).text if tag == where)
        assert HOSTILE[:40] in told


def test_the_same_build_gives_the_same_bytes(built: Build, pages: dict[str, str]) -> None:
    assert render_pages(read_contents(open_build(built.folder))) == pages


def test_more_comparisons_than_a_page_can_hold_are_told_to_be_elsewhere(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.report.pages.MOST_PAIRS", 1)
    page = render_pages(contents)["disagreements.html"]
    assert f"1 of {contents.contradictions} are shown; <code>kg conflicts --type contradiction</code>" in page


# ---- The folder ----


def read_folder(folder: Path) -> dict[str, str]:
    """Give the pages of a folder by name."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_folder_is_written_and_replaced_as_a_whole(pages: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "of" / "report"
    write_folder(out, pages)
    assert read_folder(out) == pages
    fewer = {"index.html": pages["index.html"]}
    write_folder(out, fewer)
    assert read_folder(out) == fewer
    assert list(out.parent.iterdir()) == [out]


def test_an_empty_folder_may_become_a_report(pages: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    write_folder(tmp_path / "report", pages)
    assert read_folder(tmp_path / "report") == pages


@pytest.mark.parametrize("there", ["notes.txt", "index.html", "inner/page.html"])
def test_what_is_no_report_is_left_alone(there: str, pages: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "report" / there
    path.parent.mkdir(parents=True)
    path.write_text("<p>mine</p>", "utf-8")
    with pytest.raises(UsageError, match="is no report"):
        write_folder(tmp_path / "report", pages)
    assert path.read_text("utf-8") == "<p>mine</p>"
    assert list(tmp_path.iterdir()) == [tmp_path / "report"]


def test_a_link_or_a_file_in_its_place_is_left_alone(pages: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to("elsewhere")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="is no report"):
            write_folder(tmp_path / name, pages)
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_a_failure_leaves_the_old_report_and_nothing_else(pages: dict[str, str], tmp_path: Path) -> None:
    write_folder(tmp_path / "report", pages)
    with pytest.raises(OutsideError, match="cannot be written"):
        write_folder(tmp_path / "report", {"index.html": "new", "missing/page.html": "new"})
    assert read_folder(tmp_path / "report") == pages
    assert list(tmp_path.iterdir()) == [tmp_path / "report"]


def test_a_report_that_was_kept_aside_when_a_run_was_killed_comes_back(pages: dict[str, str], tmp_path: Path) -> None:
    write_folder(tmp_path / "report", pages)
    (tmp_path / "report").rename(tmp_path / ".report.before")
    with pytest.raises(OutsideError):
        write_folder(tmp_path / "report", {"missing/page.html": "new"})
    assert read_folder(tmp_path / "report") == pages


def test_a_folder_that_is_no_build_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="kg build"):
        read_contents(open_build(tmp_path))
    assert not (tmp_path / "build.json").exists()
    with pytest.raises(OutsideError):
        read_build(tmp_path)
