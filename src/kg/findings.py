"""What the criticism of a corpus found, as named graphs of their own, each saying what it was made from.

`comparisons` has every pair of claims on one question with its type; `consensus` what is affirmed
and contradicted by none, as plain triples and as testimonies; `contested` all other testimonies;
`witnesses` whom every voice counts as.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from kg import __version__
from kg.criticism import compare_claims
from kg.graph import CONCEPTS, ENTITIES, add_terms, list_prefixes, render
from kg.model import Corpus
from kg.testimony import gather_testimonies, list_dependencies, list_links, name_witnesses
from kg.turtle import Document, Part, concept, join_blocks, reference, tagged, write_blocks

COMPARISONS, CONSENSUS, CONTESTED, WITNESSES = "comparisons", "consensus", "contested", "witnesses"

_CITATIONS = {
    **dict.fromkeys(("same", "compatible", "calendar-only", "name-form-only"), "agreesWith"),
    **dict.fromkeys(("translation-variant", "different-scope", "reported", "cannot-tell"), "citesAsRelated"),
    "contradiction": "disagreesWith",
}
"""What CiTO says of two claims whose pair has a type. Source: CiTO, the Citation Typing Ontology 2.8."""


def render_all(corpus: Corpus) -> list[Document]:
    """Render what the tables say, and in graphs of their own what the criticism of it finds."""
    pairs = compare_claims(corpus)
    return [*render(corpus), *render_findings(corpus, pairs, gather_testimonies(corpus, pairs))]


def render_findings(corpus: Corpus, pairs: pl.DataFrame, testimonies: pl.DataFrame) -> Iterator[Document]:
    """Render the derived graphs from compared pairs and testimonies; the order of rows does not matter."""
    agreed = testimonies.filter("agreed")
    yield _document(corpus, COMPARISONS, _write_comparisons(corpus, pairs.sort("one", "other")))
    yield _document(corpus, CONSENSUS, [_write_testimonies(corpus, agreed), *_write_plain(corpus, agreed)])
    yield _document(corpus, CONTESTED, [_write_testimonies(corpus, testimonies.filter(~pl.col("agreed")))])
    yield _document(corpus, WITNESSES, _write_witnesses(corpus))


def render_provenance(corpus: Corpus, name: str) -> str:
    """Render what is said of the making of a derived graph, for one that is written elsewhere."""
    return join_blocks(list_prefixes(corpus), [_write_provenance(corpus, name)])


def _document(corpus: Corpus, name: str, blocks: Iterable[pl.Series]) -> Document:
    return Document(name, join_blocks(list_prefixes(corpus), [_write_provenance(corpus, name), *blocks]))


def _write_provenance(corpus: Corpus, name: str) -> pl.Series:
    """Say of a derived graph what made it from which graphs; no time, so that the bytes stay the same."""
    mint = corpus.settings.base.mint
    used = ", ".join(f"graph:{graph}" for graph in sorted([ENTITIES, CONCEPTS, *corpus.texts]))
    lines = [
        f"graph:{name} prov:wasGeneratedBy <{mint('activity/criticism')}> ;\n    prov:wasDerivedFrom {used} .\n",
        f"<{mint('activity/criticism')}> a prov:Activity ;\n"
        f'    rdfs:label "criticism of the claims"@en ;\n'
        f"    prov:used {used} ;\n"
        f"    prov:wasAssociatedWith <{mint('software/kg')}> .\n",
        f'<{mint("software/kg")}> a prov:SoftwareAgent ;\n    rdfs:label "kg {__version__}" .\n',
    ]
    return pl.Series(lines)


def _write_comparisons(corpus: Corpus, pairs: pl.DataFrame) -> list[pl.Series]:
    base = corpus.settings.base
    one, other = (_full(base.iri, pl.col(side)) for side in ("one", "other"))
    subject = reference("subject", base.iri)
    ends = [pl.col(side).str.strip_prefix("assertion/") for side in ("one", "other")]
    name = _full(base.iri, pl.concat_str(pl.lit("comparison/"), ends[0], pl.lit("/"), ends[1]))
    parts = [
        Part("a", pl.lit("kg:Comparison")),
        Part("kg:compares", pl.concat_str(one, pl.lit(", "), other)),
        Part("rdf:subject", subject),
        Part("rdf:predicate", pl.concat_str(pl.lit("kg:"), "property")),
        Part("kg:concerns", pl.concat_str(subject, pl.lit(", ") + reference("object", base.iri), ignore_nulls=True)),
        Part("kg:contests", pl.when(pl.col("contests").list.len() > 0).then(_full_list(base.iri, "contests"))),
        Part("kg:comparisonType", concept("type", "comparison-type")),
        Part("kg:rule", concept("rule", "comparison-rule")),
    ]
    citation = pl.concat_str(
        pl.lit(" cito:"), pl.col("type").replace_strict(_CITATIONS, return_dtype=pl.String), pl.lit(" ")
    )
    links = pl.concat_str(one, citation, other, pl.lit(" .\n"), other, citation, one, pl.lit(" .\n"))
    return [write_blocks(pairs, name, parts) + pairs.select(links).to_series()]


def _write_testimonies(corpus: Corpus, testimonies: pl.DataFrame) -> pl.Series:
    base = corpus.settings.base.iri
    parts = [
        Part("a", pl.lit("kg:Testimony")),
        Part("kg:gist", tagged(pl.col("gist"), corpus.settings.language)),
        Part("rdf:subject", pl.col("subject_term")),
        Part("rdf:predicate", pl.col("predicate_term")),
        Part("rdf:object", pl.col("object_term")),
        Part("kg:toward", pl.col("toward_term")),
        Part("kg:agreed", pl.col("agreed").cast(pl.String)),
        Part("kg:givenBy", _full_list(base, "claims")),
        Part("kg:supportedBy", _full_list(base, "supporters")),
        Part("kg:nominalWitnesses", pl.col("nominal").cast(pl.String)),
        Part("kg:leastWitnesses", pl.col("least").cast(pl.String)),
        Part("kg:mostWitnesses", pl.col("most").cast(pl.String)),
    ]
    name = _full(base, pl.concat_str(pl.lit("testimony/"), "id"))
    return write_blocks(add_terms(corpus, testimonies.sort("id")), name, parts)


def _write_plain(corpus: Corpus, agreed: pl.DataFrame) -> list[pl.Series]:
    """Write what is agreed as plain triples, each once."""
    triple = pl.concat_str("subject_term", pl.lit(" "), "predicate_term", pl.lit(" "), "object_term", pl.lit(" ."))
    return [add_terms(corpus, agreed).select(triple.unique().sort().str.join("\n") + "\n").to_series()]


def _write_witnesses(corpus: Corpus) -> list[pl.Series]:
    """Write of every voice whom it counts as, whether for certain, and through whom it is heard."""
    base = corpus.settings.base.iri
    voice = _full(base, pl.concat_str(pl.lit("voice/"), "text", pl.lit("/"), "voice"))
    through = reference("through").sort().str.join(", ")
    witness = reference("witness")
    parts = [
        Part("kg:witness", witness),
        Part("kg:certainWitness", pl.when("known").then(witness)),
        Part("kg:through", pl.col("through")),
    ]
    links = list_links(corpus).group_by("text", "voice").agg(through=through)
    named = name_witnesses(corpus).sort("text", "voice")
    voices = named.join(links, on=["text", "voice"], maintain_order="left")
    claims = list_dependencies(corpus).group_by("reference").agg(through=through).sort("reference")
    return [
        write_blocks(voices, voice, parts),
        write_blocks(claims, _full(base, pl.col("reference")), [Part("kg:through", pl.col("through"))]),
    ]


def _full(base: str, cell: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(f"<{base}"), cell, pl.lit(">"))


def _full_list(base: str, column: str) -> pl.Expr:
    return pl.col(column).list.eval(_full(base, pl.element())).list.join(", ")
