"""What we take from inside WeasyPrint, its version being pinned: styles kept between documents.

Left alone it works out the same eighty styles anew for each page, a fifth of the time. All
documents of a process are made of few templates, so a style is worked out once for each place in
the tree. `tests/invoices/documents` holds that the bytes of a file do not depend on what was
printed before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.css import ComputedStyle, StyleFor
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

BASE_URL = "document:"
MOST_STYLES = 1000  # some 10 kB each; another colour of the house brings ten

_known_styles: dict[tuple[Any, ...], ComputedStyle] = {}


class OwnPage(HTML):  # type: ignore[misc]  # WeasyPrint is untyped
    """A page of our own templates, which are well-formed XML and bring every style they need.

    So a parser in C reads it instead of an HTML parser in Python, and WeasyPrint's style sheet of
    a browser stays away: its bare `::marker` and kin make six more styles for each element.
    """

    def __init__(self, page: str, fetcher: URLFetcher) -> None:
        root = ET.fromstring(page)  # noqa: S314 -- our own template, all values escaped
        self.base_url = BASE_URL
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def lay_out(self, *, styles: Sequence[CSS], fonts: FontConfiguration, variant: str) -> Document:
        """Return the pages, not yet drawn. One thread at a time."""
        options = {**DEFAULT_OPTIONS, "stylesheets": styles, "pdf_variant": variant}
        counters = self._ua_counter_style()[0]
        return _Document._render(self, fonts, counters, {}, options)  # noqa: SLF001


class _Document(Document):  # type: ignore[misc]  # WeasyPrint is untyped
    """A document whose styles may have been worked out for another one."""

    @classmethod
    def _build_layout_context(
        cls,
        html: OwnPage,
        font_config: FontConfiguration,
        counter_style: dict[str, Any],
        color_profiles: dict[str, Any],  # noqa: ARG003 -- theirs
        options: dict[str, Any],
    ) -> LayoutContext:
        targets = TargetCollector()
        sheets = [(sheet, "user", None) for sheet in options["stylesheets"]]
        images = partial(
            get_image_from_uri, cache={}, url_fetcher=html.url_fetcher, options=options
        )
        if len(_known_styles) > MOST_STYLES:
            _known_styles.clear()
        styles = _StylesFor(
            html,
            sheets,
            presentational_hints=False,
            font_config=font_config,
            target_collector=targets,
        )
        return LayoutContext(styles, images, font_config, counter_style, targets)


class _StylesFor(StyleFor):  # type: ignore[misc]  # WeasyPrint is untyped
    """Takes a style from an earlier document when its parent and all its declarations are the same.

    Both are told by identity: an entry holds them alive, so no other object can have their id.
    Styles of pages are not shared, the layout writes counters into them; nor are those of elements
    with an `id`, whose declaration is a new one each time.
    """

    def set_computed_styles(  # noqa: PLR0917 -- theirs
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: TargetCollector | None = None,
    ) -> None:
        if not isinstance(element, ET.Element):
            super().set_computed_styles(element, parent, root, pseudo_type, base_url)
            return
        computed = self.get_computed_styles()
        declared = self.get_cascaded_styles().get((element, pseudo_type), {})
        parent_style = None if parent is None else computed[parent, None]
        key = (id(parent_style), pseudo_type, _told_apart(declared))
        if key in _known_styles:
            computed[element, pseudo_type] = _known_styles[key]
            return
        super().set_computed_styles(element, parent, root, pseudo_type, base_url, target_collector)
        _known_styles[key] = computed[element, pseudo_type]


def _told_apart(declared: Mapping[str, tuple[Any, Any]]) -> tuple[Any, ...]:
    """Name, value and weight of each declaration; a language is read anew from each page."""
    return tuple(
        (name, value if name == "lang" else id(value), weight)
        for name, (value, weight) in declared.items()
    )
