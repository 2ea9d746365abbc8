"""`dlc swap --engine inswapper`, beside a plain loop over insightface's own classes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from insightface.app import FaceAnalysis
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.inswapper import INSwapper
from numpy.typing import NDArray

from dlc.compositing.paste_back import face_mask, paste_back
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.finder import Needs
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.selector import select_faces
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session, session_options
from dlc.media.image.reader import read_photo
from dlc.media.opening import open_target
from dlc.model_store.skim import skim_emap
from dlc.options import FaceChoice
from dlc.swapping.inswapper_model import InswapperModel, identity_latent
from tests import clips
from tests.cli.run import call_dlc
from tests.stand_ins import paint_face, write_arcface, write_detector
from tests.swapping.inswappers import open_swapper

pytestmark = pytest.mark.filterwarnings("ignore:.estimate. is deprecated:FutureWarning")

SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Case:
    """A swap of real files by stand-ins with the real models' inputs and outputs."""

    source: Path
    target: Path
    models: Path

    @property
    def swapper(self) -> Path:
        return self.models / "swapper.onnx"

    @property
    def analysis(self) -> Path:
        """The folder of the other two models, which `FaceAnalysis` loads whole."""
        return self.models / "analysis"

    @property
    def options(self) -> list[str | Path]:
        detector, recognizer = self.analysis / "det.onnx", self.analysis / "rec.onnx"
        named = ["--detector-model", detector, "--recognizer-model", recognizer]
        return ["--engine", "inswapper", "--swapper-model", self.swapper, *named]


def write_models(folder: Path) -> None:
    (folder / "analysis").mkdir()
    write_arcface(folder / "analysis" / "rec.onnx")
    write_inswapper(folder / "swapper.onnx", InswapperOptions(width=4))


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return what can be found without weights: discs on a photo, one as source, two as targets."""
    folder = tmp_path_factory.mktemp("painted")
    write_models(folder)
    write_detector(folder / "analysis" / "det.onnx")
    photo = clips.astronaut()
    paint_face(photo, 225, 120, 110)
    cv2.imwrite(str(folder / "source.png"), photo)
    crowd = clips.group()
    paint_face(crowd, 500, 300, 120)
    paint_face(crowd, 800, 420, 90)
    view = clips.View(640.0, 360.0, 1000.0)
    clip = clips.Clip(640, 360, seconds=SECONDS, first=view, last=clips.View(600.0, 350.0, 900.0))
    clips.write_clip(folder / "target.mp4", clip, crowd)
    return Case(folder / "source.png", folder / "target.mp4", folder)


@pytest.fixture(scope="module")
def recorded(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return a recording of a person, and a detector with real weights."""
    folder = tmp_path_factory.mktemp("recorded")
    write_models(folder)
    (folder / "analysis" / "det.onnx").symlink_to(shared_data / "scrfd_2.5g_kps.onnx")
    return Case(
        shared_data / "source_official_portrait.jpg", shared_data / "talk_glasses_audio.mp4", folder
    )


@pytest.fixture(params=["painted", "recorded"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.getfixturevalue(request.param)
    return found


class InsightfaceLoop:
    """What anybody would write with insightface, on sessions of its own."""

    def __init__(self, case: Case) -> None:
        self.app = FaceAnalysis(
            str(case.analysis),
            allowed_modules=["detection", "recognition"],
            providers=["CPUExecutionProvider"],
            # By default a thread per core, which spins while other tests want the core.
            sess_options=session_options(1),
        )
        self.app.prepare(ctx_id=-1, det_size=(640, 640))
        self.swapper = INSwapper(str(case.swapper), create_session(case.swapper))
        self.source = max(self.app.get(read_photo(case.source).to_bgr()), key=_area)

    def faces(self, bgr: NDArray[np.uint8]) -> list[InsightFace]:
        return list(self.app.get(bgr))

    def aligned(
        self, bgr: NDArray[np.uint8], face: InsightFace
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        crop, matrix = self.swapper.get(bgr, face, self.source, paste_back=False)
        return np.ascontiguousarray(crop), matrix


def _area(face: InsightFace) -> float:
    left, top, right, bottom = face.bbox
    return float((right - left) * (bottom - top))


def expected_frames(case: Case) -> Iterator[NDArray[np.uint8]]:
    """Yield the target's frames with insightface's faces, pasted as dlc pastes."""
    loop = InsightfaceLoop(case)
    mask = face_mask(128)
    with open_target(case.target, end=SECONDS) as reader:
        for frame in reader:
            bgr = frame.to_bgr()
            crops = [loop.aligned(bgr, face) for face in loop.faces(bgr)]
            assert crops
            for crop, matrix in crops:
                patch = paste_back(crop, mask, matrix, frame.width, frame.height)
                assert patch is not None
                frame.paste(patch.box, patch.bgr, patch.alpha)
            yield frame.to_bgr()


def test_every_frame_is_that_of_a_plain_insightface_loop(case: Case, folder: Path) -> None:
    # Without loss, and with the shape of pixels: those of the recording are not square.
    output = folder / "out.mp4"
    arguments = ["--quality", "0", "--end", str(SECONDS), "--json", "--provider", "cpu"]
    run = call_dlc("swap", case.source, case.target, output, *case.options, *arguments)
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["engine"] == "inswapper"
    assert {model["role"]: model["provider"] for model in result["models"]} == dict.fromkeys(
        ("detector", "recognizer", "swapper"), "CPUExecutionProvider"
    )
    with open_target(output) as swapped, open_target(case.target) as before:
        triples = zip(swapped, expected_frames(case), before, strict=False)
        frames = 0
        for frame, expected, original in triples:
            got = frame.to_bgr().astype(int)
            # One level of luma and chroma each, of which chroma's is worth 2.1 levels of blue.
            assert np.abs(got - expected).max() <= 4
            assert np.abs(got - expected).mean() < 0.05
            assert np.abs(got - original.to_bgr()).max() > 20, "nothing was swapped"
            frames += 1
    assert frames == result["frames"] > 5


def test_the_same_faces_are_found_and_made_the_same(case: Case) -> None:
    loop = InsightfaceLoop(case)
    recognizer = create_session(case.analysis / "rec.onnx")
    finder = FaceAnalyzer(
        ScrfdDetector(create_session(case.analysis / "det.onnx")),
        ArcFaceRecognizer(case.analysis / "rec.onnx", recognizer),
    )
    photo = read_photo(case.source)
    source = select_faces(finder.find(photo), FaceChoice.LARGEST)
    (source_face,) = finder.describe(photo, source, Needs.EMBEDDING)
    assert source_face.embedding is not None
    latent = identity_latent([source_face.embedding], skim_emap(case.swapper))
    model = InswapperModel(open_swapper(case.swapper))
    with open_target(case.target, end=SECONDS) as reader:
        for frame in reader:
            bgr = frame.to_bgr()
            theirs = loop.faces(bgr)
            ours = finder.find(frame)
            assert len(ours) == len(theirs) > 0
            for mine, other in zip(ours, theirs, strict=True):
                assert np.allclose(mine.box, other.bbox, atol=1e-3)
                assert np.allclose(mine.points, other.kps, atol=1e-3)
                matrix = arcface_matrix(mine.points, 128)
                assert matrix is not None
                (crop,) = model.swap_crops([aligned_crop(frame, matrix, 128)], latent)
                expected, _ = loop.aligned(bgr, other)
                assert np.abs(crop.astype(int) - expected).max() <= 1


def test_a_picture_is_swapped_too(painted: Case, folder: Path) -> None:
    output = folder / "out.png"
    run = call_dlc("swap", painted.source, painted.source, output, *painted.options, "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["faces"] == 1


def test_half_precision_that_overflows_ends_with_the_remedy_and_no_black_faces(
    painted: Case, folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "half.onnx"
    write_inswapper(broken, InswapperOptions(width=4, half=True, overflowing=True))
    options = [*painted.options, "--swapper-model", broken]
    run = call_dlc("swap", painted.source, painted.target, folder / "out.mp4", *options)
    assert run.returncode == 9
    assert "half.onnx" in run.stderr
    assert "single precision" in run.stderr
    assert not list(folder.iterdir())


def test_a_truncated_model_is_named(painted: Case, folder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(painted.swapper.read_bytes()[:-1000])
    options = [*painted.options, "--swapper-model", cut]
    run = call_dlc("swap", painted.source, painted.target, folder / "out.mp4", *options)
    assert run.returncode == 9
    assert "cut.onnx" in run.stderr
    assert not list(folder.iterdir())


def test_a_model_for_something_else_is_named(painted: Case, folder: Path) -> None:
    options = [*painted.options, "--swapper-model", painted.analysis / "rec.onnx"]
    run = call_dlc("swap", painted.source, painted.target, folder / "out.mp4", *options)
    assert run.returncode == 9
    assert "rec.onnx cannot serve as swapper" in run.stderr


def test_without_its_models_the_engine_says_what_to_pull(
    painted: Case, folder: Path, tmp_path: Path
) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "DLC_MODELS": str(tmp_path)}
    run = call_dlc(
        "swap",
        painted.source,
        painted.target,
        folder / "out.mp4",
        "--engine",
        "inswapper",
        changes=home,
    )
    assert run.returncode == 9
    assert "dlc models pull inswapper_128 det_10g w600k_r50" in run.stderr


def test_people_are_mapped_live_by_the_engine_s_own_recognizer(painted: Case, folder: Path) -> None:
    output = folder / "live.mp4"
    run = call_dlc(
        "live", "--map", f"{painted.source}={painted.source}", "--camera", painted.target,
        "--loop", "--duration", "2", "--output", output, *painted.options,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "faces swapped" in run.stderr
    assert " 0 faces swapped" not in run.stderr
    assert "recognized as" not in run.stderr
