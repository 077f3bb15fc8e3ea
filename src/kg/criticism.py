"""Where claims on one question agree and where they do not, typed, by rules over whole columns.

Two claims answer one question if they have the same subject, property, part, unit and role; of a
property that can have many values, also the same object. Place, phase, date and time narrow the
question: given on both sides and apart, the claims differ in scope; a place or phase given on one
side alone (a date too, where the ontology says that it tells questions apart) leaves open whether
they are rivals. Only pairs within a question are ever formed, so the cost grows with the claims and
not with their square. A claim that disputes another claim by name makes a pair with it as well.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import NamedTuple

import polars as pl

from kg.checks import TABLE_OF
from kg.claims import gather_claims
from kg.model import Corpus
from kg.vocabulary import Property

TYPES = (
    *("same", "compatible", "calendar-only", "name-form-only", "translation-variant", "different-scope"),
    *("reported", "contradiction", "cannot-tell"),
)
"""What a pair of claims on one question can be; concepts of the ontology say what each means."""

RULES = {
    "place-differs": "different-scope",
    "phase-differs": "different-scope",
    "dates-are-apart": "different-scope",
    "times-are-apart": "different-scope",
    "translations-differ": "translation-variant",
    "one-side-is-not-endorsed": "reported",
    "one-denies-what-the-other-affirms": "contradiction",
    "one-denies-and-it-may-be-something-else": "cannot-tell",
    "one-denies-another-answer": "compatible",
    "both-deny-different-things": "compatible",
    "same-days-in-two-calendars": "calendar-only",
    "same-answer-under-two-names": "name-form-only",
    "same-answer": "same",
    "same-answer-and-one-is-narrower": "compatible",
    "months-or-years-in-two-calendars": "calendar-only",
    "one-answer-allows-for-the-other": "compatible",
    "round-numbers-are-close": "compatible",
    "times-are-close": "compatible",
    "same-words-read-in-two-calendars": "calendar-only",
    "spans-overlap-in-part": "cannot-tell",
    "one-side-is-narrower-than-the-other": "cannot-tell",
    "one-side-doubts": "cannot-tell",
    "one-side-is-uncertain": "cannot-tell",
    "two-answers-where-one-is-true": "contradiction",
    "one-disputes-the-other": "contradiction",
    "one-disputes-the-other-with-doubt": "cannot-tell",
}
"""Every rule with the type that it gives, in the order in which they are tried."""

LARGEST_QUESTION = 1000
"""A question that more claims answer is not paired."""

ROUNDING = 0.1
"""How far a number that is only about right may be off, as a fraction of the larger one."""

CLOSE = 30
"""How many minutes two clock times may be apart and still be one time, told roundly."""

_QUESTION = ("subject", "property", "part", "unit", "role")
_NARROWING = ("place", "phase")
_ANSWER = ("calendar", "date", "time", "earliest_day", "latest_day", "minimum", "maximum", "value")
_COLUMNS = (
    *("reference", "text", *_QUESTION, "object", *_NARROWING, *_ANSWER),
    *("stance", "standing", "speaker", "edition", "subject_forms", "object_forms"),
    *("rough_value", "rough_date", "hedged", "span", "minutes"),
)
_PAIRS: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("one", "other", "type", "rule", "subject", "property", "object"), pl.String),
    "contests": pl.List(pl.String),
}


class Rule(NamedTuple):
    """A rule, by its name in RULES, and when it holds of a pair."""

    name: str
    holds: pl.Expr


def compare_claims(corpus: Corpus) -> pl.DataFrame:
    """Type every pair of claims that answer one question.

    Columns: `one` and `other` (references, in order), `type` (one of TYPES), `rule` (the first of
    RULES that holds), of the question `subject`, `property`, and `object` where both give the same,
    and `contests`, a list of the claims that a contradiction puts in doubt. Each pair stands once.
    Properties whose answer is a statement are left out, since sentences cannot be compared by rule.
    Where a property can have many values, only claims that give the same value make a pair: others
    are no rivals.
    """
    gathered = gather_claims(corpus)
    claims = _prepare(corpus, gathered)
    wholes = list_wholes(corpus)
    asked_of = (corpus.vocabulary.properties[name] for name in claims["property"].unique().sort())
    compared = [_compare(claims, asked, wholes) for asked in asked_of if asked.value_kind != "statement"]
    disputes = [p.name for p in corpus.vocabulary.properties.values() if p.disputes]
    pairs = pl.concat([pl.DataFrame(schema=_PAIRS), *compared, _list_disputes(gathered, disputes)])
    return pairs.unique(["one", "other"], keep="first", maintain_order=True).sort("one", "other")


def _prepare(corpus: Corpus, claims: pl.DataFrame) -> pl.DataFrame:
    """Add what the rules ask of a claim: its edition, the names of its object, how exact it is."""
    editions = pl.DataFrame(
        list(_list_editions(corpus).items()), {"text": pl.String, "edition": pl.String}, orient="row"
    )
    hour, minute = (pl.col("time").str.slice(at, 2).cast(pl.Int64, strict=False) for at in (0, 3))
    return (
        claims.join(editions, on="text", how="left", maintain_order="left")
        .join(_list_forms(corpus, claims, "subject"), on="reference", how="left", maintain_order="left")
        .join(_list_forms(corpus, claims, "object"), on="reference", how="left", maintain_order="left")
        .with_columns(
            standing=_weigh_standing(),
            minimum=pl.col("minimum").cast(pl.Float64),
            maximum=pl.col("maximum").cast(pl.Float64),
            rough_value=is_rough("value", "^~"),
            rough_date=is_rough("date", "[~?%]"),
            hedged=pl.col("hedge").is_not_null(),
            span=pl.col("date").str.contains("/", literal=True).fill_null(value=False),
            minutes=60 * hour + minute,
        )
        .select(_COLUMNS)
    )


def is_rough(column: str, pattern: str) -> pl.Expr:
    """Tell whether a number or a date is marked as only about right."""
    return pl.col(column).str.contains(pattern).fill_null(value=False)


def _weigh_standing() -> pl.Expr:
    """Give how a text stands to a claim, but where a voice denies or doubts, and is itself not endorsed, as to it."""
    weak = pl.col("endorsement").is_in(["reports", "doubts"])
    return pl.when(pl.col("stance").is_in(["denies", "doubts"]) & weak).then("endorsement").otherwise("standing")


def _list_editions(corpus: Corpus) -> dict[str, str]:
    """Give for each text what it is an edition of: the work of the text it was translated from, or its own."""
    texts = {row["id"]: row for row in corpus.frames["texts"].iter_rows(named=True)}

    def find_root(name: str) -> str:
        original = texts[name]["translation_of"]
        return find_root(original.partition("/")[2]) if original else name

    roots = {name: find_root(name) for name in texts}
    return {name: texts[root]["work"] or f"text/{root}" for name, root in roots.items()}


def _list_forms(corpus: Corpus, claims: pl.DataFrame, role: str) -> pl.DataFrame:
    """Give for each claim the names under which its passage, else its text, has its subject or its object."""
    names = corpus.frames["names"].filter(pl.col("kind") != "description")
    names = names.select("text", "start", "end", pl.col("form").str.to_lowercase(), pl.col("entity").alias(role))
    pairs = claims.select("reference", "text", role, low="start", high="end").join(names, on=["text", role])
    inside = (pl.col("start") >= pl.col("low")) & (pl.col("end") <= pl.col("high"))
    found = pairs.group_by("reference").agg(within=pl.col("form").filter(inside).unique(), all=pl.col("form").unique())
    forms = pl.when(pl.col("within").list.len() > 0).then("within").otherwise("all")
    return found.select("reference", forms.alias(f"{role}_forms"))


def _find_renamed(pairs: pl.DataFrame, role: str) -> pl.Series:
    """Tell of each pair whether its sides name an entity by forms of which none has the words of another."""
    forms = pairs.select(pair=pl.int_range(pl.len()), one=f"{role}_forms", other=f"{role}_forms_other").drop_nulls()
    crossed = forms.explode("one").explode("other")
    one, other = (pl.concat_str(pl.lit(" "), side, pl.lit(" ")) for side in ("one", "other"))
    shared = one.str.contains(other, literal=True) | other.str.contains(one, literal=True)
    apart = crossed.group_by("pair").agg(renamed=~shared.any()).filter("renamed")
    return pairs.select(pl.int_range(pl.len()).is_in(apart["pair"].implode())).to_series()


def list_wholes(corpus: Corpus) -> pl.Series:
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
    question = [*_QUESTION, *([] if asked.single and asked.value_kind == "entity" else ["object"])]
    answers = claims.filter(pl.col("property") == asked.name)
    few = answers.filter(pl.len().over(question) <= LARGEST_QUESTION)
    pairs = few.join(few, on=question, suffix="_other", nulls_equal=True)
    if "object" in question:
        pairs = pairs.with_columns(object_other="object")
    pairs = pairs.filter(pl.col("reference") < pl.col("reference_other"))
    if not asked.single:
        pairs = pairs.filter(_agreement(asked, wholes)[0])
    pairs = pairs.with_columns(renamed=_find_renamed(pairs, "subject") | _find_renamed(pairs, "object"))
    decided = pl.coalesce(
        pl.when(rule.holds).then(pl.struct(type=pl.lit(RULES[rule.name]), rule=pl.lit(rule.name)))
        for rule in _rules(asked, wholes)
    )
    shared = pl.when(pl.col("object") == pl.col("object_other")).then("object")
    told = pairs.select("subject", "property", one="reference", other="reference_other", object=shared, decided=decided)
    clash = pl.when(pl.col("type") == "contradiction").then(pl.concat_list("one", "other"))
    return told.unnest("decided").with_columns(contests=clash.fill_null([])).select(*_PAIRS)


def _rules(asked: Property, wholes: pl.Series) -> Iterator[Rule]:
    """List the rules for a property; the first that holds decides, and the last always does."""
    agree, close = _agreement(asked, wholes)
    full = _is_full(asked)
    yield from _scope_rules(asked, wholes)
    yield Rule("translations-differ", _is_translated() & ~(agree & _is_equal("standing")))
    yield from _standing_rules(asked, agree, wholes)
    yield from _agreement_rules(asked, agree)
    yield from _closeness_rules(asked, close)
    elsewhere = pl.col("place").ne(pl.col("place_other")).fill_null(value=False)
    yield Rule("one-side-is-narrower-than-the-other", ~full | elsewhere)
    yield Rule("one-side-doubts", pl.concat_list("standing", "standing_other").list.contains("doubts"))
    if asked.value_kind == "date":
        yield Rule("one-side-is-uncertain", (pl.col("rough_date") | pl.col("rough_date_other")) & _is_near())
    if asked.value_kind != "quantity":
        yield Rule("one-side-is-uncertain", pl.col("hedged") | pl.col("hedged_other"))
    yield Rule("two-answers-where-one-is-true", pl.lit(value=True))


def _scope_rules(asked: Property, wholes: pl.Series) -> Iterator[Rule]:
    """List the rules on claims that speak of different things; what is counted in a part is not the whole's."""
    nested = _is_nested("place", wholes) & (asked.value_kind != "quantity")
    yield Rule("place-differs", pl.col("place").ne(pl.col("place_other")) & ~nested)
    yield Rule("phase-differs", pl.col("phase").ne(pl.col("phase_other")))
    if asked.value_kind != "date":
        yield Rule("dates-are-apart", _is_apart("earliest_day", "latest_day"))
        yield Rule("times-are-apart", _are_times_apart(CLOSE))


def _standing_rules(asked: Property, agree: pl.Expr, wholes: pl.Series) -> Iterator[Rule]:
    """List the rules on denial; a text may also deny what both voices say, one by yes and one by no."""
    yield Rule("one-side-is-not-endorsed", pl.concat_list("standing", "standing_other").list.contains("reports"))
    denied, denied_other = (pl.col(name).eq("denies") for name in ("standing", "standing_other"))
    opposed = (pl.col("stance").eq("denies") != pl.col("stance_other").eq("denies")).fill_null(value=False)
    one_refutes, other_refutes = _refutes(asked, "", "_other", wholes), _refutes(asked, "_other", "", wholes)
    refuted = (denied & one_refutes) | (denied_other & other_refutes)
    affirmed = pl.concat_list("standing", "standing_other").list.contains("affirms")
    within = denied & denied_other & opposed & agree
    yield Rule("one-denies-what-the-other-affirms", ((denied != denied_other) & affirmed & refuted) | within)
    related = (denied & _takes_in(asked, "", "_other", wholes)) | (
        denied_other & _takes_in(asked, "_other", "", wholes)
    )
    yield Rule("one-denies-and-it-may-be-something-else", (denied != denied_other) & (related | ~affirmed))
    yield Rule("one-denies-another-answer", denied != denied_other)
    yield Rule("both-deny-different-things", denied & denied_other & ~agree)


def _takes_in(asked: Property, outer: str, inner: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether the answer of one side is that of the other, or leaves no room for it outside its own."""
    if asked.value_kind == "date":
        return _is_inside("earliest_day", "latest_day", inner, outer)
    if asked.value_kind == "quantity":
        return _is_inside("minimum", "maximum", inner, outer)
    if asked.value_kind == "text":
        return pl.col(f"value{inner}").eq(pl.col(f"value{outer}"))
    return _is_part_or_same("object", inner, outer, wholes)


def _refutes(asked: Property, denying: str, affirming: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether a denial takes in what the other side affirms: answer, place, phase and date.

    What is denied of a part, such as a majority, on the whole may yet be true in one place.
    """
    dated = "date" in asked.distinguished_by
    names = [*_NARROWING, *(["date"] if dated else [])]
    given = (pl.col(f"{name}{denying}").is_null() | pl.col(f"{name}{affirming}").is_not_null() for name in names)
    wide = pl.col(f"place{denying}").is_null() | _is_part_or_same("place", affirming, denying, wholes)
    within = pl.col(f"date{denying}").is_null() | _is_inside("earliest_day", "latest_day", affirming, denying)
    long = within if dated else pl.lit(value=True)
    reach = pl.all_horizontal(*given, wide, long)
    return reach & _takes_in(asked, denying, affirming, wholes) & (pl.col("part").is_null() | _is_full(asked))


def _agreement_rules(asked: Property, agree: pl.Expr) -> Iterator[Rule]:
    """List the rules on equal answers; a date or place that only one side gives does not set them apart."""
    days = _is_equal("earliest_day") & _is_equal("latest_day")
    rewritten = pl.col("date").ne(pl.col("date_other")) & pl.col("calendar").ne(pl.col("calendar_other"))
    unlike = pl.any_horizontal(pl.col(name).ne(pl.col(f"{name}_other")) for name in (*_NARROWING, "standing"))
    dated_apart = pl.col("date").is_not_null() & pl.col("date_other").is_not_null() & ~days
    nothing_differs = agree & ~unlike.fill_null(value=False) & ~dated_apart
    rough = "rough_date" if asked.value_kind == "date" else "rough_value"
    nothing_differs = nothing_differs & _is_equal(rough)
    if asked.value_kind == "date" or "date" in asked.distinguished_by:
        yield Rule("same-days-in-two-calendars", nothing_differs & days & rewritten)
    yield Rule("same-answer-under-two-names", nothing_differs & pl.col("renamed"))
    yield Rule("same-answer", nothing_differs)
    yield Rule("same-answer-and-one-is-narrower", agree)


def _closeness_rules(asked: Property, close: pl.Expr) -> Iterator[Rule]:
    """List the rules on answers that are not equal and may still both be true."""
    if asked.value_kind == "date":
        calendars = pl.col("calendar").ne(pl.col("calendar_other"))
        units = (_lasts(28, 31, "") & _lasts(28, 31, "_other")) | (_lasts(365, 366, "") & _lasts(365, 366, "_other"))
        yield Rule("months-or-years-in-two-calendars", close & units & calendars)
        ends = ("earliest_day", "latest_day", "earliest_day_other", "latest_day_other")
        closed = pl.all_horizontal(pl.col(end).is_not_null() for end in ends)
        partly = pl.col("span") & pl.col("span_other") & closed & ~_is_nested_span()
        yield Rule("spans-overlap-in-part", close & partly)
    if asked.value_kind == "quantity":
        yield Rule("one-side-is-narrower-than-the-other", ~_is_full(asked, same_days=True))
    yield Rule("one-answer-allows-for-the-other", close)
    if asked.value_kind == "quantity":
        rough = pl.any_horizontal(pl.col("rough_value", "rough_value_other", "hedged", "hedged_other"))
        yield Rule("round-numbers-are-close", rough & ~_is_apart("minimum", "maximum", ROUNDING))
    if asked.value_kind == "date":
        yield Rule("times-are-close", ~_is_apart("earliest_day", "latest_day") & ~_are_times_apart(CLOSE))
        within = _begins_with("date", "date_other") | _begins_with("date_other", "date")
        yield Rule("same-words-read-in-two-calendars", within & calendars & ~_are_times_apart(CLOSE))


def _begins_with(longer: str, shorter: str) -> pl.Expr:
    """Tell whether a date as it is written holds another: 1801-12-25 begins with 1801."""
    return pl.col(longer).str.starts_with(pl.col(shorter)).fill_null(value=False)


def _lasts(least: int, most: int, side: str) -> pl.Expr:
    days = pl.col(f"latest_day{side}") - pl.col(f"earliest_day{side}") + 1
    return days.is_between(least, most).fill_null(value=False)


def _is_nested_span() -> pl.Expr:
    ends = ("earliest_day", "latest_day")
    return _is_inside(*ends, "", "_other") | _is_inside(*ends, "_other", "")


def _is_inside(low: str, high: str, inner: str, outer: str) -> pl.Expr:
    """Tell whether one interval lies within the other; an end of the outer that is open holds everything."""
    begins = pl.col(f"{low}{outer}").is_null() | (pl.col(f"{low}{inner}") >= pl.col(f"{low}{outer}"))
    ends = pl.col(f"{high}{outer}").is_null() | (pl.col(f"{high}{inner}") <= pl.col(f"{high}{outer}"))
    return begins.fill_null(value=False) & ends.fill_null(value=False)


def _is_part_or_same(name: str, inner: str, outer: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether one entity is the other or a part of it."""
    part, whole = pl.col(f"{name}{inner}"), pl.col(f"{name}{outer}")
    return (part.eq(whole) | pl.concat_str(part, pl.lit(" "), whole).is_in(wholes.implode())).fill_null(value=False)


def _are_times_apart(minimum: int) -> pl.Expr:
    """Tell whether two times of day are more minutes apart than allowed, round the clock."""
    gap = (pl.col("minutes") - pl.col("minutes_other")).abs()
    return (pl.min_horizontal(gap, 1440 - gap) > minimum).fill_null(value=False)


def _is_near() -> pl.Expr:
    """Tell whether two dates are no further apart than the longer of them lasts."""
    lengths = [pl.col(f"latest_day{side}") - pl.col(f"earliest_day{side}") + 1 for side in ("", "_other")]
    gap = pl.max_horizontal(
        pl.col("earliest_day_other") - pl.col("latest_day"), pl.col("earliest_day") - pl.col("latest_day_other")
    )
    return (gap <= pl.max_horizontal(lengths)).fill_null(value=True)


def _agreement(asked: Property, wholes: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """Give when two answers are the same, and when one allows for the other."""
    if asked.value_kind == "date":
        same = _is_equal("earliest_day") & _is_equal("latest_day") & _is_equal("minutes")
        return same, ~_is_apart("earliest_day", "latest_day") & ~_are_times_apart(0)
    if asked.value_kind == "quantity":
        same = _is_equal("minimum") & _is_equal("maximum")
        return same, ~_is_apart("minimum", "maximum", asked.tolerance) & ~_touch("minimum", "maximum")
    if asked.value_kind == "text":
        return pl.col("value").eq(pl.col("value_other")), pl.lit(value=False)
    return pl.col("object").eq(pl.col("object_other")), _is_nested("object", wholes)


def _is_translated() -> pl.Expr:
    """Tell whether one speaker says it in two editions or translations of one work."""
    one_work = pl.col("edition").eq(pl.col("edition_other")) & pl.col("text").ne(pl.col("text_other"))
    return (one_work & pl.col("speaker").eq(pl.col("speaker_other"))).fill_null(value=False)


def _is_nested(name: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether of two entities one is a part of the other."""
    one, other = pl.col(name), pl.col(f"{name}_other")
    inward, outward = pl.concat_str(one, pl.lit(" "), other), pl.concat_str(other, pl.lit(" "), one)
    return (inward.is_in(wholes.implode()) | outward.is_in(wholes.implode())).fill_null(value=False)


def _is_equal(name: str) -> pl.Expr:
    return pl.col(name).eq_missing(pl.col(f"{name}_other"))


def _is_apart(low: str, high: str, tolerance: float = 0.0, minimum: float = 0.0) -> pl.Expr:
    """Tell whether two intervals are further apart than tolerated; an open end reaches everywhere."""
    ends = [pl.col(name).cast(pl.Float64) for name in (low, high, f"{low}_other", f"{high}_other")]
    slack = minimum + tolerance * pl.max_horizontal(end.abs() for end in ends).fill_null(0.0)
    before, after = ends[1] + slack < ends[2], ends[3] + slack < ends[0]
    return before.fill_null(value=False) | after.fill_null(value=False)


def _touch(low: str, high: str) -> pl.Expr:
    """Tell whether two intervals share no more than an end, as a majority and a minority do."""
    floors = [pl.col(name).cast(pl.Float64).fill_null(-inf) for name in (low, f"{low}_other")]
    ceilings = [pl.col(name).cast(pl.Float64).fill_null(inf) for name in (high, f"{high}_other")]
    proper = (floors[0] < ceilings[0]) & (floors[1] < ceilings[1])
    return proper & ((ceilings[0] == floors[1]) | (ceilings[1] == floors[0]))


def _is_full(asked: Property, *, same_days: bool = False) -> pl.Expr:
    """Tell whether what narrows the question is given on both sides or on neither, and if asked on the same days."""
    dated = "date" in asked.distinguished_by
    names = [*_NARROWING, *(["date"] if dated else [])]
    given = [pl.col(name).is_null() == pl.col(f"{name}_other").is_null() for name in names]
    days = [_is_equal("earliest_day"), _is_equal("latest_day")] if same_days and dated else []
    return pl.all_horizontal(*given, *days)


def _list_disputes(claims: pl.DataFrame, properties: list[str]) -> pl.DataFrame:
    """Pair each claim that disputes another claim by name with that claim."""
    about_another = pl.col("object").str.starts_with("assertion/") & (pl.col("object") != pl.col("reference"))
    disputing = claims.filter(pl.col("property").is_in(properties) & about_another)
    plain = pl.col("standing").is_in(["affirms", "reports"])
    rule = pl.when(plain).then(pl.lit("one-disputes-the-other")).otherwise(pl.lit("one-disputes-the-other-with-doubt"))
    disputed = claims.select("subject", "property", object="reference")
    asked = disputing.select("reference", "object", rule=rule).join(disputed, on="object").sort("rule", "object")
    ends = {"one": pl.min_horizontal("reference", "object"), "other": pl.max_horizontal("reference", "object")}
    pairs = asked.with_columns(**ends).group_by("one", "other", maintain_order=True)
    clash = pl.col("object").filter(pl.col("rule") == "one-disputes-the-other")
    told = pairs.agg(pl.col("rule", "subject", "property").first(), contests=clash)
    return told.with_columns(
        type=pl.col("rule").replace_strict(RULES, return_dtype=pl.String), object=pl.lit(None, pl.String)
    ).select(*_PAIRS)
