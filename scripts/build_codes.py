"""Write ``models/codes/icd10cm.tsv.gz`` from the tabular list that simple-icd-10-cm carries.

    python scripts/build_codes.py

One line a code that may be reported, tab-separated: code, title, then further terms. Of injuries
and fractures only the initial encounter ("A") is kept: no answer of a physician tells the later
ones apart. Terms of a category that cannot be reported itself go to its unspecified code. The list
is a work of the US government (CDC/NCHS) in the public domain.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from pathlib import Path

import simple_icd_10_cm as icd

TARGET = Path(__file__).resolve().parent.parent / "models" / "codes" / "icd10cm.tsv.gz"
_WITH_SEVENTH = 8  # "S72.001A"


def main() -> None:
    codes = [
        code for code in icd.get_all_codes(with_dots=True) if icd.is_category_or_subcategory(code)
    ]
    reported = {code for code in codes if icd.is_leaf(code) and _is_kept(code)}
    terms: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        for target in [code] if code in reported else _unspecified(code, reported):
            terms[target] += icd.get_inclusion_term(code)
    lines = [
        "\t".join(dict.fromkeys([code, icd.get_description(code), *terms[code]]))
        for code in sorted(reported)
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # No time stamp, so that the same list gives the same file.
    TARGET.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    print(f"{len(lines)} codes, {TARGET.stat().st_size:,} bytes")


def _is_kept(code: str) -> bool:
    return len(code) < _WITH_SEVENTH or code.endswith(("A", "0"))


def _unspecified(code: str, reported: set[str]) -> list[str]:
    below = [child for child in icd.get_descendants(code) if child in reported]
    return [child for child in below if "unspecified" in icd.get_description(child).lower()][:1]


if __name__ == "__main__":
    main()
