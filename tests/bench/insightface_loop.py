"""What anybody would write with insightface and OpenCV: the yardstick for the neural engine.

`python -m tests.bench.insightface_loop MODELS SWAPPER SOURCE INPUT OUTPUT` prints {"frames": ...,
"faces": ..., "fps": ..., "providers": [...]}; the time begins when everything is loaded and the
source is known.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import redirect_stdout

import cv2
import onnxruntime
from insightface.app import FaceAnalysis
from insightface.model_zoo.inswapper import INSwapper

from dlc.host.nvidia import number_gpus_by_bus


def main() -> None:
    """Swap the faces of a video."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for name in ("models", "swapper", "source", "input", "output"):
        parser.add_argument(name)
    parser.add_argument("--device", type=int, default=-1, help="number of a GPU; -1: the CPU")
    arguments = parser.parse_args()
    # insightface reports its progress on standard output.
    with redirect_stdout(sys.stderr):
        providers = _providers(arguments.device)
        app = FaceAnalysis(
            arguments.models, allowed_modules=["detection", "recognition"], providers=providers
        )
        app.prepare(ctx_id=arguments.device, det_size=(640, 640))
        session = onnxruntime.InferenceSession(arguments.swapper, providers=providers)
        swapper = INSwapper(arguments.swapper, session=session)
    source = app.get(cv2.imread(arguments.source))[0]
    reader = cv2.VideoCapture(arguments.input)
    size = (int(reader.get(cv2.CAP_PROP_FRAME_WIDTH)), int(reader.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    fourcc = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(arguments.output, fourcc, reader.get(cv2.CAP_PROP_FPS), size)
    frames = faces = 0
    began = time.perf_counter()
    while True:
        is_there, bgr = reader.read()
        if not is_there:
            break
        for face in app.get(bgr):
            bgr = swapper.get(bgr, face, source, paste_back=True)
            faces += 1
        writer.write(bgr)
        frames += 1
    writer.release()
    fps = frames / (time.perf_counter() - began)
    applied = session.get_providers()
    json.dump({"frames": frames, "faces": faces, "fps": fps, "providers": applied}, sys.stdout)


def _providers(device: int) -> list[str | tuple[str, dict[str, str]]]:
    if device < 0:
        return ["CPUExecutionProvider"]
    # So that it is the GPU that dlc uses.
    number_gpus_by_bus()
    onnxruntime.preload_dlls()
    return [("CUDAExecutionProvider", {"device_id": str(device)}), "CPUExecutionProvider"]


if __name__ == "__main__":
    main()
