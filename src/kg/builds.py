"""A build: the folder of Turtle, quads and store that a dataset compiles to, replaced as a whole.

OUT -> .OUT.NNN/      a link, so that one rename puts a new build in the place of the old
  graphs/NAME.ttl     one file for each named graph
  ontology.ttl        the ontology and its concepts
  kg.nq               all of it as N-Quads, in the canonical order and form
  build.json          what is in it: graphs, counts, digests, prefixes
  store/              the same as an Oxigraph database
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import OutsideError, UsageError
from kg.names import ONTOLOGY, Base
from kg.store import build_store

MANIFEST = "build.json"
QUADS = "kg.nq"
GRAPHS = "graphs"
ONTOLOGY_FILE = "ontology.ttl"
STORE = "store"
_PARTS = {MANIFEST, QUADS, GRAPHS, ONTOLOGY_FILE, STORE}


@dataclass(frozen=True, slots=True)
class Graph:
    """A named graph of a build: its IRI, its file within the folder, and its Turtle."""

    iri: str
    file: str
    turtle: str


@dataclass(frozen=True, slots=True)
class Build:
    """A build that can be read: its folder and what its manifest says."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def base(self) -> Base:
        """Give the base of the dataset's IRIs."""
        return Base(self.manifest["base"])

    @property
    def store(self) -> Path:
        """Give the folder of the store."""
        return self.folder / STORE

    def quads(self) -> Iterator[Quad]:
        """Read every quad as it was written, literals untouched."""
        for iri, graph in self.manifest["graphs"].items():
            yield from _read_quads(self.folder / graph["file"], iri)


def read_build(folder: Path) -> Build:
    """Read what a build folder holds; raises OutsideError where it is no build."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise OutsideError(f"{folder} holds no build; make one with `kg build`") from None
    return Build(folder.resolve(), manifest)


def write_build(out: Path, graphs: Iterable[Graph], about: Mapping[str, Any]) -> Build:
    """Write a build in a new folder and put it in the place of the old one in one rename.

    `about` goes into the manifest. Whatever stops it, `out` leads to the old build or to the new.
    Raises UsageError where `out` is not a build, OutsideError where the disk fails.
    """
    out = out.absolute()
    try:
        with _locked(out):
            _refuse_foreign(out)
            folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
            try:
                manifest = _fill(folder, graphs, about)
                _sync(folder)
                _swap(folder, out)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            _remove_stale(out)
    except OSError as error:
        raise OutsideError(f"the build cannot be written to {out}: {error.strerror or error}") from None
    return Build(out.resolve(), manifest)


def _fill(folder: Path, graphs: Iterable[Graph], about: Mapping[str, Any]) -> dict[str, Any]:
    folder.chmod(0o755)
    (folder / GRAPHS).mkdir()
    lines: list[bytes] = []
    told: dict[str, Any] = {}
    for graph in graphs:
        path = folder / graph.file
        path.write_text(graph.turtle, "utf-8")
        quads = list(_read_quads(path, graph.iri))
        lines += (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
        told[graph.iri] = {"file": graph.file, "triples": len(set(quads)), "sha256": _digest(path.read_bytes())}
    canonical = b"".join(sorted(set(lines)))
    (folder / QUADS).write_bytes(canonical)
    build_store(folder / STORE, {iri: folder / graph["file"] for iri, graph in told.items()})
    manifest = {**about, "quads": len(set(lines)), "rdfc10_sha256": _digest(canonical), "graphs": told}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return manifest


def _read_quads(path: Path, iri: str) -> Iterator[Quad]:
    name = NamedNode(iri)
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        yield Quad(quad.subject, quad.predicate, quad.object, name)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold the lock of a build folder; a second build at the same time is refused by name."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with (out.parent / f".{out.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another build is being written to {out}; wait for it") from None
        yield


def _refuse_foreign(out: Path) -> None:
    if out.is_symlink():
        foreign = not str(out.readlink()).startswith(f".{out.name}.")
    else:
        foreign = out.exists() and not (out.is_dir() and not any(out.iterdir()))
    if foreign:
        raise UsageError(f"{out} is there and is no build of kg; name another folder with --out, or move it away")
    if out.is_dir() and not out.is_symlink():
        out.rmdir()


def _sync(folder: Path) -> None:
    """Have the disk hold what was written before it is put in place."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _swap(folder: Path, out: Path) -> None:
    link = folder.with_name(f"{folder.name}.link")
    link.symlink_to(folder.name)
    link.rename(out)


def _remove_stale(out: Path) -> None:
    """Remove folders and links that earlier builds left, also those that were killed, and nothing else."""
    current = str(out.readlink())
    for path in [path for path in out.parent.iterdir() if path.name.startswith(f".{out.name}.")]:
        if path.is_symlink():
            if path.name == f"{path.readlink()}.link":
                path.unlink()
        elif path.is_dir() and path.name != current and {part.name for part in path.iterdir()} <= _PARTS:
            shutil.rmtree(path, ignore_errors=True)


def list_graphs(base: Base, documents: Iterable[tuple[str, str]], ontology: str) -> list[Graph]:
    """Give the named graphs of a build: the ontology, then the documents by name."""
    graphs = [Graph(ONTOLOGY, ONTOLOGY_FILE, ontology)]
    return graphs + [Graph(base.graph(name), f"{GRAPHS}/{name}.ttl", turtle) for name, turtle in documents]
