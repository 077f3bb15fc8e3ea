"""The meaning of a row, written once: tables to Turtle, one text for each named graph.

Whole columns become text at once. A record is its subject and a list of predicates with the
expression that gives their object in Turtle, null where the row has none. Both forms of a claim,
the assertion and the plain triple, stand together, so that a changed cell changes one block.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from kg.checks import TABLE_OF
from kg.evidence import PROFILE
from kg.model import Corpus
from kg.names import VOCABULARIES, concept_prefixes

ENTITIES, CONCEPTS = "entities", "concepts"
ASSERTED = ("affirms", "reports")
"""The standings under which a text's graph holds the plain triple: nobody in between denies it."""


class Part(NamedTuple):
    """A predicate with its object: an expression that gives a Turtle term, or null for none."""

    predicate: str
    term: pl.Expr


class Document(NamedTuple):
    """A named graph: its name (`entities`, `concepts` or a text's id) and its Turtle."""

    name: str
    turtle: str


def render(corpus: Corpus) -> Iterator[Document]:
    """Render every named graph of a dataset, one after the other; the order of rows does not matter."""
    corpus = replace(corpus, frames={name: _sort(frame) for name, frame in corpus.frames.items()})
    yield Document(ENTITIES, _render_entities(corpus))
    yield Document(CONCEPTS, _render_concepts(corpus))
    for text in corpus.texts:
        yield Document(text, _render_text(corpus, text))


def list_prefixes(corpus: Corpus) -> dict[str, str]:
    """Give all prefixes of the dataset but those of the records of one text."""
    schemes = corpus.frames["concepts"]["scheme"].unique().sort()
    own = concept_prefixes(sorted(corpus.vocabulary.concepts))
    return VOCABULARIES | own | corpus.settings.base.prefixes(schemes)


def _sort(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort([column for column in ("scheme", "text", "id") if column in frame.columns])


def _render_entities(corpus: Corpus) -> str:
    language = corpus.settings.language
    tables = {table: corpus.frames[table] for table in TABLE_OF.values()}
    blocks = [
        _blocks(tables[table], pl.concat_str(pl.lit(f"{kind}:"), "id"), _entity_parts(kind, tables[table], language))
        for kind, table in TABLE_OF.items()
    ]
    matches = corpus.frames["matches"]
    blocks.append(_blocks(matches, pl.concat_str(pl.lit("match:"), "id"), _match_parts()))
    return _join(list_prefixes(corpus), blocks)


def _entity_parts(kind: str, frame: pl.DataFrame, language: str) -> list[Part]:
    parts = [
        Part("a", pl.lit(f"kg:{kind.title()}")),
        Part("rdfs:label", _tagged(pl.col("label"), language)),
        Part("dcterms:description", _tagged(pl.col("description"), language)),
    ]
    if "kind" in frame.columns:
        parts.append(Part("dcterms:type", pl.concat_str(pl.lit(f"{kind}-kind:"), "kind")))
    if "parent" in frame.columns:
        parts.append(Part("dcterms:isPartOf", _reference("parent")))
    if "follows" in frame.columns:
        parts.append(Part("kg:follows", _reference("follows")))
    return parts + (_text_parts() if kind == "text" else [])


def _text_parts() -> list[Part]:
    return [
        Part("kg:editionOf", _reference("work")),
        Part("kg:translationOf", _reference("translation_of")),
        Part("dcterms:language", _string("language")),
        Part("kg:fileName", _string("file")),
        Part("kg:fileDigest", _string("file_digest")),
        Part("kg:digest", _string("digest")),
        Part("kg:profile", pl.lit(f'"{PROFILE}"')),
        Part("kg:characters", pl.col("characters").cast(pl.String)),
        Part("kg:calendar", _concept("calendar")),
        Part("kg:calendarBasis", _concept("basis")),
        Part("dcterms:rights", _string("rights")),
        Part("dcterms:license", _iri("licence")),
        Part("kg:quotableWords", pl.col("quotable_words").cast(pl.String)),
    ]


def _match_parts() -> list[Part]:
    return [
        Part("a", pl.lit("kg:Match")),
        Part("rdf:subject", _reference("subject")),
        Part("rdf:predicate", pl.col("predicate")),
        Part("rdf:object", _iri("object")),
        Part("kg:judgement", _concept("judgement")),
        Part("kg:justification", _string("justification")),
        Part("dcterms:creator", _string("author")),
        Part("dcterms:created", _typed("judged", "xsd:date")),
    ]


def _render_concepts(corpus: Corpus) -> str:
    language = corpus.settings.language
    frame = corpus.frames["concepts"]
    scheme = pl.concat_str(pl.lit(f"<{corpus.settings.base.mint('concept/')}"), "scheme", pl.lit(">"))
    schemes = frame.select("scheme").unique().sort("scheme")
    label = pl.col("scheme").str.replace_all("-", " ", literal=True)
    blocks = [
        _blocks(
            schemes,
            scheme,
            [Part("a", pl.lit("skos:ConceptScheme")), Part("rdfs:label", _tagged(label, language))],
        ),
        _blocks(
            frame,
            pl.concat_str("scheme", pl.lit(":"), "id"),
            [
                Part("a", pl.lit("skos:Concept")),
                Part("rdfs:label", _tagged(pl.col("label"), language)),
                Part("skos:definition", _tagged(pl.col("description"), language)),
                Part("skos:inScheme", scheme),
            ],
        ),
    ]
    return _join(list_prefixes(corpus), blocks)


def _render_text(corpus: Corpus, text: str) -> str:
    base = corpus.settings.base
    of_text = pl.col("text") == text
    names = corpus.frames["names"].filter(of_text)
    readings = corpus.frames["coverage"].filter(of_text)
    claims = _with_terms(corpus, corpus.frames[f"assertions/{text}"])
    passage = pl.concat_str(pl.lit("passage:"), "id")
    name_passage = pl.concat_str(pl.lit("passage:name-"), "id")
    plain = pl.when(pl.col("standing").is_in(ASSERTED)).then(
        pl.concat_str("subject_term", pl.lit(" "), "predicate_term", pl.lit(" "), "object_term", pl.lit(" .\n"))
    )
    blocks = [
        _blocks(readings, pl.concat_str(pl.lit("reading:"), "id"), _reading_parts(text)),
        _blocks(corpus.frames[f"chains/{text}"], _local("voice"), _voice_parts(text)),
        _blocks(names, _local("name"), _name_parts(text, name_passage))
        + _blocks(names, name_passage, _passage_parts(text)),
        _blocks(claims, _local("assertion"), _claim_parts(text, passage, corpus.settings.language))
        + _blocks(claims, passage, _passage_parts(text))
        + claims.select(plain.fill_null("")).to_series(),
    ]
    return _join(list_prefixes(corpus) | base.record_prefixes(text), blocks)


def _reading_parts(text: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Reading")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("oa:start", pl.col("start").cast(pl.String)),
        Part("oa:end", pl.col("end").cast(pl.String)),
        Part("kg:closeness", _concept("closeness")),
        Part("kg:reader", _string("reader")),
        Part("dcterms:created", _typed("read", "xsd:date")),
    ]


def _voice_parts(text: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Voice")),
        Part("rdfs:label", _string("chain")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:speaker", _reference("speaker")),
        Part("kg:quotedBy", pl.concat_str(pl.lit("voice:"), "quoted_by")),
        Part("kg:depth", pl.col("depth").cast(pl.String)),
        Part("kg:mode", _concept("mode")),
        Part("kg:stance", _concept("stance")),
        Part("kg:endorsement", _concept("endorsement", "stance")),
        Part("kg:origin", _concept("origin")),
        Part("kg:saidIn", _reference("work")),
        *_date_parts(),
    ]


def _name_parts(text: str, passage: pl.Expr) -> list[Part]:
    return [
        Part("a", pl.lit("kg:NameForm")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:passage", passage),
        Part("kg:formOf", _reference("entity")),
        Part("kg:form", _quoted(pl.col("form")) + "@" + pl.col("language").str.to_lowercase()),
        Part("kg:nameKind", _concept("kind", "name-kind")),
        *_curation_parts(),
    ]


def _passage_parts(text: str) -> list[Part]:
    numbers = {"oa:start": "start", "oa:end": "end", "kg:normStart": "norm_start", "kg:normEnd": "norm_end"}
    return [
        Part("a", pl.lit("kg:Passage, oa:TextPositionSelector")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        *(Part(predicate, pl.col(column).cast(pl.String)) for predicate, column in numbers.items()),
        Part("kg:digest", _string("digest")),
    ]


def _claim_parts(text: str, passage: pl.Expr, language: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Assertion")),
        Part("kg:gist", _tagged(pl.col("gist"), language)),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:passage", passage),
        Part("kg:voice", pl.concat_str(pl.lit("voice:"), "voice")),
        Part("kg:stance", _concept("stance")),
        Part("kg:standing", _concept("standing", "stance")),
        Part("rdf:subject", pl.col("subject_term")),
        Part("rdf:predicate", pl.col("predicate_term")),
        Part("rdf:object", pl.col("object_term")),
        Part("kg:toward", pl.col("toward_term")),
        Part("kg:minimum", _typed("minimum", "xsd:decimal")),
        Part("kg:maximum", _typed("maximum", "xsd:decimal")),
        Part("kg:printed", _string("printed")),
        Part("kg:unit", _concept("unit")),
        Part("kg:place", _reference("place")),
        Part("kg:role", _concept("role")),
        Part("kg:part", _reference("part")),
        Part("kg:phase", _concept("phase")),
        Part("kg:time", _string("time")),
        Part("kg:hedge", _string("hedge")),
        *_date_parts(),
        *_curation_parts(),
    ]


def _date_parts() -> list[Part]:
    return [
        Part("kg:date", _string("date")),
        Part("kg:datePrinted", _string("date_printed")),
        Part("kg:calendar", _concept("calendar")),
        Part("kg:calendarBasis", _concept("basis")),
        Part("kg:dateJulian", _string("date_julian")),
        Part("kg:dateGregorian", _typed("date_gregorian", "edtf:EDTF")),
        Part("kg:earliest", _typed("earliest", "xsd:date")),
        Part("kg:latest", _typed("latest", "xsd:date")),
        Part("kg:earliestDay", pl.col("earliest_day").cast(pl.String)),
        Part("kg:latestDay", pl.col("latest_day").cast(pl.String)),
    ]


def _curation_parts() -> list[Part]:
    return [Part("kg:curator", _string("curator")), Part("dcterms:created", _typed("curated", "xsd:date"))]


def _with_terms(corpus: Corpus, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the terms of a claim: subject, predicate, object, and to whom or what its value refers."""
    settings = corpus.settings
    kinds: Mapping[str, str] = {p.name: p.value_kind for p in corpus.vocabulary.properties.values()}
    kind = pl.col("property").replace_strict(kinds, return_dtype=pl.String)
    other = _reference("object", settings.base.iri)
    value = (
        pl.when(kind == "date")
        .then(_typed("date_gregorian", "edtf:EDTF"))
        .when(kind == "quantity")
        .then(_typed("value", "kg:quantity"))
        .when(kind == "text")
        .then(_string("value"))
        .when(kind == "statement")
        .then(_tagged(pl.col("gist"), settings.language))
        .otherwise(other)
    )
    return frame.with_columns(
        subject_term=_reference("subject", settings.base.iri),
        predicate_term=pl.concat_str(pl.lit("kg:"), "property"),
        object_term=value,
        toward_term=pl.when(kind != "entity").then(other),
    )


def _reference(column: str, base: str = "") -> pl.Expr:
    """Write a reference: KIND/ID as a prefixed name, one to an assertion as an IRI under `base`."""
    cell = pl.col(column)
    prefixed = cell.str.replace("/", ":", literal=True)
    if not base:
        return prefixed
    return pl.when(cell.str.starts_with("assertion/")).then(f"<{base}" + cell + ">").otherwise(prefixed)


def _concept(column: str, scheme: str = "") -> pl.Expr:
    return pl.concat_str(pl.lit(f"{scheme or column}:"), pl.col(column))


def _local(kind: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{kind}:"), "id")


def _iri(column: str) -> pl.Expr:
    return "<" + pl.col(column) + ">"


def _quoted(text: pl.Expr) -> pl.Expr:
    escaped = text.str.replace_many({"\\": "\\\\", '"': '\\"'})
    return pl.lit('"') + escaped + '"'


def _string(column: str) -> pl.Expr:
    return _quoted(pl.col(column))


def _tagged(text: pl.Expr, language: str) -> pl.Expr:
    """Tag a text with its language, in small letters as stores keep tags, so that all read the same term."""
    return _quoted(text) + f"@{language.lower()}"


def _typed(column: str, datatype: str) -> pl.Expr:
    return _quoted(pl.col(column)) + f"^^{datatype}"


def _blocks(frame: pl.DataFrame, subject: pl.Expr, parts: list[Part]) -> pl.Series:
    """Write one Turtle block a row; a part that is null is left out."""
    (_, kind), *rest = parts
    lines = [pl.lit(f" ;\n    {predicate} ") + term for predicate, term in rest]
    block = pl.concat_str(subject, pl.lit(" a "), kind, *lines, pl.lit(" .\n"), ignore_nulls=True)
    return frame.select(block).to_series()


def _join(prefixes: Mapping[str, str], blocks: list[pl.Series]) -> str:
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(prefixes.items()))
    return "\n".join([head, *(block.str.join("\n")[0] for block in blocks if len(block))])
