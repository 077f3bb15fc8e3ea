"""From names to matches: what a corpus asks for, what is proposed for it, and what a person made of that.

Proposals are a file beside the dataset. Only a row that somebody judged becomes a row of `matches`.
"""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import polars as pl

from kg.checks import TABLE_OF
from kg.claims import gather_claims
from kg.dates import GREGORIAN, DateError, read_date
from kg.description import Table
from kg.errors import DataError, Place, Problem
from kg.matching import LISTED, Days, Named, Score, judge
from kg.model import Corpus
from kg.tables import write_table

JUDGEMENTS = ("same", "different", "unsure")
BY_RULE = "semapv:LexicalSimilarityThresholdMatching"
"""How the justification of a match begins that no person judged (a term of SSSOM's vocabulary)."""

_NAMES, _BORN, _DIED = "named", "bornOn", "diedOn"
_WIDEST_LIFE = 800
"""Days that claims on a birth or death may be apart and still tell persons apart."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something described elsewhere, by its IRI, and how it fits the subject."""

    named: Named
    description: str
    types: str
    score: Score

    @property
    def iri(self) -> str:
        """Give the IRI of the candidate."""
        return self.named.reference


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row of the file of proposals; a person fills in `judgement` and, if need be, `justification`."""

    judgement: str
    subject: str
    label: str
    object: str
    candidate: str
    description: str
    types: str
    score: str
    verdict: str
    reasons: str
    justification: str


# ---- What a corpus asks for ----


def list_named(corpus: Corpus) -> list[Named]:
    """List every entity with its label, its name forms but mere descriptions, and the dates claimed of its life."""
    names = _collect_names(corpus)
    born, died = (_collect_days(corpus, name) for name in (_BORN, _DIED))
    return [
        Named(
            reference, kind, tuple(dict.fromkeys((label, *names[reference]))), born.get(reference), died.get(reference)
        )
        for kind, table in TABLE_OF.items()
        for reference, label in corpus.frames[table].select(_refer(kind), "label").iter_rows()
    ]


def _refer(kind: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{kind}/"), "id")


def _collect_names(corpus: Corpus) -> Mapping[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    forms = corpus.frames["names"].filter(pl.col("kind") != "description").select("entity", "form")
    claimed = gather_claims(corpus).filter((pl.col("property") == _NAMES) & (pl.col("standing") == "affirms"))
    for entity, form in (*forms.iter_rows(), *claimed.select("subject", "value").drop_nulls().iter_rows()):
        names[entity].append(form)
    return names


def _collect_days(corpus: Corpus, property_: str) -> dict[str, Days]:
    """Give the days between which the claims on a property lie, where they lie close enough to say something."""
    claims = gather_claims(corpus).filter((pl.col("property") == property_) & (pl.col("standing") == "affirms"))
    ends = (
        claims.drop_nulls(["earliest_day", "latest_day"])
        .group_by("subject")
        .agg(pl.col("earliest_day").min(), pl.col("latest_day").max())
    )
    close = ends.filter(pl.col("latest_day") - pl.col("earliest_day") <= _WIDEST_LIFE)
    return {subject: Days(first, last) for subject, first, last in close.iter_rows()}


def list_titles(corpus: Corpus) -> frozenset[str]:
    """List the words by which the dataset calls roles, which stand before names and are no part of them."""
    labels = corpus.frames["concepts"].filter(pl.col("scheme") == "role")["label"]
    return frozenset(label.casefold() for label in labels if " " not in label)


def read_days(texts: Iterable[str]) -> Days | None:
    """Read dates as services give them (ISO 8601, Gregorian); 1 January stands for the year.

    What cannot be read is passed over; None where nothing is left.
    """
    found = [days for text in texts for days in _read_day(text)]
    return Days(min(day.earliest for day in found), max(day.latest for day in found)) if found else None


def _read_day(text: str) -> Iterator[Days]:
    day = text.partition("T")[0]
    try:
        read = read_date(day.removesuffix("-01-01"), GREGORIAN)
    except DateError:
        return
    if read.earliest is not None and read.latest is not None:
        yield Days(read.earliest, read.latest)


# ---- What is proposed ----


def propose(subject: Named, candidates: Iterable[Candidate], most: int) -> list[Proposal]:
    """Give the best candidates for an entity as rows, each with the verdict over all of them.

    What has next to nothing in common with it is left out, whatever the service thinks of it.
    """
    likely = [candidate for candidate in candidates if candidate.score.value >= LISTED]
    ranked = sorted(likely, key=lambda candidate: (-candidate.score.value, candidate.iri))
    verdict = judge([candidate.score.value for candidate in ranked])
    return [
        Proposal(
            judgement="",
            subject=subject.reference,
            label=_guard(subject.names[0]),
            object=candidate.iri,
            candidate=_guard(candidate.named.names[0]),
            description=_guard(candidate.description),
            types=_guard(candidate.types),
            score=f"{candidate.score.value:.2f}",
            verdict=verdict if at == 0 or verdict != "found" else "",
            reasons=_guard(candidate.score.explain()),
            justification="",
        )
        for at, candidate in enumerate(ranked[:most])
    ]


def _guard(text: str) -> str:
    """Keep a text from elsewhere from being a formula where the file is opened as a spreadsheet."""
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def merge(old: Iterable[Proposal], new: Iterable[Proposal]) -> list[Proposal]:
    """Put new proposals to old ones: what is judged stays as it is, what was asked again is replaced."""
    fresh = list(new)
    asked = {proposal.subject for proposal in fresh}
    kept = [proposal for proposal in old if proposal.judgement or proposal.subject not in asked]
    known = {(proposal.subject, proposal.object) for proposal in kept}
    added = [proposal for proposal in fresh if (proposal.subject, proposal.object) not in known]
    return sorted((*kept, *added), key=lambda p: (p.subject, -float(p.score or 0), p.object))


def write_proposals(proposals: Iterable[Proposal]) -> str:
    """Write proposals as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(proposal) for proposal in proposals)
    return out.getvalue()


_COLUMNS = [field.name for field in fields(Proposal)]
_NEEDED = ("judgement", "subject", "object")


def read_proposals(data: bytes, file: str) -> list[Proposal]:
    """Read proposals, as written or as a spreadsheet saved them; raises DataError with every fault."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header, rows = reader.fieldnames or [], list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError([Problem(Place(file), "proposals", f"is no CSV in UTF-8: {error}")]) from None
    told = f"this column is missing; the file needs {', '.join(_NEEDED)}, and commas between cells"
    problems = [Problem(Place(file, 1, column), "proposals", told) for column in _NEEDED if column not in header]
    for line, row in enumerate([] if problems else rows, 2):
        problems += [Problem(Place(file, line, column), "proposals", message) for column, message in _list_faults(row)]
    if problems:
        raise DataError(problems)
    return [Proposal(**{column: row.get(column) or "" for column in _COLUMNS}) for row in rows]


def _list_faults(row: Mapping[str | None, object]) -> Iterator[tuple[str, str]]:
    if None in row or None in row.values():
        yield "", "has more or fewer cells than the header; quote a cell that holds a comma"
    if row.get("judgement") not in (None, "", *JUDGEMENTS):
        yield "judgement", f"{row['judgement']!r} is no judgement; write {', '.join(JUDGEMENTS)} or leave it empty"
    if not _is_number(str(row.get("score") or 0)):
        yield "score", f"{row['score']!r} is no number"


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


# ---- What becomes of it ----


def accept_above(proposals: Iterable[Proposal], least: float) -> list[Proposal]:
    """Judge `same` whatever was found alone and scores no less than `least`; the rest is left out."""
    return [
        replace(
            proposal,
            judgement="same",
            justification=f"{BY_RULE}, score {proposal.score} of {least:g} asked for: {proposal.reasons}",
        )
        for proposal in proposals
        if not proposal.judgement and proposal.verdict == "found" and float(proposal.score) >= least
    ]


def make_rows(proposals: Iterable[Proposal], corpus: Corpus, file: str, author: str, day: str) -> list[dict[str, str]]:
    """Make rows of `matches` of the proposals that are judged, numbered on from the last; raises DataError.

    A pair that is judged so already is passed over.
    """
    known = {(row["subject"], row["object"]): row for row in corpus.frames["matches"].iter_rows(named=True)}
    last = max((int(row["id"]) for row in known.values()), default=0)
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    for line, proposal in enumerate(proposals, 2):
        pair = (proposal.subject, proposal.object)
        if not proposal.judgement or known.get(pair, {}).get("judgement") == proposal.judgement:
            continue
        message = _doubt(proposal, known)
        if message:
            problems.append(Problem(Place(file, line, "judgement"), "match", message))
        row = _make_row(proposal, f"{last + len(rows) + 1:04}", author, day)
        rows.append(row)
        known[pair] = row
    if problems:
        raise DataError(problems)
    return rows


def _doubt(proposal: Proposal, known: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """Tell why a judgement cannot stand beside those that are known, or nothing."""
    earlier = known.get((proposal.subject, proposal.object))
    if earlier:
        return (
            f"{proposal.subject} and {proposal.object} are judged {earlier['judgement']}, as {earlier['id']}; mend one"
        )
    space = proposal.object.rpartition("/")[0]
    for (subject, object_), row in known.items():
        both_same = row["judgement"] == proposal.judgement == "same"
        if both_same and subject == proposal.subject and object_.rpartition("/")[0] == space:
            return f"{subject} is the same as {object_} already, by {row['id']}; it cannot be two things of one list"
    return ""


def _make_row(proposal: Proposal, id_: str, author: str, day: str) -> dict[str, str]:
    told = proposal.justification or f"judged by hand; {proposal.reasons or 'no reason given'}"
    return {
        "id": id_,
        "subject": proposal.subject,
        "predicate": "skos:exactMatch",
        "object": proposal.object,
        "judgement": proposal.judgement,
        "justification": unicodedata.normalize("NFC", " ".join(told.split()))[:400].rstrip(),
        "author": author,
        "judged": day,
    }


def add_rows(text: str, table: Table, rows: Sequence[Mapping[str, str]]) -> str:
    """Put rows at the end of the text of a table; not a byte of what stands there changes."""
    return text + write_table(table, rows).partition("\n")[2]


def take_rows(text: str, ids: Iterable[str]) -> str:
    """Take rows away from the text of a table by their ids; not a byte of the others changes."""
    gone = set(ids)
    return "\n".join(line for line in text.split("\n") if line.partition(",")[0] not in gone)
