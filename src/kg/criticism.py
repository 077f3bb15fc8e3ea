"""Where claims on one question agree and where they do not, typed, by rules over whole columns.

Two claims answer one question if they have the same subject, property, part, unit and role; of a
property that can have many values, also the same object. Place, phase and date narrow the question:
given on both sides and apart, the claims differ in scope; a place or phase given on one side alone
(a date too, where the ontology says that it tells questions apart) leaves open whether they are
rivals. Only pairs within a question are ever formed, so the cost grows with the claims and not with
their square.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl

from kg.checks import TABLE_OF
from kg.model import Corpus
from kg.vocabulary import Property

TYPES = ("same", "compatible", "calendar-only", "different-scope", "reported", "contradiction", "cannot-tell")
"""What a pair of claims on one question can be."""

LARGEST_QUESTION = 1000
"""A question that more claims answer is not paired."""

_QUESTION = ("subject", "property", "part", "unit", "role")
_NARROWING = ("place", "phase")
_ANSWER = ("calendar", "date", "earliest_day", "latest_day", "minimum", "maximum", "value")
_COLUMNS = ("reference", "text", *_QUESTION, "object", *_NARROWING, *_ANSWER, "standing")


_PAIRS = dict.fromkeys(("one", "other", "type", "rule"), pl.String)


class Rule(NamedTuple):
    """A rule: the type that it gives, its name, and when it holds of a pair."""

    type: str
    name: str
    holds: pl.Expr


def compare_claims(corpus: Corpus) -> pl.DataFrame:
    """Type every pair of claims that answer one question.

    Columns: `one` and `other` (references, in order), `type` (one of TYPES) and `rule` (the name of
    the first rule that holds). Each pair stands once. Properties whose answer is a statement are
    left out, since sentences cannot be compared by rule; so are many-valued ones with no entity as
    answer.
    """
    claims = pl.concat([_claims_of(corpus, text) for text in corpus.texts])
    wholes = _list_wholes(corpus)
    asked_of = (corpus.vocabulary.properties[name] for name in claims["property"].unique().sort())
    compared = [_compare(claims, asked, wholes) for asked in asked_of if _is_comparable(asked)]
    return pl.concat([pl.DataFrame(schema=_PAIRS), *compared]).sort("one", "other")


def describe_pairs(corpus: Corpus, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add to pairs their `subject` and `property`, and of each side the `_voices` and the `_gist`."""
    claims = pl.concat(
        frame.select(
            pl.concat_str(pl.lit(f"assertion/{name.partition('/')[2]}/"), "id").alias("reference"),
            *("subject", "property", "chain", "gist"),
        )
        for name, frame in corpus.frames.items()
        if name.startswith("assertions/")
    )
    for side in ("one", "other"):
        known = claims.rename({"reference": side, "chain": f"{side}_voices", "gist": f"{side}_gist"})
        kept = known if side == "one" else known.drop("subject", "property")
        pairs = pairs.join(kept, on=side, how="left", maintain_order="left")
    return pairs


def _is_comparable(asked: Property) -> bool:
    return asked.value_kind == "entity" or (asked.single and asked.value_kind != "statement")


def _claims_of(corpus: Corpus, text: str) -> pl.DataFrame:
    reference = pl.concat_str(pl.lit(f"assertion/{text}/"), "id").alias("reference")
    return corpus.frames[f"assertions/{text}"].with_columns(reference, text=pl.lit(text)).select(_COLUMNS)


def _list_wholes(corpus: Corpus) -> pl.Series:
    """List, as `part whole`, each entity with everything of which it is a part at any distance."""
    pairs = [pair for kind, table in TABLE_OF.items() for pair in _walk_up(kind, corpus.frames[table])]
    return pl.Series(pairs, dtype=pl.String)


def _walk_up(kind: str, frame: pl.DataFrame) -> Iterator[str]:
    if "parent" not in frame.columns:
        return
    above: Mapping[str, str] = {
        f"{kind}/{name}": parent for name, parent in frame.select("id", "parent").iter_rows() if parent
    }
    for part in above:
        whole = above.get(part)
        while whole:
            yield f"{part} {whole}"
            whole = above.get(whole)


def _compare(claims: pl.DataFrame, asked: Property, wholes: pl.Series) -> pl.DataFrame:
    """Type the pairs of claims by one property."""
    question = [*_QUESTION, *([] if asked.single else ["object"])]
    answers = claims.filter(pl.col("property") == asked.name)
    few = answers.filter(pl.len().over(question) <= LARGEST_QUESTION)
    pairs = few.join(few, on=question, suffix="_other", nulls_equal=True)
    if asked.single is False:
        pairs = pairs.with_columns(object_other="object")
    pairs = pairs.filter(pl.col("reference") < pl.col("reference_other"))
    decided = pl.coalesce(
        pl.when(rule.holds).then(pl.struct(type=pl.lit(rule.type), rule=pl.lit(rule.name)))
        for rule in _rules(asked, wholes)
    )
    return pairs.select(one="reference", other="reference_other", decided=decided).unnest("decided")


def _rules(asked: Property, wholes: pl.Series) -> Iterator[Rule]:
    """List the rules for a property; the first that holds decides, and the last always does."""
    agree, close = _agreement(asked, wholes)
    for name in _NARROWING:
        nested = _is_nested(name, wholes)
        yield Rule("different-scope", f"{name}-differs", pl.col(name).ne(pl.col(f"{name}_other")) & ~nested)
    if asked.value_kind != "date":
        yield Rule("different-scope", "dates-are-apart", _is_apart("earliest_day", "latest_day"))
    standings = pl.concat_list("standing", "standing_other")
    yield Rule("reported", "one-side-is-not-endorsed", standings.list.contains("reports"))
    denied = pl.col("standing").eq("denies")
    denied_other = pl.col("standing_other").eq("denies")
    yield Rule("contradiction", "one-denies-what-the-other-affirms", (denied != denied_other) & agree & _is_full(asked))
    yield Rule("cannot-tell", "one-denies-and-it-may-be-something-else", denied != denied_other)
    yield Rule("cannot-tell", "both-deny-different-things", denied & denied_other & ~agree)
    if asked.value_kind == "date":
        yield Rule("calendar-only", "same-days-in-two-calendars", agree & pl.col("date").ne(pl.col("date_other")))
    yield Rule("same", "same-answer", agree)
    yield Rule("compatible", "one-answer-allows-for-the-other", close)
    if asked.value_kind == "date":
        printed = pl.col("date").eq(pl.col("date_other")) & pl.col("calendar").ne(pl.col("calendar_other"))
        yield Rule("calendar-only", "same-words-read-in-two-calendars", printed)
    yield Rule("cannot-tell", "one-side-is-narrower-than-the-other", ~_is_full(asked))
    yield Rule("cannot-tell", "one-side-doubts", standings.list.contains("doubts"))
    yield Rule("contradiction", "two-answers-where-one-is-true", pl.lit(value=True))


def _agreement(asked: Property, wholes: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """Give when two answers are the same, and when one allows for the other."""
    if asked.value_kind == "date":
        return _is_equal("earliest_day", "latest_day"), ~_is_apart("earliest_day", "latest_day")
    if asked.value_kind == "quantity":
        return _is_equal("minimum", "maximum"), ~_is_apart("minimum", "maximum", asked.tolerance)
    if asked.value_kind == "text":
        return pl.col("value").eq(pl.col("value_other")), pl.lit(value=False)
    return pl.col("object").eq(pl.col("object_other")), _is_nested("object", wholes)


def _is_nested(name: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether of two entities one is a part of the other."""
    one, other = pl.col(name), pl.col(f"{name}_other")
    inward, outward = pl.concat_str(one, pl.lit(" "), other), pl.concat_str(other, pl.lit(" "), one)
    return (inward.is_in(wholes.implode()) | outward.is_in(wholes.implode())).fill_null(value=False)


def _is_equal(low: str, high: str) -> pl.Expr:
    return pl.col(low).eq_missing(pl.col(f"{low}_other")) & pl.col(high).eq_missing(pl.col(f"{high}_other"))


def _is_apart(low: str, high: str, tolerance: float = 0.0) -> pl.Expr:
    """Tell whether two intervals are further apart than tolerated; an open end reaches everywhere."""
    ends = [pl.col(name).cast(pl.Float64) for name in (low, high, f"{low}_other", f"{high}_other")]
    slack = tolerance * pl.max_horizontal(end.abs() for end in ends).fill_null(0.0)
    before, after = ends[1] + slack < ends[2], ends[3] + slack < ends[0]
    return before.fill_null(value=False) | after.fill_null(value=False)


def _is_full(asked: Property) -> pl.Expr:
    """Tell whether what narrows the question is given on both sides or on neither."""
    names = [*_NARROWING, *(["date"] if "date" in asked.distinguished_by else [])]
    return pl.all_horizontal(pl.col(name).is_null() == pl.col(f"{name}_other").is_null() for name in names)
