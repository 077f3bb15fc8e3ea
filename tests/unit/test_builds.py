"""A build is there whole or not at all, says what is in it, and is the same whenever it is made."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from pyld import jsonld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, QuerySolutions, RdfFormat, parse, serialize

from kg.builds import Build, Graph, list_graphs, read_build, write_build
from kg.errors import OutsideError, UsageError
from kg.graph import render
from kg.model import Corpus
from kg.store import open_store

BASE = "https://example.org/veldhaven/"

FOREVER = """
import json, sys, time
from pathlib import Path
from kg.builds import Graph, write_build
graphs = [Graph(*graph) for graph in json.loads(Path(sys.argv[2]).read_text("utf-8"))]
while True:
    for number in (2, 1):
        begun = time.monotonic()
        write_build(Path(sys.argv[1]), graphs[:number], {"base": "", "number": number})
        print(time.monotonic() - begun, flush=True)
"""
"""Two builds in turn in the place of one another, with the time that each took, until somebody stops it."""

HINDERED = """
import json, resource, sys
from pathlib import Path
from kg.builds import Graph, write_build
from kg.errors import OutsideError
out, how = Path(sys.argv[1]), sys.argv[3]
graphs = [Graph(*graph) for graph in json.loads(Path(sys.argv[2]).read_text("utf-8"))]
write_build(out, graphs[:1], {"base": "", "number": 1})
if how == "quota":
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
elif how == "read-only":
    out.parent.chmod(0o555)
else:
    (out.parent / "fill").write_bytes(b"0" * int(how))
try:
    write_build(out, graphs, {"base": "", "number": 2})
except OutsideError as error:
    print(error)
finally:
    out.parent.chmod(0o755)
"""
"""A build, then one that has no room or right to be written."""

ONCE = """
import json, sys
from pathlib import Path
from kg.builds import Graph, write_build
from kg.errors import UsageError
graphs = [Graph(*graph) for graph in json.loads(Path(sys.argv[2]).read_text("utf-8"))]
number = int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
try:
    write_build(Path(sys.argv[1]), graphs[:number], {"base": "", "number": number})
except UsageError as error:
    print(error)
"""
"""One build, begun when a line comes in."""


@pytest.fixture(scope="module")
def graphs(corpus: Corpus) -> list[Graph]:
    """Give the graphs of the small dataset's texts."""
    documents = [(name, turtle) for name, turtle in render(corpus) if name in corpus.texts]
    return list_graphs(corpus.settings.base, documents, "")[1:]


@pytest.fixture(scope="module")
def listed(graphs: list[Graph], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with the graphs, for builds that run in a process of their own."""
    path = tmp_path_factory.mktemp("graphs") / "graphs.json"
    path.write_text(json.dumps([[g.iri, g.file, g.turtle] for g in graphs]), "utf-8")
    return path


def write(out: Path, graphs: list[Graph], number: int) -> Build:
    """Write the build that holds so many of the graphs."""
    return write_build(out, graphs[:number], {"base": BASE, "number": number})


def read_whole(out: Path) -> int:
    """Read every part of a build, see that they agree, and give its number."""
    build = read_build(out)
    data = (build.folder / "kg.nq").read_bytes()
    assert sha256(data).hexdigest() == build.manifest["rdfc10_sha256"]
    assert len(data.splitlines()) == build.manifest["quads"] == len(open_store(build.store)) > 0
    assert len(set(build.quads())) == build.manifest["quads"]
    return int(build.manifest["number"])


def list_all(folder: Path) -> set[str]:
    """List the names in a folder."""
    return {path.name for path in folder.iterdir()}


def list_clean(out: Path) -> set[str]:
    """List the names that a build and its lock need in the folder where they are."""
    return {out.name, f".{out.name}.lock", out.readlink().name}


# ---- What is in it ----


def test_the_digest_of_a_build_is_the_hash_of_its_canonical_form(built: Build) -> None:
    dataset = Dataset(parse((built.folder / "kg.nq").read_bytes(), format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    assert len(lines) == built.manifest["quads"] > 1000
    assert sha256(b"".join(lines)).hexdigest() == built.manifest["rdfc10_sha256"]


def test_the_file_of_quads_is_to_the_byte_what_another_library_calls_canonical(built: Build) -> None:
    form = "application/n-quads"
    quads = (built.folder / "kg.nq").read_text("utf-8")
    asked = {"algorithm": "URDNA2015", "inputFormat": form, "format": form}
    assert quads
    assert jsonld.normalize(quads, asked) == quads


def test_files_quads_and_store_hold_the_same(built: Build) -> None:
    listed = set(parse((built.folder / "kg.nq").read_bytes(), format=RdfFormat.N_QUADS))
    stored = open_store(built.store).query("SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert set(built.quads()) == listed
    assert isinstance(stored, QuerySolutions)
    assert {" ".join(map(str, row)) for row in stored} == {str(quad) for quad in listed}


def test_nothing_in_a_build_is_a_blank_node(built: Build) -> None:
    lines = (built.folder / "kg.nq").read_text("utf-8").splitlines()
    assert lines
    assert not [line for line in lines if line.startswith("_:") or " _:" in line.partition('"')[0]]


def test_the_manifest_counts_and_digests_each_graph(built: Build) -> None:
    told: Mapping[str, Mapping[str, str | int]] = built.manifest["graphs"]
    assert [iri.rpartition("/")[2] for iri in told] == [
        *("ontology", "entities", "concepts", "chronicle", "letters"),
        *("comparisons", "consensus", "contested", "witnesses", "faults"),
    ]
    for graph in told.values():
        data = (built.folder / str(graph["file"])).read_bytes()
        assert graph["sha256"] == sha256(data).hexdigest()
        assert graph["triples"] == len(set(parse(data, format=RdfFormat.TURTLE)))
    assert sum(int(graph["triples"]) for graph in told.values()) == built.manifest["quads"]


def test_a_second_build_has_the_same_bytes(built: Build, graphs: list[Graph], tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, graphs, 2).folder for name in ("one", "two"))
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file() and "store" not in path.parts]
    assert len(files) == 4
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)
    assert built.base.iri == read_build(first).base.iri


# ---- Put in place as a whole ----


def test_a_new_build_takes_the_place_of_the_old_and_leaves_nothing_of_it(graphs: list[Graph], tmp_path: Path) -> None:
    out = tmp_path / "new" / "build"
    for number in (1, 2, 1):
        assert write(out, graphs, number).manifest == read_build(out).manifest
        assert read_whole(out) == number
        assert list_all(out.parent) == list_clean(out)


def test_an_empty_folder_may_become_a_build(graphs: list[Graph], tmp_path: Path) -> None:
    out = tmp_path / "build"
    out.mkdir()
    write(out, graphs, 1)
    assert read_whole(out) == 1


def test_a_reader_of_the_old_build_has_its_answers_while_the_new_one_comes(graphs: list[Graph], tmp_path: Path) -> None:
    old = open_store(write(tmp_path / "build", graphs, 1).store)
    write(tmp_path / "build", graphs, 2)
    rows = old.query("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert isinstance(rows, QuerySolutions)
    assert len(list(rows)) == len(old) < read_build(tmp_path / "build").manifest["quads"]


@pytest.mark.parametrize("part", range(5))
def test_a_build_that_is_killed_at_any_moment_leaves_the_old_or_the_new_and_no_leftovers(
    part: int, graphs: list[Graph], listed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "build"
    command = [sys.executable, "-c", FOREVER, str(out), str(listed)]
    for step in range(6):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            time.sleep(float(process.stdout.readline()) * (5 * step + part) / 30)
            process.kill()
        assert process.returncode == -9
        assert read_whole(out) in (1, 2)
    write(out, graphs, 2)
    assert read_whole(out) == 2
    assert list_all(tmp_path) == list_clean(out)


def test_what_stops_a_build_halfway_leaves_the_old_one_and_no_leftovers(graphs: list[Graph], tmp_path: Path) -> None:
    def stop() -> Iterator[Graph]:
        yield graphs[0]
        raise KeyboardInterrupt

    out = tmp_path / "build"
    write(out, graphs, 1)
    with pytest.raises(KeyboardInterrupt):
        write_build(out, stop(), {"number": 2})
    assert read_whole(out) == 1
    assert list_all(tmp_path) == list_clean(out)


def test_a_build_while_another_is_written_is_refused_in_words(graphs: list[Graph], tmp_path: Path) -> None:
    def begin_another() -> Iterator[Graph]:
        yield graphs[0]
        with pytest.raises(UsageError, match=r"another build is being written to .*build; wait for it"):
            write(tmp_path / "build", graphs, 2)

    write_build(tmp_path / "build", begin_another(), {"number": 1})
    assert read_whole(tmp_path / "build") == 1


def test_of_two_builds_at_once_each_is_done_or_refused_in_words(listed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ONCE, str(tmp_path / "build"), str(listed)]
    both = [
        subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in (1, 2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    told = [process.communicate("go\n")[0] for process in both]
    done = [number for number, words in enumerate(told, 1) if not words]
    assert [process.returncode for process in both] == [0, 0]
    assert read_whole(tmp_path / "build") in done
    assert all("another build is being written" in words for words in told if words)


# ---- What is in the way ----


def spoil_file(out: Path) -> None:
    """Put a file in the place of the build."""
    out.write_text("mine", "utf-8")


def spoil_folder(out: Path) -> None:
    """Put a folder with somebody's papers in the place of the build."""
    out.mkdir()
    (out / "build.json").write_text("mine", "utf-8")


def spoil_link(out: Path) -> None:
    """Put a link to a folder of somebody's in the place of the build."""
    (out.parent / "papers").mkdir()
    (out.parent / "papers/notes.txt").write_text("mine", "utf-8")
    out.symlink_to("papers")


@pytest.mark.parametrize("spoil", [spoil_file, spoil_folder, spoil_link])
def test_what_is_no_build_is_refused_and_left_alone(
    spoil: Callable[[Path], None], graphs: list[Graph], tmp_path: Path
) -> None:
    spoil(tmp_path / "build")
    before = {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")}
    with pytest.raises(UsageError, match=r"build is there and is no build of kg; name another folder"):
        write(tmp_path / "build", graphs, 1)
    (tmp_path / ".build.lock").unlink()
    assert before
    assert {path: path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_hidden_folders_and_links_that_are_no_builds_are_left_alone(graphs: list[Graph], tmp_path: Path) -> None:
    (tmp_path / ".build.backups").mkdir()
    (tmp_path / ".build.backups/notes.txt").write_text("mine", "utf-8")
    (tmp_path / ".build.link").symlink_to(".build.backups")
    for number in (1, 2):
        write(tmp_path / "build", graphs, number)
    assert (tmp_path / ".build.link/notes.txt").read_text("utf-8") == "mine"
    assert list_all(tmp_path) == list_clean(tmp_path / "build") | {".build.backups", ".build.link"}


def test_a_build_reached_over_a_link_stays(graphs: list[Graph], tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "here").symlink_to("disk")
    for number in (1, 2):
        write(tmp_path / "here/build", graphs, number)
        assert read_whole(tmp_path / "disk/build") == number


@pytest.mark.parametrize(
    ("how", "words"), [("quota", "File too large"), ("read-only", "Permission denied")], ids=["quota", "read-only"]
)
def test_a_build_without_room_or_right_is_told_and_the_old_one_stays(
    how: str, words: str, listed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "build"
    obedient = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    command = [*obedient, sys.executable, "-c", HINDERED, str(out), str(listed), how]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == f"the build cannot be written to {out}: {words}\n"
    assert read_whole(out) == 1
    assert list_all(tmp_path) == list_clean(out)


@pytest.fixture
def on_small_disk() -> list[str]:
    """Give the words before a command that put a disk of two million bytes under its first argument."""
    alone = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("absent: this machine lets no test mount a disk")
    return [*alone, "sh", "-c", 'mount -t tmpfs -o size=2000k tmpfs "$1" && shift && "$@"', "sh"]


def test_a_full_disk_is_told_and_the_old_build_stays(on_small_disk: list[str], listed: Path, tmp_path: Path) -> None:
    look = '"$@" && shift 3 && readlink "$1" && ls -A "${1%/*}" && cat "$1/build.json"'
    out = tmp_path / "build"
    command = [*on_small_disk, str(tmp_path), "sh", "-c", look, "sh"]
    command += [sys.executable, "-c", HINDERED, str(out), str(listed), "900000"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    words, current, *names = told.stdout.partition("{")[0].splitlines()
    assert "cannot be written" in words
    assert "No space left on device" in words
    assert set(names) == {"build", ".build.lock", current, "fill"}
    assert '"number": 1' in told.stdout


# ---- What is not there ----


def test_a_folder_without_a_build_is_told_and_stays_as_it_is(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(OutsideError, match="holds no build; make one with `kg build`"):
            read_build(folder)
    assert not list_all(tmp_path)


def test_a_damaged_manifest_is_no_build(tmp_path: Path) -> None:
    (tmp_path / "build.json").write_text("{", "utf-8")
    with pytest.raises(OutsideError, match="holds no build"):
        read_build(tmp_path)
