"""What claims say alike, and on how many witnesses it rests.

Claims that give the same answer to the same question are one testimony. Its witnesses are the last
known voices of their chains, and of those of claims that say the same more precisely. One speaker is
one witness, in however many texts, editions and translations. Who does not say how he knows may have
it from one of the others: he raises the highest possible number of independent witnesses and not
the lowest.
"""

import polars as pl

from kg.claims import gather_claims
from kg.criticism import LARGEST_QUESTION, is_rough, list_wholes
from kg.model import Corpus

SUPPORTING = ("affirms", "reports")
"""The standings of claims whose innermost voice counts as a witness: nobody in between denies it."""

_ANSWER = (
    *("subject", "property", "object", "part", "role", "place", "phase", "unit", "time"),
    *("dated", "earliest_day", "latest_day", "minimum", "maximum", "approximate", "words"),
)
_ALIKE = {
    "entity": ("subject", "property", "object", "part", "unit", "phase"),
    "date": ("subject", "property", "object", "part", "unit", "phase", "role"),
    "quantity": ("subject", "property", "object", "part", "unit", "phase", "role", "place"),
}
"""By kind of value: on what a claim must agree with a coarser one that it implies."""

_LOOSE = ("role", "place", "time")
"""What a coarser claim may leave open, where its kind of value does not ask for agreement on it."""


def name_witnesses(corpus: Corpus) -> pl.DataFrame:
    """Name, for every voice, the one as whom it counts where independent witnesses are counted: its speaker.

    Columns: `text`, `voice`, `witness` (a reference), `known` (whether the voice says how it knows).
    """
    return _gather_voices(corpus).select("text", "voice", witness="speaker", known=pl.col("origin") != "unknown")


def list_links(corpus: Corpus) -> pl.DataFrame:
    """List without whom no voice would be heard: its text, and every speaker of its chain.

    Columns: `text`, `voice`, `through` (a reference).
    """
    voices = _gather_voices(corpus)
    above = voices.select("text", "quoted_by", "speaker", at="voice")
    links = [voices.select("text", "voice", through=pl.concat_str(pl.lit("text/"), "text"))]
    step = voices.select("text", "voice", at="voice")
    while step.height:
        reached = step.join(above, on=["text", "at"])
        links.append(reached.select("text", "voice", through="speaker"))
        step = reached.filter(pl.col("quoted_by").is_not_null()).select("text", "voice", at="quoted_by")
    return pl.concat(links).unique().sort("text", "voice", "through")


def list_dependencies(corpus: Corpus) -> pl.DataFrame:
    """List, of claims about other claims, without whom there would be nothing to speak of.

    Columns: `reference`, `through`: the text and the speakers of the claim that is spoken of, and of
    one of which that speaks in turn.
    """
    claims = gather_claims(corpus)
    heard = claims.join(list_links(corpus), on=["text", "voice"]).select("reference", "through")
    spoken_of = [claims.select("reference", target=name) for name in ("subject", "object", "part")]
    about = pl.concat(spoken_of).filter(pl.col("target").str.starts_with("assertion/")).unique()
    step = reached = about
    while step.height:
        further = step.join(about, left_on="target", right_on="reference", suffix="_further")
        targets = further.select("reference", target="target_further").unique()
        step = targets.join(reached, on=["reference", "target"], how="anti")
        reached = pl.concat([reached, step])
    found = reached.join(heard, left_on="target", right_on="reference").select("reference", "through")
    return found.unique().sort("reference", "through")


def _gather_voices(corpus: Corpus) -> pl.DataFrame:
    columns = ("speaker", "origin", "quoted_by")
    return pl.concat(
        corpus.frames[f"chains/{text}"].select(*columns, text=pl.lit(text), voice="id") for text in corpus.texts
    )


def gather_testimonies(corpus: Corpus, pairs: pl.DataFrame) -> pl.DataFrame:
    """Gather the testimonies of a corpus, given its compared pairs of claims.

    Columns: `id` (TEXT/NUMBER of the first claim), `claims` (references of those that say exactly
    this), `supporters` (the same with those that imply it), `nominal` (the number of supporters),
    `least` and `most` (independent witnesses), `agreed` (affirmed by a text and contradicted by no
    claim); then the columns of the first claim.
    """
    claims = _prepare(corpus).filter(pl.col("standing").is_in(SUPPORTING)).sort("reference")
    grouped = claims.group_by(_ANSWER, maintain_order=True).agg(
        first=pl.col("reference").first(), claims="reference", affirmed=(pl.col("standing") == "affirms").any()
    )
    support = _list_support(claims, grouped, list_wholes(corpus))
    contested = pairs.filter(pl.col("type") == "contradiction").select(pl.col("contests").explode())
    counted = grouped.select("first", "claims", "affirmed").join(
        _count_witnesses(claims, support), on="first", how="left", maintain_order="left"
    )
    disputed = pl.col("claims").list.set_intersection(contested.to_series().implode()).list.len() > 0
    told = counted.with_columns(
        agreed=pl.col("affirmed") & ~disputed, id=pl.col("first").str.strip_prefix("assertion/")
    )
    return told.drop("affirmed").join(
        claims.drop("id", "witness", "known"), left_on="first", right_on="reference", how="left", maintain_order="left"
    )


def _prepare(corpus: Corpus) -> pl.DataFrame:
    """Add to the claims what their answers are compared by, and whose witness they are."""
    kinds = {name: asked.value_kind for name, asked in corpus.vocabulary.properties.items()}
    kind = pl.col("property").replace_strict(kinds, return_dtype=pl.String)
    words = pl.when(kind == "statement").then("gist").when(kind == "text").then("value")
    return (
        gather_claims(corpus)
        .join(name_witnesses(corpus), on=["text", "voice"], how="left", maintain_order="left")
        .with_columns(
            kind=kind,
            words=words,
            dated=pl.col("date").is_not_null(),
            minimum=pl.col("minimum").cast(pl.Float64),
            maximum=pl.col("maximum").cast(pl.Float64),
            approximate=is_rough("value", "^~") | is_rough("date", "[~?%]"),
            known=pl.col("known") & (pl.col("stance") == "affirms"),
        )
    )


def _list_support(claims: pl.DataFrame, grouped: pl.DataFrame, wholes: pl.Series) -> pl.DataFrame:
    """List by `first` every `reference` that supports it: the claims alike, and those that imply them."""
    groups = grouped.join(claims.select("reference", "kind", "value"), left_on="first", right_on="reference")
    implied = [_list_implied(groups.filter(pl.col("kind") == kind), list(on), wholes) for kind, on in _ALIKE.items()]
    pairs = pl.concat([groups.select("first", finer="first"), *implied])
    members = groups.select("claims", finer="first").explode("claims")
    return pairs.join(members, on="finer").select("first", reference="claims")


def _list_implied(groups: pl.DataFrame, alike: list[str], wholes: pl.Series) -> pl.DataFrame:
    """List pairs of testimonies, by `first` the coarser and by `finer` the one that implies it."""
    few = groups.filter(pl.len().over(alike) <= LARGEST_QUESTION)
    pairs = few.join(few, on=alike, suffix="_finer", nulls_equal=True).filter(pl.col("first") != pl.col("first_finer"))
    looser = [_is_looser(name, wholes) for name in _LOOSE if name not in alike]
    within = _is_within("earliest_day", "latest_day") & _is_within("minimum", "maximum")
    dated = ~pl.col("dated") | pl.col("dated_finer")
    exact = pl.col("approximate") | ~pl.col("approximate_finer")
    return pairs.filter(*looser, within, dated, exact).select("first", finer="first_finer")


def _is_looser(name: str, wholes: pl.Series) -> pl.Expr:
    """Tell whether the coarser claim says the same as the finer, says nothing, or names the place around it."""
    coarser, finer = pl.col(name), pl.col(f"{name}_finer")
    around = pl.concat_str(finer, pl.lit(" "), coarser).is_in(wholes.implode()).fill_null(value=False)
    return coarser.is_null() | coarser.eq_missing(finer) | around


def _is_within(low: str, high: str) -> pl.Expr:
    """Tell whether the finer interval lies within the coarser; an end that is not given is open."""
    floor, ceiling = (pl.col(name).cast(pl.Float64) for name in (low, high))
    finer_floor, finer_ceiling = (pl.col(f"{name}_finer").cast(pl.Float64) for name in (low, high))
    above = floor.is_null() | (finer_floor >= floor).fill_null(value=False)
    return above & (ceiling.is_null() | (finer_ceiling <= ceiling).fill_null(value=False))


def _count_witnesses(claims: pl.DataFrame, support: pl.DataFrame) -> pl.DataFrame:
    """Count by `first` the supporters, and the fewest and the most independent witnesses among them."""
    told = support.join(claims.select("reference", "witness", "known"), on="reference")
    certain = pl.col("witness").filter("known").n_unique()
    return told.group_by("first").agg(
        supporters=pl.col("reference").unique().sort(),
        nominal=pl.col("reference").n_unique().cast(pl.Int64),
        least=pl.max_horizontal(certain, pl.lit(1)).cast(pl.Int64),
        most=pl.col("witness").n_unique().cast(pl.Int64),
    )
