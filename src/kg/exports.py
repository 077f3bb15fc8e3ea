"""Exports that are a contract: assertions and entities as tables, one row each."""

from collections import defaultdict
from collections.abc import Mapping

from pyoxigraph import Literal

from kg.documents import shorten, to_text
from kg.names import Base
from kg.queries import Answer, Question, ask
from kg.store import Store

EXPORTS = ("assertions", "entities")
JOINER = " | "


def export_table(what: str, store: Store, questions: Mapping[str, Question], base: Base) -> Answer:
    """Give the table `assertions` or `entities`, IRIs of the dataset written as references.

    Assertions: id, text (file name), start, end, subject, subject_label, property, object,
    object_label, value, unit, date_printed, date_julian, date_gregorian, place, role, part, phase,
    stance, voices (outermost first, joined by ` <- `), gist. Entities: id, kind, label, names
    (joined by ` | `).
    """
    answer = shorten(ask(store, questions[f"export/{what}"], {}, base), base)
    if what != "entities":
        return answer
    names: dict[str, list[str]] = defaultdict(list)
    for entity, form in shorten(ask(store, questions["export/names"], {}, base), base).rows:
        names[to_text(entity)].append(to_text(form))
    rows = ((*row, Literal(JOINER.join(names[to_text(row[0])]))) for row in answer.rows)
    return Answer((*answer.columns, "names"), tuple(rows))
