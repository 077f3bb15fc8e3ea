"""The meaning of a row, written once: tables to Turtle, one text for each named graph.

Both forms of a claim, the assertion and the plain triple, stand together, so that a changed cell
changes one block.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from kg.checks import TABLE_OF
from kg.claims import measure_readings
from kg.evidence import PROFILE
from kg.model import Corpus
from kg.names import VOCABULARIES, concept_prefixes
from kg.turtle import (
    Document,
    Part,
    concept,
    iri,
    join_blocks,
    local,
    quoted,
    reference,
    string,
    tagged,
    typed,
    write_blocks,
)

ENTITIES, CONCEPTS = "entities", "concepts"
ASSERTED = ("affirms", "reports")
"""The standings under which a text's graph holds the plain triple: nobody in between denies it."""


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
    tables = {table: corpus.frames[table] for table in TABLE_OF.values()} | {"texts": _measure_texts(corpus)}
    blocks = [
        write_blocks(
            tables[table], pl.concat_str(pl.lit(f"{kind}:"), "id"), _entity_parts(kind, tables[table], language)
        )
        for kind, table in TABLE_OF.items()
    ]
    matches = corpus.frames["matches"]
    blocks.append(write_blocks(matches, pl.concat_str(pl.lit("match:"), "id"), _match_parts()))
    return join_blocks(list_prefixes(corpus), blocks)


def _entity_parts(kind: str, frame: pl.DataFrame, language: str) -> list[Part]:
    parts = [
        Part("a", pl.lit(f"kg:{kind.title()}")),
        Part("rdfs:label", tagged(pl.col("label"), language)),
        Part("dcterms:description", tagged(pl.col("description"), language)),
    ]
    if "kind" in frame.columns:
        parts.append(Part("dcterms:type", pl.concat_str(pl.lit(f"{kind}-kind:"), "kind")))
    if "parent" in frame.columns:
        parts.append(Part("dcterms:isPartOf", reference("parent")))
    if "follows" in frame.columns:
        parts.append(Part("kg:follows", reference("follows")))
    return parts + (_text_parts() if kind == "text" else [])


def _measure_texts(corpus: Corpus) -> pl.DataFrame:
    """Add to the texts how many of their characters were read for every claim."""
    close = corpus.frames["coverage"].filter(pl.col("closeness") == "every-claim")
    read = [measure_readings(close.filter(pl.col("text") == text)) for text in corpus.frames["texts"]["id"]]
    return corpus.frames["texts"].with_columns(read=pl.Series(read, dtype=pl.Int64))


def _text_parts() -> list[Part]:
    return [
        Part("kg:editionOf", reference("work")),
        Part("kg:translationOf", reference("translation_of")),
        Part("dcterms:language", string("language")),
        Part("kg:fileName", string("file")),
        Part("kg:fileDigest", string("file_digest")),
        Part("kg:digest", string("digest")),
        Part("kg:profile", pl.lit(f'"{PROFILE}"')),
        Part("kg:characters", pl.col("characters").cast(pl.String)),
        Part("kg:calendar", concept("calendar")),
        Part("kg:calendarBasis", concept("basis")),
        Part("kg:charactersRead", pl.col("read").cast(pl.String)),
        Part("dcterms:rights", string("rights")),
        Part("dcterms:license", iri("licence")),
        Part("kg:quotableWords", pl.col("quotable_words").cast(pl.String)),
    ]


def _match_parts() -> list[Part]:
    return [
        Part("a", pl.lit("kg:Match")),
        Part("rdf:subject", reference("subject")),
        Part("rdf:predicate", pl.col("predicate")),
        Part("rdf:object", iri("object")),
        Part("kg:judgement", concept("judgement")),
        Part("kg:justification", string("justification")),
        Part("dcterms:creator", string("author")),
        Part("dcterms:created", typed("judged", "xsd:date")),
    ]


def _render_concepts(corpus: Corpus) -> str:
    language = corpus.settings.language
    frame = corpus.frames["concepts"]
    scheme = pl.concat_str(pl.lit(f"<{corpus.settings.base.mint('concept/')}"), "scheme", pl.lit(">"))
    schemes = frame.select("scheme").unique().sort("scheme")
    label = pl.col("scheme").str.replace_all("-", " ", literal=True)
    blocks = [
        write_blocks(
            schemes,
            scheme,
            [Part("a", pl.lit("skos:ConceptScheme")), Part("rdfs:label", tagged(label, language))],
        ),
        write_blocks(
            frame,
            pl.concat_str("scheme", pl.lit(":"), "id"),
            [
                Part("a", pl.lit("skos:Concept")),
                Part("rdfs:label", tagged(pl.col("label"), language)),
                Part("skos:definition", tagged(pl.col("description"), language)),
                Part("skos:inScheme", scheme),
            ],
        ),
    ]
    return join_blocks(list_prefixes(corpus), blocks)


def _render_text(corpus: Corpus, text: str) -> str:
    base = corpus.settings.base
    of_text = pl.col("text") == text
    names = corpus.frames["names"].filter(of_text)
    readings = corpus.frames["coverage"].filter(of_text)
    claims = add_terms(corpus, corpus.frames[f"assertions/{text}"])
    passage = pl.concat_str(pl.lit("passage:"), "id")
    name_passage = pl.concat_str(pl.lit("passage:name-"), "id")
    plain = pl.when(pl.col("standing").is_in(ASSERTED)).then(
        pl.concat_str("subject_term", pl.lit(" "), "predicate_term", pl.lit(" "), "object_term", pl.lit(" .\n"))
    )
    blocks = [
        write_blocks(readings, pl.concat_str(pl.lit("reading:"), "id"), _reading_parts(text)),
        write_blocks(corpus.frames[f"chains/{text}"], local("voice"), _voice_parts(text)),
        write_blocks(names, local("name"), _name_parts(text, name_passage))
        + write_blocks(names, name_passage, _passage_parts(text)),
        write_blocks(claims, local("assertion"), _claim_parts(text, passage, corpus.settings.language))
        + write_blocks(claims, passage, _passage_parts(text))
        + claims.select(plain.fill_null("")).to_series(),
    ]
    return join_blocks(list_prefixes(corpus) | base.record_prefixes(text), blocks)


def _reading_parts(text: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Reading")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("oa:start", pl.col("start").cast(pl.String)),
        Part("oa:end", pl.col("end").cast(pl.String)),
        Part("kg:closeness", concept("closeness")),
        Part("kg:reader", string("reader")),
        Part("dcterms:created", typed("read", "xsd:date")),
    ]


def _voice_parts(text: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Voice")),
        Part("rdfs:label", string("chain")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:speaker", reference("speaker")),
        Part("kg:quotedBy", pl.concat_str(pl.lit("voice:"), "quoted_by")),
        Part("kg:depth", pl.col("depth").cast(pl.String)),
        Part("kg:mode", concept("mode")),
        Part("kg:stance", concept("stance")),
        Part("kg:endorsement", concept("endorsement", "stance")),
        Part("kg:origin", concept("origin")),
        Part("kg:saidIn", reference("work")),
        *_date_parts(),
    ]


def _name_parts(text: str, passage: pl.Expr) -> list[Part]:
    return [
        Part("a", pl.lit("kg:NameForm")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:passage", passage),
        Part("kg:formOf", reference("entity")),
        Part("kg:form", quoted(pl.col("form")) + "@" + pl.col("language").str.to_lowercase()),
        Part("kg:nameKind", concept("kind", "name-kind")),
        *_curation_parts(),
    ]


def _passage_parts(text: str) -> list[Part]:
    numbers = {"oa:start": "start", "oa:end": "end", "kg:normStart": "norm_start", "kg:normEnd": "norm_end"}
    return [
        Part("a", pl.lit("kg:Passage, oa:TextPositionSelector")),
        Part("kg:inText", pl.lit(f"text:{text}")),
        *(Part(predicate, pl.col(column).cast(pl.String)) for predicate, column in numbers.items()),
        Part("kg:digest", string("digest")),
    ]


def _claim_parts(text: str, passage: pl.Expr, language: str) -> list[Part]:
    return [
        Part("a", pl.lit("kg:Assertion")),
        Part("kg:gist", tagged(pl.col("gist"), language)),
        Part("kg:inText", pl.lit(f"text:{text}")),
        Part("kg:passage", passage),
        Part("kg:voice", pl.concat_str(pl.lit("voice:"), "voice")),
        Part("kg:stance", concept("stance")),
        Part("kg:standing", concept("standing", "stance")),
        Part("rdf:subject", pl.col("subject_term")),
        Part("rdf:predicate", pl.col("predicate_term")),
        Part("rdf:object", pl.col("object_term")),
        Part("kg:toward", pl.col("toward_term")),
        Part("kg:minimum", typed("minimum", "xsd:decimal")),
        Part("kg:maximum", typed("maximum", "xsd:decimal")),
        Part("kg:printed", string("printed")),
        Part("kg:unit", concept("unit")),
        Part("kg:place", reference("place")),
        Part("kg:role", concept("role")),
        Part("kg:part", reference("part")),
        Part("kg:phase", concept("phase")),
        Part("kg:time", string("time")),
        Part("kg:hedge", string("hedge")),
        *_date_parts(),
        *_curation_parts(),
    ]


def _date_parts() -> list[Part]:
    return [
        Part("kg:date", string("date")),
        Part("kg:datePrinted", string("date_printed")),
        Part("kg:calendar", concept("calendar")),
        Part("kg:calendarBasis", concept("basis")),
        Part("kg:dateJulian", string("date_julian")),
        Part("kg:dateGregorian", typed("date_gregorian", "edtf:EDTF")),
        Part("kg:earliest", typed("earliest", "xsd:date")),
        Part("kg:latest", typed("latest", "xsd:date")),
        Part("kg:earliestDay", pl.col("earliest_day").cast(pl.String)),
        Part("kg:latestDay", pl.col("latest_day").cast(pl.String)),
    ]


def _curation_parts() -> list[Part]:
    return [Part("kg:curator", string("curator")), Part("dcterms:created", typed("curated", "xsd:date"))]


def add_terms(corpus: Corpus, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the terms of a claim: `subject_`, `predicate_`, `object_` and `toward_term`, to whom its value refers."""
    settings = corpus.settings
    kinds: Mapping[str, str] = {p.name: p.value_kind for p in corpus.vocabulary.properties.values()}
    kind = pl.col("property").replace_strict(kinds, return_dtype=pl.String)
    other = reference("object", settings.base.iri)
    value = (
        pl.when(kind == "date")
        .then(typed("date_gregorian", "edtf:EDTF"))
        .when(kind == "quantity")
        .then(typed("value", "kg:quantity"))
        .when(kind == "text")
        .then(string("value"))
        .when(kind == "statement")
        .then(tagged(pl.col("gist"), settings.language))
        .otherwise(other)
    )
    return frame.with_columns(
        subject_term=reference("subject", settings.base.iri),
        predicate_term=pl.concat_str(pl.lit("kg:"), "property"),
        object_term=value,
        toward_term=pl.when(kind != "entity").then(other),
    )
