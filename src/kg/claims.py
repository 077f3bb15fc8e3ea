"""All claims of a corpus in one frame, each with who speaks last in its chain; how much was read for them."""

import polars as pl

from kg.model import Corpus

_VOICE = {
    "voice": "id",
    "endorsement": "endorsement",
    "depth": "depth",
    "speaker": "speaker",
    "origin": "origin",
}


def gather_claims(corpus: Corpus) -> pl.DataFrame:
    """Gather the claims of every text.

    Columns: those of the tables of assertions with what is derived from them, `reference`
    (assertion/TEXT/ID), `text`, and of the innermost voice `endorsement`, `depth`, `speaker` and
    `origin`.
    """
    return pl.concat([_gather(corpus, text) for text in corpus.texts])


def _gather(corpus: Corpus, text: str) -> pl.DataFrame:
    claims = corpus.frames[f"assertions/{text}"].with_columns(
        reference=pl.concat_str(pl.lit(f"assertion/{text}/"), "id"), text=pl.lit(text)
    )
    voices = corpus.frames[f"chains/{text}"].select(**_VOICE)
    return claims.join(voices, on="voice", how="left", maintain_order="left")


def measure_readings(readings: pl.DataFrame) -> int:
    """Give how many code points some readings of one text cover, those read twice counted once."""
    read, last = 0, 0
    for start, end in readings.sort("start").select("start", "end").iter_rows():
        read += max(end - max(start, last), 0)
        last = max(last, end)
    return read
