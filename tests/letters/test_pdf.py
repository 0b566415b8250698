"""A letter as PDF: tagged, fonts inside, nothing loaded."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest
from factories import make_letter

from cdi.domain.finding import QueryType
from cdi.domain.letter import LetterForm
from cdi.errors import LetterError
from cdi.letters.pdf import render_pdf

pytest.importorskip("weasyprint", exc_type=ImportError)


def content(document: bytes) -> bytes:
    """Return a PDF with what is compressed in it written out."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL)
    plain = []
    for stream in streams:
        try:
            plain.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join((document, *plain))


@pytest.mark.parametrize("form", LetterForm)
def test_a_letter_is_a_tagged_document_with_embedded_fonts(form: LetterForm) -> None:
    written = content(render_pdf(make_letter(QueryType.CAUSE, form)))
    assert written.startswith(b"%PDF-1.7")
    for needed in (b"/StructTreeRoot", b"/MarkInfo", b"/FontFile2", b"/Lang", b"pdfuaid"):
        assert needed in written
    fonts = written.count(b"/FontDescriptor") > 0
    assert fonts
    assert b"/URI" not in written
    assert b"/JavaScript" not in written


@pytest.mark.parametrize(
    "resource",
    [
        '<img alt="" src="http://letterhead.test/logo.png">',
        '<img alt="" src="file:///etc/hostname">',
        '<link rel="stylesheet" href="https://letterhead.test/style.css">',
        "<style>@import url(http://letterhead.test/style.css);</style>",
    ],
)
def test_a_page_that_would_load_something_is_refused(resource: str) -> None:
    letter = make_letter()
    page = replace(letter, html=letter.html.replace("<main>", f"<main>{resource}"))
    with pytest.raises(LetterError, match="letters load nothing"):
        render_pdf(page)
