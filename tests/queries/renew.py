"""Renew the golden answers with `python tests/queries/renew.py`; read the difference before keeping it.

A golden answer is what a saved question gives over the small dataset: CSV, IRIs written as references.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kg.builds import list_graphs
from kg.checks import read_corpus
from kg.documents import shorten, write_answer
from kg.graph import render
from kg.layout import find_folder
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

CASES = {
    "assertions": Case("export/assertions", {}),
    "chain": Case("provenance/chain", {"assertion": "assertion/chronicle/0019"}),
    "claims-about": Case("provenance/claims-about", {"entity": BRANDT}),
    "claims-about-a-place": Case("provenance/claims-about", {"entity": "place/guildhall"}),
    "claims-about-an-addressee": Case("provenance/claims-about", {"entity": "person/klara-voss"}),
    "claims-about-a-part": Case("provenance/claims-about", {"entity": "party/dykers"}),
    "composition": Case("bodies/composition", {"body": COUNCIL}),
    "composition-of-an-event": Case("bodies/composition", {"body": FLOOD}),
    "entities": Case("export/entities", {}),
    "first-hand": Case("provenance/first-hand", {}),
    "first-hand-of-one": Case("provenance/first-hand", {"speaker": "person/ferryman"}),
    "inventory": Case("texts/inventory", {}),
    "members": Case("bodies/members", {"body": COUNCIL}),
    "names": Case("export/names", {}),
    "offices": Case("persons/offices", {"person": BRANDT}),
    "said": Case("persons/said", {"person": "person/ferryman"}),
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
}


def answer(case: Case, store: Store, questions: Mapping[str, Question], base: Base) -> str:
    """Give the answer of a case as its golden file has it."""
    return write_answer(shorten(ask(store, questions[case.question], case.given, base), base), "csv")


def renew() -> None:
    """Write the golden answers and remove those of cases that are no more."""
    corpus = read_corpus(DATASET, find_folder("ontology"))
    base, questions = corpus.settings.base, read_questions(find_folder("queries"))
    ontology = "\n".join(path.read_text("utf-8") for path in sorted(find_folder("ontology").glob("*.ttl")))
    graphs = {graph.iri: graph.turtle.encode() for graph in list_graphs(base, render(corpus), ontology)}
    store = load_graphs(graphs)
    for path in GOLDEN.glob("*.csv"):
        path.unlink()
    for name, case in CASES.items():
        (GOLDEN / f"{name}.csv").write_text(answer(case, store, questions, base), "utf-8")


if __name__ == "__main__":
    renew()
