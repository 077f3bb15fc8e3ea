"""The report as people make it and see it: the installed command, and a real browser."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ABSENT
from test_commands import DATASET, KG, run

PAGES = ("index.html", "disagreements.html", "timeline.html", "network.html", "faults.html")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
HOSTILE = (
    '</title></svg><script>document.title="owned"; console.error("owned"); fetch("http://127.0.0.1:9/owned")</script>'
)
MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a build of the small dataset in which a speaker and an event have hostile labels."""
    folder = tmp_path_factory.mktemp("report")
    data = Path(shutil.copytree(DATASET, folder / "data"))
    cell = '"' + HOSTILE.replace('"', '""') + '"'
    for table, label in (("persons", "Klara Voss"), ("events", "Flood of Veldhaven")):
        path = data / f"{table}.csv"
        path.write_text(path.read_text("utf-8").replace(f",{label},", f",{cell},", 1), "utf-8")
    run("build", "--data", data, "--out", folder / "build")
    return folder / "build"


@pytest.fixture(scope="module")
def report(build: Path) -> Path:
    """Give the report of that build."""
    run("report", "--build", build, "--out", build.parent / "report")
    return build.parent / "report"


class Seen:
    """What a browser did with a page: the document it made, what it logged, and what it asked the network for."""

    def __init__(self, page: str, folder: Path) -> None:
        log = folder / "net.json"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        own = [f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--enable-logging=stderr"]
        words = [BROWSER or "", *flags, *own, "--virtual-time-budget=2000", "--dump-dom", page]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
        self.document = done.stdout
        self.console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        self.requests = [url for url in _list_requests(log) if not _is_of_the_browser(url)]


def _list_requests(log: Path) -> Iterator[str]:
    """List what was asked for over a network, by address."""
    told = json.loads(log.read_text("utf-8"))
    kind = told["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    for event in told["events"]:
        url = event.get("params", {}).get("url", "")
        if event["type"] == kind and re.match(r"(https?|wss?|ftp):", url):
            yield url


def _is_of_the_browser(url: str) -> bool:
    """Tell whether an address is one that the browser itself looks at when it starts, whatever the page."""
    return re.match(r"https?://[\w.-]*(google|gstatic|googleapis|gvt1)\.com/", url) is not None


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the browser; without one the tests that need it are skipped aloud."""
    if BROWSER is None:
        pytest.skip(f"{ABSENT} no Chromium on this machine; install chromium")
    return tmp_path_factory.mktemp("browser")


# ---- The command ----


def test_the_command_writes_every_page_and_tells_where(build: Path, tmp_path: Path) -> None:
    done = run("report", "--build", build, "--out", tmp_path / "r")
    assert done.stdout == f"32 claims, 7 comparisons, 3 dates: {tmp_path / 'r' / 'index.html'}\n"
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == sorted(PAGES)


def test_the_same_build_gives_the_same_report_whatever_the_hash_seed(report: Path, build: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        words: list[str | Path] = [KG, "report", "--build", build, "--out", tmp_path / seed]
        subprocess.run(words, check=True, capture_output=True, timeout=120, env={**os.environ, "PYTHONHASHSEED": seed})
        assert all((tmp_path / seed / name).read_bytes() == (report / name).read_bytes() for name in PAGES)


def test_a_folder_that_is_no_report_is_refused_and_a_build_that_is_none_is_told(build: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    assert "is no report" in run("report", "--build", build, "--out", tmp_path, code=2).stderr
    assert "make one with `kg build`" in run("report", "--build", tmp_path, "--out", tmp_path / "r", code=3).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_report_of_the_shipped_dataset_has_pages_of_a_size_to_send(tmp_path: Path) -> None:
    run("build", "--out", tmp_path / "build")
    run("report", "--build", tmp_path / "build", "--out", tmp_path / "r")
    assert all(10_000 < path.stat().st_size < MOST_BYTES for path in (tmp_path / "r").iterdir())


# ---- In a browser ----


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_logs_nothing_and_no_label_runs(name: str, report: Path, profile: Path) -> None:
    seen = Seen((report / name).as_uri(), profile)
    assert seen.requests == []
    assert seen.console == []
    assert "</main>" in seen.document
    title = re.search(r"<title>(.*?)</title>", seen.document)
    assert title is not None
    assert title[1].endswith("The flood of Veldhaven as two texts tell it")
    assert "<script" not in seen.document


def test_the_browser_would_show_it_if_a_label_ran(profile: Path) -> None:
    seen = Seen(f"data:text/html,{quote(f'<svg><title>{HOSTILE}')}", profile)
    assert "<title>owned</title>" in seen.document or "owned" in "".join(seen.console)
    assert any("owned" in url for url in seen.requests)
    assert any("owned" in line for line in seen.console)


@pytest.mark.parametrize("name", ["timeline.html", "network.html"])
def test_a_page_with_plots_can_be_printed(name: str, report: Path, profile: Path, tmp_path: Path) -> None:
    printed = tmp_path / "page.pdf"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile / 'profile'}"]
    words = [BROWSER or "", *flags, f"--print-to-pdf={printed}", (report / name).as_uri()]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    assert printed.read_bytes().startswith(b"%PDF-")
    assert len(printed.read_bytes()) > 5_000
