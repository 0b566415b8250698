from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdi.archive.store import BadRow, count_rows, list_files, read_batches
from cdi.errors import InputError


def _rows(path: Path, bad: list[BadRow] | None = None, size: int = 2) -> list[dict[str, object]]:
    batches = read_batches(path, ["id", "text"], [] if bad is None else bad, size)
    return [row for batch in batches for row in batch.to_pylist()]


EXPECTED = [{"id": str(n), "text": f"note {n}", "_row": n} for n in range(3)]


def test_parquet_is_read_in_batches_with_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {"id": ["0", "1", "2"], "text": ["note 0", "note 1", "note 2"], "more": [1, 2, 3]}
    pq.write_table(pa.table(table), path)
    assert _rows(path) == EXPECTED
    assert count_rows(path) == 3


def test_tables_and_json_lines_are_read_alike(tmp_path: Path) -> None:
    tables = {
        "a.csv": "id,text\n0,note 0\n1,note 1\n2,note 2\n",
        "a.tsv": "id\ttext\n0\tnote 0\n1\tnote 1\n2\tnote 2\n",
        "a.jsonl": "".join(f'{{"id": {n}, "text": "note {n}", "x": []}}\n' for n in range(3)),
    }
    for name, content in tables.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert _rows(tmp_path / name) == EXPECTED
        assert count_rows(tmp_path / name) is None


def test_rows_that_cannot_be_parsed_are_told_and_cost_no_other(tmp_path: Path) -> None:
    bad: list[BadRow] = []
    path = tmp_path / "a.csv"
    path.write_text("id,text\n0,note 0\n1\n2,note 2\n", encoding="utf-8")
    assert [row["id"] for row in _rows(path, bad)] == ["0", "2"]
    assert bad == [BadRow(1, "1 cells, expected 2")]
    bad.clear()
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 0, "text": "note 0"}\n{oops\n[1]\n', encoding="utf-8")
    assert [row["id"] for row in _rows(path, bad)] == ["0"]
    assert bad == [BadRow(1, "not a line of JSON"), BadRow(2, "not a JSON object")]


def test_text_that_cannot_be_stored_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "text": "half \\ud800 a pair"}\n', encoding="utf-8")
    assert _rows(path)[0]["text"] == "half ? a pair"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,body\n0,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv: text: there is no such column"):
        _rows(path)


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("no", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.parquet: cannot be read"):
        _rows(path)


def test_files_of_a_folder_or_glob_are_named_from_its_root(tmp_path: Path) -> None:
    for name in ("b/2.csv", "a/1.parquet", "_temporary/x.parquet", ".hidden.csv", "readme.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert [file.name for file in list_files(str(tmp_path))] == ["a/1.parquet", "b/2.csv"]
    assert [file.name for file in list_files(str(tmp_path / "*/*.csv"))] == ["2.csv"]
    with pytest.raises(InputError, match="no file to read here"):
        list_files(str(tmp_path / "none*"))
    with pytest.raises(InputError, match="unknown kind of file"):
        list_files(str(tmp_path / "readme.md"))


def test_of_a_delta_table_only_the_newest_version_is_read(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    write_deltalake(str(tmp_path), pa.table({"id": ["old"], "text": ["x"]}))
    write_deltalake(str(tmp_path), pa.table({"id": ["new"], "text": ["y"]}), mode="overwrite")
    files = list_files(str(tmp_path))
    assert [row["id"] for file in files for row in _rows(file.path)] == ["new"]
