"""From findings to a letter: facts quoted from the record, a neutral question, fair options."""

from cdi.letters.compose import compose, recompose

__all__ = ["compose", "recompose"]
