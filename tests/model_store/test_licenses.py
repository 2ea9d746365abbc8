from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dlc.errors import WriteError
from dlc.model_store.catalog import Catalog
from dlc.model_store.licenses import (
    DEEPFACELAB,
    GFPGAN,
    GPEN,
    INSIGHTFACE,
    SFACE,
    LicenseRecord,
)


@pytest.fixture
def record(tmp_path: Path) -> LicenseRecord:
    return LicenseRecord(tmp_path / "data" / "licenses.json")


def test_nothing_is_accepted_at_first(record: LicenseRecord) -> None:
    assert record.pending(Catalog.shipped()) == [INSIGHTFACE, SFACE, GFPGAN, GPEN, DEEPFACELAB]


def test_what_is_accepted_stays_accepted(record: LicenseRecord, tmp_path: Path) -> None:
    record.accept(INSIGHTFACE)
    record.accept(GPEN)
    later = LicenseRecord(tmp_path / "data" / "licenses.json")
    assert later.pending(Catalog.shipped()) == [SFACE, GFPGAN, DEEPFACELAB]
    assert later.accepted(INSIGHTFACE)


@pytest.mark.parametrize("part", ["title", "text", "url"])
def test_a_license_that_changed_is_asked_for_again(record: LicenseRecord, part: str) -> None:
    record.accept(GPEN)
    assert not record.accepted(replace(GPEN, **{part: "something else"}))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"gpen": true}', '{"gpen": {}}'])
def test_a_damaged_record_has_everything_asked_for_again(
    content: str, record: LicenseRecord, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "licenses.json").write_text(content)
    assert not record.accepted(GPEN)
    record.accept(GPEN)
    assert record.accepted(GPEN)


def test_a_record_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WriteError, match=r"cannot be recorded.*set XDG_DATA_HOME"):
        LicenseRecord(tmp_path / "file" / "licenses.json").accept(GPEN)
