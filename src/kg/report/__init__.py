"""A static report of a build for readers: contents asked by saved questions, plots, pages, a folder.

`contents` asks; `timeline` and `network` lay out, and know nothing of SVG; `pages` fills the
templates; `folder` writes them, whole or not at all.
"""

from kg.report.contents import read_contents
from kg.report.folder import write_folder
from kg.report.pages import render_pages

__all__ = ["read_contents", "render_pages", "write_folder"]
