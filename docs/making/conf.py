"""Settings of Sphinx. Nothing is fetched: no inventory of another project, no font, no script from elsewhere."""

from __future__ import annotations

project = "mrdguide"
author = "mrdguide contributors"
project_copyright = "mrdguide contributors, Apache-2.0"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
html_theme = "furo"
html_title = "mrdguide"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]
# The same pages every time: no day of making in them.
html_last_updated_fmt = None
# `--words` stays `--words`.
smartquotes = False
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Examples of code are shown as they are; a word that a highlighter does not know is no fault of the page.
suppress_warnings = ["misc.highlighting_failure"]
