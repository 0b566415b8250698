"""A tokenizer for clinical text: one regular expression in place of rules and exceptions.

spaCy's own tokenizer costs more than everything else a review does. This one keeps what clinical
text writes as one word ("2.1", "11,700", "b.i.d.", "A1c", "H&H", "x3") and splits what it writes
together ("120/80", "BUN/creatinine", "20-25%", "40mg").
"""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

# The first line is a short cut for most tokens; the others alone would give the same.
_TOKEN = re.compile(
    r"("
    r"[A-Za-z]{2,}+(?![^\W_])|[0-9]{1,3}+(?![^\W_]|[.,])|[.,](?= )"
    r"|(?:[^\W\d_]\.){2,}"  # b.i.d.
    r"|[^\W\d_](?:&[^\W\d_])+(?![^\W_])"  # H&H
    r"|[^\W\d_]+(?:\d+[^\W\d_]*)*"  # A1c, x3
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)"  # 11,700
    r"|\d+(?:\.\d+)*"  # 2.1
    r"|(?<!\w)\.\d+"  # .5
    r"|['\u2019][sS]\b"
    r"|_+|\.{2,}|-+>|<-+|[<>]="
    r"|\s+|\S"
    r")( ?)"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class ClinicalTokenizer(DummyTokenizer):
    """Makes a spaCy ``Doc`` of a text; ``doc.text`` is the text.

    It has no settings, so there is nothing to save: the methods of serialisation it inherits
    write nothing. A lone surrogate, which no ``Doc`` can hold, becomes U+FFFD in its place, so
    that offsets stay.

    Args:
        vocab: of the pipeline.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of a text."""
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        pairs = _TOKEN.findall(text)
        # Lists, and of bool: from tuples and strings spaCy takes half as long again.
        words = [word for word, _ in pairs]
        spaces = [space == " " for _, space in pairs]
        return Doc(self.vocab, words=words, spaces=spaces)


@registry.tokenizers("cdi.clinical_tokenizer.v1")  # type: ignore[untyped-decorator]
def create_clinical_tokenizer() -> Callable[[Language], ClinicalTokenizer]:
    """Return what spaCy calls to make the tokenizer of a pipeline."""

    def create(nlp: Language) -> ClinicalTokenizer:
        return ClinicalTokenizer(nlp.vocab)

    return create
