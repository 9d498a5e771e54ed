"""The field in which a runbook is written: a text area with a live preview beside it, in the pages and in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from markdownx.widgets import MarkdownxWidget


class RunbookTextarea(MarkdownxWidget):
    """markdownx with the portal's own reader behind it.

    `preview_url` is the address that draws the preview; the plain one knows of no runbook, so relative links of an
    imported text are taken as they stand. Print `form.media` on the page. Without scripts it is a plain text area.
    """

    template_name = "runbooks/markdown_widget.html"

    class Media:
        # markdownx brings its own file; ours hold it in check (see there).
        css: ClassVar = {"all": ["markdown.css"]}
        js: ClassVar = [forms.Script(f"js/{name}.js", type="module") for name in ("markdown", "pictures", "scrolling")]

    def __init__(self, attrs: dict[str, Any] | None = None, *, preview_url: str = "") -> None:
        super().__init__({"spellcheck": "true", "autocomplete": "off"} | (attrs or {}))
        self.preview_url = preview_url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context; a fixed height, because a text of a thousand lines would push the page away."""
        context: dict[str, Any] = super().get_context(name, value, attrs or {})
        own = {"data-markdownx-editor-resizable": "False"}
        if self.preview_url:
            own["data-markdownx-urls-path"] = self.preview_url
        context["widget"]["attrs"] |= own
        return context

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        """markdownx writes into `attrs`, also where there are none."""
        return super().render(name, value, dict(attrs or {}), renderer)
