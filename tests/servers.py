"""Servers for tests: the command `kg serve`, really run, and asked over HTTP."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from kg.builds import Build, Graph, write_build

KG = Path(sys.executable).with_name("kg")
UNION = "urn:x-arq:UnionGraph"


@dataclass(frozen=True)
class Server:
    """A server that runs: its process and the address of its endpoint."""

    process: subprocess.Popen[str]
    endpoint: str

    @property
    def root(self) -> str:
        """Give the address of the root, with its slash."""
        return self.endpoint.removesuffix("sparql")

    def get(self, query: str, accept: str = "*/*", **fields: str) -> requests.Response:
        """Ask by GET."""
        return requests.get(self.endpoint, {"query": query} | fields, headers={"accept": accept}, timeout=60)

    def ask(self, query: str, **fields: str) -> list[dict[str, str]]:
        """Ask for rows, and give them with the text of each cell."""
        response = self.get(query, **fields)
        assert response.status_code == 200, response.text
        bindings = json.loads(response.content)["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in bindings]


@contextmanager
def run_server(build: Path, *options: str, wrapper: tuple[str, ...] = ()) -> Iterator[Server]:
    """Run `kg serve` at a free port until the block ends; then it must have ended well."""
    command = [*wrapper, str(KG), "serve", "--build", str(build), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line.startswith("listening at "), line
        yield Server(process, line.split()[-1])
    finally:
        process.terminate()
        code = process.wait(timeout=30)
        process.stdout.close()
    assert code == 0


def build_graphs(out: Path, graphs: Mapping[str, str]) -> Build:
    """Build a folder of named graphs from their Turtle."""
    listed = [Graph(iri, f"graphs/{n}.ttl", turtle) for n, (iri, turtle) in enumerate(graphs.items())]
    return write_build(out, listed, {"base": "http://example.org/", "title": "Test <graphs>", "prefixes": {}})
