"""The words by which full stops that end a sentence are told from those that do not.

English sentence splitting fails in notes on abbreviations ("40 mg p.o. b.i.d."), initials
("H. pylori", "Dr. X. The patient ..."), doubtful diagnoses ("?pneumonia") and the numbers of
lists. The lists below are of spelling, not of medicine; how they are used says
:mod:`cdi.nlp.loops.stops`.
"""

from __future__ import annotations

from collections.abc import Mapping

from cdi.nlp.loops.word_lists import BEFORE_AN_INITIAL, FIRST, MAYBE_LAST, NEVER_LAST, NOBODY

_TITLES = frozenset({"dr", "drs", "mr", "mrs", "ms", "prof", "st", "messrs", "rev", "capt"})
# Something always follows these.
_NEVER_LAST = _TITLES | {
    "vs", "v", "e.g", "eg", "i.e", "ie", "approx", "cf", "viz", "fig", "figs", "mt", "resp", "incl",
    "esp", "aka", "a.k.a", "vit",
}  # fmt: skip
# These may stand last; then a capital follows.
_MAYBE_LAST = frozenset({
    "pt", "pts", "etc", "jr", "sr", "inc", "co", "ltd", "corp", "dept", "hosp", "univ", "ave",
    "blvd", "rd", "al", "wt", "ht", "temp", "abd", "ext", "exts", "mg", "mcg", "ml", "cc", "kg",
    "lb", "lbs", "oz", "cm", "mm", "in", "hr", "hrs", "min", "mins", "sec", "wk", "wks", "mo",
    "mos", "yr", "yrs", "tab", "tabs", "cap", "caps", "inj", "susp", "soln", "qd", "bid", "tid",
    "qid", "qhs", "qam", "qpm", "qod", "prn", "po", "iv", "im", "sq", "subq", "subcut", "hx", "dx",
    "tx", "rx", "fx", "sx", "lt", "rt", "bilat", "pos", "neg", "poss", "prob", "amt", "avg", "max",
    "ref", "vol", "mod", "sl", "cont", "cont'd", "ca", "ft", "est", "exam", "eval", "freq", "med",
    "meds", "neuro", "occ", "path", "prev", "prox", "dist", "post", "ant", "sup", "inf", "lat",
    "reg", "req", "rec", "sig", "surg", "sys", "tbsp", "tsp", "w", "yo", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun", "no",
})  # fmt: skip
# A single letter behind one of these belongs to the next word: "culture grew E. Coli".
_BEFORE_AN_INITIAL = frozenset({
    "a", "an", "and", "as", "by", "called", "for", "from", "grew", "growing", "had", "has", "in",
    "is", "of", "or", "per", "positive", "saw", "that", "the", "to", "was", "were", "with",
})  # fmt: skip
_INITIALS_OF_NOBODY = frozenset({"x", "y", "z"})  # put in for names: "by Dr. X. Blood was drawn"
_FIRST_WORDS = frozenset({
    "a", "after", "all", "also", "an", "and", "as", "at", "because", "but", "currently", "he",
    "her", "his", "however", "i", "if", "in", "is", "it", "no", "on", "our", "patient", "please",
    "she", "since", "that", "the", "then", "there", "these", "they", "this", "to", "today", "upon",
    "was", "we", "when", "who", "will", "with", "would",
})  # fmt: skip

STOP_WORDS: Mapping[int, frozenset[str]] = {
    NEVER_LAST: _NEVER_LAST,
    MAYBE_LAST: _MAYBE_LAST,
    BEFORE_AN_INITIAL: _BEFORE_AN_INITIAL,
    NOBODY: _INITIALS_OF_NOBODY,
    FIRST: _FIRST_WORDS,
}
