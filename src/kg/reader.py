"""A build opened for questions: its store, its saved questions, and answers as records."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl
from pyoxigraph import Literal

from kg.builds import Build, read_build
from kg.documents import shorten, to_text
from kg.errors import UsageError
from kg.layout import find_folder
from kg.names import XSD, Base
from kg.queries import Answer, Question, Term, ask, ask_freely, read_questions
from kg.store import Store, open_store

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """A build that answers saved questions."""

    build: Build
    store: Store
    questions: Mapping[str, Question]

    @property
    def base(self) -> Base:
        """Give the base of the dataset's IRIs."""
        return self.build.base

    def find_question(self, name: str) -> Question:
        """Give a saved question by its full name or the last part of it; raises UsageError."""
        found = [question for full, question in self.questions.items() if name in (full, full.rpartition("/")[2])]
        if len(found) != 1:
            raise UsageError(f"there is no saved question {name!r}; there are {', '.join(self.questions)}")
        return found[0]

    def ask(self, name: str, given: Mapping[str, str] | None = None) -> Answer:
        """Ask a saved question; raises UsageError as `queries.ask` does."""
        return ask(self.store, self.find_question(name), given or {}, self.base)

    def list_records(self, name: str, given: Mapping[str, str] | None = None) -> list[Record]:
        """Ask a saved question and give its rows by column, IRIs of the dataset as references."""
        answer = shorten(self.ask(name, given), self.base)
        return [dict(zip(answer.columns, map(to_text, row), strict=True)) for row in answer.rows]

    def query(self, name: str, **given: str) -> pl.DataFrame:
        """Ask a saved question, or SPARQL of one's own with no parameters, and give a data frame.

        Numbers, truth values and days have columns of their type where a whole column is of one;
        all else is text, IRIs of the dataset as references. `to_pandas()` gives pandas its due.
        Raises UsageError.
        """
        own = re.search(r"[{\s]", name) is not None
        answer = ask_freely(self.store, name) if own else self.ask(name, given)
        if own and given:
            raise UsageError("a query of one's own takes no parameters")
        return to_frame(shorten(answer, self.base))

    def require(self, references: Iterable[str]) -> None:
        """Raise UsageError where the build has nothing by a reference, and name what is near to it."""
        for reference in references:
            if "/" in reference and ":" not in reference and not self._has(reference):
                kind = reference.partition("/")[0]
                known = [record["id"] for record in self.list_records("export/entities")]
                near = get_close_matches(reference, known, n=3) or [n for n in known if n.startswith(f"{kind}/")][:3]
                told = f"; near to it are {', '.join(near)}" if near else ""
                raise UsageError(f"there is no {reference} in this build{told}")

    def _has(self, reference: str) -> bool:
        found = self.store.query(f"ASK {{ GRAPH ?g {{ <{self.base.mint(reference)}> ?p ?o }} }}")
        return bool(found)


def to_frame(answer: Answer) -> pl.DataFrame:
    """Give an answer as a data frame with a typed column for each of its own."""
    columns = zip(*answer.rows, strict=True) if answer.rows else [()] * len(answer.columns)
    return pl.DataFrame([_to_series(*column) for column in zip(answer.columns, columns, strict=True)])


def _to_series(name: str, terms: tuple[Term | None, ...]) -> pl.Series:
    texts = pl.Series(name, [None if term is None else to_text(term) for term in terms], dtype=pl.String)
    datatypes = {term.datatype.value if isinstance(term, Literal) else "" for term in terms if term is not None}
    cast = _CASTS.get(datatypes.pop()) if len(datatypes) == 1 else None
    return texts if cast is None else cast(texts)


_CASTS: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    f"{XSD}integer": lambda texts: texts.cast(pl.Int64),
    f"{XSD}decimal": lambda texts: texts.cast(pl.Float64),
    f"{XSD}double": lambda texts: texts.cast(pl.Float64),
    f"{XSD}boolean": lambda texts: texts == "true",
    f"{XSD}date": lambda texts: texts.str.to_date(),
}


def open_build(folder: Path) -> Reader:
    """Open a build folder for questions; raises OutsideError where it is no build."""
    build = read_build(folder)
    return Reader(build, open_store(build.store), read_questions(find_folder("queries")))
