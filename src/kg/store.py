"""The embedded store: an Oxigraph database, built whole from files and then only read."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Variable
from pyoxigraph import Store as Oxigraph

from kg.errors import OutsideError, UsageError

Result = QuerySolutions | QueryBoolean | QueryTriples


class Store:
    """A store opened for reading."""

    def __init__(self, store: Oxigraph) -> None:
        """Take an Oxigraph store."""
        self._store = store

    def query(self, text: str, terms: Mapping[str, Any] | None = None, *, union: bool = False) -> Result:
        """Ask a query with some variables bound to terms; raises UsageError where it is no SPARQL.

        With `union`, what the query asks of no graph in particular is asked of all graphs together.
        """
        bound = {Variable(name): term for name, term in (terms or {}).items()}
        try:
            return self._store.query(text, substitutions=bound, use_default_graph_as_union=union)
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"the query is not valid SPARQL: {error}") from None
        except (OSError, RuntimeError) as error:
            raise UsageError(f"the query cannot be answered: {error}") from None

    def __len__(self) -> int:
        """Count the quads."""
        return len(self._store)


def build_store(folder: Path, graphs: Mapping[str, Path]) -> None:
    """Load Turtle files, each into the named graph of its IRI, into a new store in a folder."""
    try:
        store = Oxigraph(str(folder))
        for iri, path in graphs.items():
            store.bulk_load(path=str(path), format=RdfFormat.TURTLE, to_graph=NamedNode(iri))
        store.flush()
    except OSError as error:
        raise OutsideError(f"the store cannot be written: {error}") from None


def open_store(folder: Path) -> Store:
    """Open a store for reading; raises OutsideError where there is none, never makes an empty one."""
    if not (folder / "CURRENT").is_file():
        raise OutsideError(f"{folder} holds no store; make one with `kg build`")
    try:
        return Store(Oxigraph.read_only(str(folder)))
    except OSError as error:
        raise OutsideError(f"the store in {folder} cannot be opened: {error}") from None


def load_graphs(graphs: Mapping[str, bytes]) -> Store:
    """Load Turtle, each into the named graph of its IRI, into a store in memory."""
    store = Oxigraph()
    for iri, turtle in graphs.items():
        store.load(turtle, format=RdfFormat.TURTLE, to_graph=NamedNode(iri))
    return Store(store)


def load_together(turtles: Iterable[str]) -> Store:
    """Load Turtle texts, all into the default graph, into a store in memory."""
    store = Oxigraph()
    for turtle in turtles:
        store.bulk_load(turtle.encode(), format=RdfFormat.TURTLE)
    return Store(store)
