"""Renew the golden answers with `python tests/queries/renew.py`; read the difference before keeping it.

A golden answer is what a saved question gives over the small dataset: CSV, IRIs written as references.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from kg.builds import list_graphs
from kg.checks import read_corpus
from kg.cli.making import render_build
from kg.documents import shorten, write_answer
from kg.layout import find_folder
from kg.model import Corpus
from kg.names import KG, Base
from kg.queries import Question, ask, read_questions
from kg.store import Store, load_graphs

GOLDEN = Path(__file__).parent
DATASET = GOLDEN.parent / "dataset"


class Case(NamedTuple):
    """A question with its parameters; the name of the case is that of the file of its golden answer."""

    question: str
    given: Mapping[str, str]


FLOOD, COUNCIL, BRANDT = "event/flood", "body/council", "person/jonas-brandt"

FLOODED, VOSS = "assertion/chronicle/0005", "person/klara-voss"

CASES = {
    "assertions": Case("export/assertions", {}),
    "chain": Case("provenance/chain", {"assertion": "assertion/chronicle/0019"}),
    "claims-about": Case("provenance/claims-about", {"entity": BRANDT}),
    "claims-about-a-place": Case("provenance/claims-about", {"entity": "place/guildhall"}),
    "claims-about-an-addressee": Case("provenance/claims-about", {"entity": "person/klara-voss"}),
    "claims-about-a-part": Case("provenance/claims-about", {"entity": "party/dykers"}),
    "composition": Case("bodies/composition", {"body": COUNCIL}),
    "composition-of-an-event": Case("bodies/composition", {"body": FLOOD}),
    "between-texts": Case("disagreement/between-texts", {"one": "text/letters", "other": "text/chronicle"}),
    "claim": Case("provenance/claim", {"assertion": FLOODED}),
    "claim-of-a-number": Case("provenance/claim", {"assertion": "assertion/chronicle/0022"}),
    "claim-of-a-saying": Case("provenance/claim", {"assertion": "assertion/chronicle/0020"}),
    "claim-of-a-time-and-place": Case("provenance/claim", {"assertion": "assertion/chronicle/0024"}),
    "claim-of-a-total": Case("provenance/claim", {"assertion": "assertion/chronicle/0010"}),
    "claim-of-an-office": Case("provenance/claim", {"assertion": "assertion/chronicle/0009"}),
    "comparisons": Case("disagreement/comparisons", {}),
    "comparisons-about": Case("disagreement/comparisons", {"about": BRANDT}),
    "comparisons-of-a-type": Case("disagreement/comparisons", {"type": "contradiction"}),
    "distrust-falls": Case("witness/distrust-falls", {"source": "text/letters"}),
    "distrust-falls-with-what-is-spoken-of": Case("witness/distrust-falls", {"source": "text/chronicle"}),
    "distrust-rises-but-not-of-what-is-spoken-of": Case("witness/distrust-rises", {"source": "text/chronicle"}),
    "distrust-weakens-of-an-author": Case("witness/distrust-weakens", {"source": "person/petrus-anker"}),
    "distrust-falls-of-a-speaker": Case("witness/distrust-falls", {"source": VOSS}),
    "distrust-rises": Case("witness/distrust-rises", {"source": "text/letters"}),
    "distrust-rises-of-an-author": Case("witness/distrust-rises", {"source": "person/petrus-anker"}),
    "distrust-rises-of-a-speaker": Case("witness/distrust-rises", {"source": "body/friends-of-voss"}),
    "distrust-vanishes-of-an-author": Case("witness/distrust-vanishes", {"source": "person/petrus-anker"}),
    "distrust-vanishes": Case("witness/distrust-vanishes", {"source": VOSS}),
    "distrust-vanishes-of-a-type": Case(
        "witness/distrust-vanishes", {"source": "text/letters", "type": "contradiction"}
    ),
    "distrust-weakens": Case("witness/distrust-weakens", {"source": "text/letters"}),
    "endorsed": Case("provenance/endorsed", {}),
    "endorsed-of-one": Case("provenance/endorsed", {"speaker": "person/ferryman"}),
    "endorsed-in-a-text": Case("provenance/endorsed", {"text": "text/chronicle"}),
    "endorsed-by-stance": Case("provenance/endorsed", {"stance": "denies"}),
    "entities": Case("export/entities", {}),
    "first-hand": Case("provenance/first-hand", {}),
    "first-hand-of-one": Case("provenance/first-hand", {"speaker": "person/ferryman"}),
    "inventory": Case("texts/inventory", {}),
    "matches": Case("export/matches", {}),
    "members": Case("bodies/members", {"body": COUNCIL}),
    "names": Case("export/names", {}),
    "of-claim": Case("disagreement/of-claim", {"assertion": FLOODED}),
    "offices": Case("persons/offices", {"person": BRANDT}),
    "only-in-one": Case("disagreement/only-in-one", {"one": "text/chronicle", "other": "text/letters"}),
    "rests-on": Case("witness/rests-on", {"assertion": FLOODED}),
    "rules": Case("disagreement/rules", {}),
    "said": Case("persons/said", {"person": "person/ferryman"}),
    "silent": Case("provenance/silent", {"subject": FLOOD}),
    "silent-on-a-property": Case("provenance/silent", {"subject": FLOOD, "property": "occurredAt"}),
    "silent-on-a-saying": Case("provenance/silent", {"subject": "person/ferryman", "property": "said", "object": VOSS}),
    "silent-on-an-object": Case(
        "provenance/silent", {"subject": BRANDT, "property": "heldOffice", "object": "body/council"}
    ),
    "single-witness": Case("witness/single-witness", {}),
    "single-witness-about": Case("witness/single-witness", {"about": COUNCIL}),
    "single-witness-of-one": Case("witness/single-witness", {"witness": VOSS}),
    "tallies": Case("votes/tallies", {}),
    "tallies-of-a-motion": Case("votes/tallies", {"subject": "work/dyke-motion"}),
    "timeline": Case("events/timeline", {}),
    "timeline-of-an-event": Case("events/timeline", {"event": FLOOD}),
    "what-does-it-say": Case("provenance/what-does-it-say", {"text": "text/letters"}),
    "who-is": Case("names/who-is", {"name": "anker"}),
    "who-says": Case("provenance/who-says", {"subject": FLOOD, "property": f"{KG}numbered"}),
    "who-says-to-somebody": Case(
        "provenance/who-says", {"subject": "person/ferryman", "property": f"{KG}said", "object": "person/klara-voss"}
    ),
    "who-says-where": Case(
        "provenance/who-says", {"subject": FLOOD, "property": f"{KG}occurredAt", "object": "place/veldhaven"}
    ),
    "calendars-of-texts": Case("report/calendars-of-texts", {}),
    "claims-by-property": Case("report/claims-by-property", {}),
    "claims-by-standing": Case("report/claims-by-standing", {}),
    "claims-by-voice": Case("report/claims-by-voice", {}),
    "compared-claims": Case("report/compared-claims", {}),
    "dated-claims": Case("report/dated-claims", {}),
    "faults": Case("disagreement/faults", {}),
    "faults-of-a-text": Case("disagreement/faults", {"text": "text/chronicle"}),
    "faults-with-claims": Case("report/faults-with-claims", {}),
    "pairs": Case("report/pairs", {}),
    "qualifiers-of-claims": Case("report/qualifiers-of-claims", {}),
    "testimonies-by-witnesses": Case("report/testimonies-by-witnesses", {}),
    "voices-with-chains": Case("report/voices-with-chains", {}),
    "witnesses-of-claims": Case("report/witnesses-of-claims", {}),
}


PLANTED = frozenset({"faults", "faults-of-a-text", "faults-with-claims"})
"""The cases that are asked of the small dataset with a fault planted in it: it has none of its own."""


def plant(corpus: Corpus) -> Corpus:
    """Have the chronicle count more members by party than it says that the council had."""
    name = "assertions/chronicle"
    more = pl.when(pl.col("id") == "0011").then(pl.lit("18"))
    cells = {column: more.otherwise(column).alias(column) for column in ("value", "printed", "minimum", "maximum")}
    return replace(corpus, frames={**corpus.frames, name: corpus.frames[name].with_columns(*cells.values())})


def answer(case: Case, store: Store, questions: Mapping[str, Question], base: Base) -> str:
    """Give the answer of a case as its golden file has it."""
    return write_answer(shorten(ask(store, questions[case.question], case.given, base), base), "csv")


def renew() -> None:
    """Write the golden answers and remove those of cases that are no more."""
    corpus = read_corpus(DATASET, find_folder("ontology"))
    base, questions = corpus.settings.base, read_questions(find_folder("queries"))
    whole, planted = _load(corpus), _load(plant(corpus))
    for path in GOLDEN.glob("*.csv"):
        path.unlink()
    for name, case in CASES.items():
        told = answer(case, planted if name in PLANTED else whole, questions, base)
        (GOLDEN / f"{name}.csv").write_text(told, "utf-8")


def _load(corpus: Corpus) -> Store:
    ontology = "\n".join(path.read_text("utf-8") for path in sorted(find_folder("ontology").glob("*.ttl")))
    documents, _ = render_build(corpus, ontology)
    graphs = list_graphs(corpus.settings.base, documents, ontology)
    return load_graphs({graph.iri: graph.turtle.encode() for graph in graphs})


if __name__ == "__main__":
    renew()
