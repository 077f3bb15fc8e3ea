"""Where the project's own files are: beside the code in a wheel, at the top of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]


def find_folder(name: str) -> Path:
    """Give the folder `ontology`, `shapes`, `queries` or `data` that came with the package."""
    packaged = _PACKAGE / "share" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name
