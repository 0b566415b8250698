"""A letter as PDF: tagged for screen readers, fonts embedded, nothing fetched from anywhere."""

from __future__ import annotations

import logging

from cdi.domain.letter import Letter
from cdi.errors import LetterError

# ISO 14289: a document with structure, language and title, that a screen reader can follow.
_VARIANT = "pdf/ua-1"


def render_pdf(letter: Letter) -> bytes:
    """Return the letter's HTML set on pages.

    A resource that the page names, by whatever address, is refused: a letterhead has to be part
    of the template (for example as inline SVG), so that no letter depends on, or tells, a server.

    Raises:
        LetterError: the extra ``pdf`` is not installed, or the page names a resource.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: Pango is missing
        raise LetterError("PDF needs the extra: pip install cdi[pdf]") from error

    refused: list[str] = []

    def refuse(url: str, *_: object) -> None:
        refused.append(url)
        raise ValueError("letters load nothing")

    fetcher = URLFetcher(allowed_protocols=())
    fetcher.fetch = refuse
    # It logs what it could not load; the addresses might hold what nobody should read in a log.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    page = HTML(string=letter.html, url_fetcher=fetcher)
    document: bytes = page.write_pdf(pdf_variant=_VARIANT, pdf_tags=True)
    if refused:
        raise LetterError(f"the page names {len(refused)} resources; letters load nothing")
    return document
