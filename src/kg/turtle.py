"""Columns of Turtle: terms, blocks and documents as expressions over whole columns.

A record is its subject and a list of predicates with the expression that gives their object in
Turtle, null where the row has none.
"""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl


class Part(NamedTuple):
    """A predicate with its object: an expression that gives a Turtle term, or null for none."""

    predicate: str
    term: pl.Expr


class Document(NamedTuple):
    """A named graph: its name and its Turtle."""

    name: str
    turtle: str


def reference(column: str, base: str = "") -> pl.Expr:
    """Write a reference: KIND/ID as a prefixed name, one to an assertion as an IRI under `base`."""
    cell = pl.col(column)
    prefixed = cell.str.replace("/", ":", literal=True)
    if not base:
        return prefixed
    return pl.when(cell.str.starts_with("assertion/")).then(f"<{base}" + cell + ">").otherwise(prefixed)


def concept(column: str, scheme: str = "") -> pl.Expr:
    """Write a concept of a scheme, which has the name of the column unless another is given."""
    return pl.concat_str(pl.lit(f"{scheme or column}:"), pl.col(column))


def local(kind: str) -> pl.Expr:
    """Write the name of a record of this text from its id."""
    return pl.concat_str(pl.lit(f"{kind}:"), "id")


def iri(column: str) -> pl.Expr:
    """Write an IRI in full."""
    return "<" + pl.col(column) + ">"


def quoted(text: pl.Expr) -> pl.Expr:
    """Write a text as a quoted string, escaped."""
    escaped = text.str.replace_many({"\\": "\\\\", '"': '\\"'})
    return pl.lit('"') + escaped + '"'


def string(column: str) -> pl.Expr:
    """Write a literal without language."""
    return quoted(pl.col(column))


def tagged(text: pl.Expr, language: str) -> pl.Expr:
    """Tag a text with its language, in small letters as stores keep tags, so that all read the same term."""
    return quoted(text) + f"@{language.lower()}"


def typed(column: str, datatype: str) -> pl.Expr:
    """Write a literal with its datatype."""
    return quoted(pl.col(column)) + f"^^{datatype}"


def write_blocks(frame: pl.DataFrame, subject: pl.Expr, parts: list[Part]) -> pl.Series:
    """Write one Turtle block a row; a part that is null is left out, but for the first, which none lacks."""
    (predicate, term), *rest = parts
    lines = [pl.lit(f" ;\n    {predicate} ") + term for predicate, term in rest]
    block = pl.concat_str(subject, pl.lit(f" {predicate} "), term, *lines, pl.lit(" .\n"), ignore_nulls=True)
    return frame.select(block).to_series()


def join_blocks(prefixes: Mapping[str, str], blocks: list[pl.Series]) -> str:
    """Write a whole document: its prefixes, then the blocks of its records."""
    head = "".join(f"@prefix {prefix}: <{name}> .\n" for prefix, name in sorted(prefixes.items()))
    return "\n".join([head, *(block.str.join("\n")[0] for block in blocks if len(block))])
