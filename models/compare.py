"""Compares the ONNX files of this folder with LiteRT running the TFLite files they came from.

    python models/compare.py [--wheels FOLDER] [--models FOLDER]
        [--image PHOTO --box LEFT TOP SIZE]

Inputs are seeded noise and, with --image, a square crop of a photo in every model's own size.
--record writes LiteRT's outputs for the first seed, which the tests hold the ONNX files against.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from convert import HERE, MODELS, Model, source_folder
from numpy.typing import NDArray
from seeded import seeded_image

SEEDS = (0, 1)
# What the models were trained on, see README.md.
RANGES = {"face_detection.onnx": (-1.0, 1.0)}
USUAL_RANGE = (0.0, 1.0)


def input_size(path: Path) -> int:
    """Return the side of the square image that a TFLite file takes."""
    return int(Interpreter(str(path)).get_input_details()[0]["shape"][1])


def run_litert(
    path: Path, image: NDArray[np.float32], model: Model
) -> dict[str, NDArray[np.float32]]:
    """Run a TFLite file on an NCHW image; outputs carry the ONNX names and shapes."""
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    interpreter.set_tensor(
        interpreter.get_input_details()[0]["index"],
        np.ascontiguousarray(image.transpose(0, 2, 3, 1)),
    )
    interpreter.invoke()
    found = {}
    for details in interpreter.get_output_details():
        output = model.outputs[details["name"]]
        values = interpreter.get_tensor(details["index"])
        sizes = [size if isinstance(size, int) else -1 for size in output.shape]
        found[output.name] = values.reshape(1, *sizes)
    return found


def run_onnx(path: Path, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Run an ONNX file on an NCHW image."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"image": image}), strict=True))


def images(
    model: Model, size: int, photo: NDArray[np.uint8] | None
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield labelled inputs of one model: the seeds, then the photo's crop if there is one."""
    low, high = RANGES.get(model.target, USUAL_RANGE)
    for seed in SEEDS:
        yield f"seed{seed}", seeded_image(seed, size, low, high)
    if photo is not None:
        resized = cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA)
        scaled = low + (high - low) * resized.astype(np.float32) / 255
        yield "photo", np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def photo_crop(path: Path | None, box: list[int]) -> NDArray[np.uint8] | None:
    """Return the RGB crop (left, top, size) of an image file."""
    if path is None:
        return None
    left, top, size = box
    bgr = cv2.imread(str(path))
    return cv2.cvtColor(bgr[top : top + size, left : left + size], cv2.COLOR_BGR2RGB)


def report(file: str, label: str, name: str, difference: NDArray[np.float32], top: float) -> None:
    """Print one line about one output."""
    print(  # noqa: T201
        f"{file:20} {label:6} {name:10} max {difference.max():.5f}"
        f"  mean {difference.mean():.6f}  of values up to {top:.1f}"
    )


def main() -> None:
    """Print the largest and the mean difference of every output of every model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--models", type=Path, default=HERE, help="folder of the ONNX files")
    parser.add_argument("--image", type=Path)
    parser.add_argument("--box", type=int, nargs=3, default=[0, 0, 512])
    parser.add_argument("--record", type=Path)
    arguments = parser.parse_args()
    photo = photo_crop(arguments.image, arguments.box)
    recorded: dict[str, NDArray[np.float32]] = {}
    with source_folder(arguments.wheels) as folder:
        for model in MODELS:
            source = folder / model.member
            for label, image in images(model, input_size(source), photo):
                expected = run_litert(source, image, model)
                actual = run_onnx(arguments.models / model.target, image)
                for name, values in expected.items():
                    difference = np.abs(actual[name] - values)
                    report(model.target, label, name, difference, np.abs(values).max())
                    if label == f"seed{SEEDS[0]}":
                        recorded[f"{Path(model.target).stem}.{name}"] = values
    if arguments.record:
        np.savez_compressed(arguments.record, **recorded)


if __name__ == "__main__":
    main()
