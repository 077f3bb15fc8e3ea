"""Templates filled: pages that escape every text, load nothing, and say themselves which style they carry."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response


def render(template: str, **given: object) -> str:
    """Fill a template of the web's pages."""
    return _make_environment().get_template(template).render(style=_read_style(), **given)


def show(page: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with a page; its own style alone may be applied, and its searches sent here."""
    digest = b64encode(sha256(_read_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    return HTMLResponse(page, status, {"content-security-policy": policy} | (headers or {}))


@cache
def _make_environment() -> Environment:
    return Environment(
        loader=PackageLoader("kg", "templates/web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _read_style() -> str:
    return _make_environment().get_template("style.css").render()
