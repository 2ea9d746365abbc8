"""The licenses of the models' weights, and the record of those that the user accepted."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from dlc.atomic_write import atomic_write_text
from dlc.errors import WriteError
from dlc.model_store.json_file import read_object
from dlc.model_store.spec import License, ModelSpec

INSIGHTFACE = License(
    key="insightface",
    title="InsightFace, non-commercial research",
    text=(
        "InsightFace makes these weights available for non-commercial research only. Any "
        "commercial use, of the weights or of what is made with them, needs a license from "
        "InsightFace."
    ),
    url="https://github.com/deepinsight/insightface#license",
)
GFPGAN = License(
    key="gfpgan",
    title="Apache-2.0, with non-commercial parts",
    text=(
        "Tencent ARC publishes GFPGAN under the Apache License 2.0, except for third-party parts "
        "that its license file lists: StyleGAN2 (NVIDIA, non-commercial) and DFDNet "
        "(CC BY-NC-SA 4.0). Read them before any commercial use."
    ),
    url="https://github.com/TencentARC/GFPGAN/blob/master/LICENSE",
)
GPEN = License(
    key="gpen",
    title="GPEN, academic and non-commercial",
    text=(
        "Alibaba publishes GPEN for academic and non-commercial use only. The ONNX files were "
        "converted by others."
    ),
    url="https://github.com/yangxy/GPEN#license",
)
SFACE = License(
    key="sface",
    title="Apache-2.0",
    text=(
        "The OpenCV Zoo publishes SFace's weights under the Apache License 2.0, which allows "
        "commercial use. It does not say of which photos they were made."
    ),
    url="https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface#license",
)
DEEPFACELAB = License(
    key="deepfacelab",
    title="GPL-3.0, from DeepFaceLab",
    text=(
        "DeepFaceLab publishes XSeg and its weights under the GNU General Public License 3.0: who "
        "passes them on does so under that license. The ONNX file was converted by others."
    ),
    url="https://github.com/iperov/DeepFaceLab/blob/master/LICENSE",
)


class LicenseRecord:
    """Records in a file in the user's data folder which licenses were accepted.

    The record holds the digest of the text, so a changed text has to be accepted again. Whoever has
    lost the record is asked again, too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def accepted(self, license_: License) -> bool:
        """Return whether the user accepted exactly this text."""
        entry = read_object(self._path).get(license_.key)
        return isinstance(entry, dict) and entry.get("text_sha256") == _digest(license_)

    def pending(self, specs: Iterable[ModelSpec]) -> list[License]:
        """Return the licenses of these models not yet accepted, each once."""
        licenses = dict.fromkeys(spec.license for spec in specs)
        return [license_ for license_ in licenses if not self.accepted(license_)]

    def accept(self, license_: License) -> None:
        """Record that the user accepted this text.

        Raises:
            WriteError: the record cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {"title": license_.title, "text_sha256": _digest(license_), "accepted": now}
        entries = read_object(self._path) | {license_.key: entry}
        try:
            atomic_write_text(self._path, json.dumps(entries, indent=2) + os.linesep)
        except OSError as error:
            raise WriteError(
                f"the accepted license cannot be recorded in {self._path}: {error.strerror}; make "
                "room there or the folder writable, or set XDG_DATA_HOME to another one"
            ) from error


def _digest(license_: License) -> str:
    text = f"{license_.title}\n{license_.text}\n{license_.url}"
    return hashlib.sha256(text.encode()).hexdigest()
