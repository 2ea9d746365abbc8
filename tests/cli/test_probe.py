"""`dlc probe` as a command."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import onnxruntime
import pytest

from dlc.cli.reports.probe import probe_as_json, probe_as_text
from dlc.host.host import Finding
from dlc.media.camera.negotiation import Negotiated
from dlc.media.camera.plan import StreamFormat
from dlc.workflows.hardware import GpuCoder
from dlc.workflows.probe import ProbeReport, SwapperSpeed, probe
from tests.cli.run import call_dlc, run_dlc
from tests.host import machines
from tests.host.test_nvidia import FakeNvml


def test_json_is_one_object_with_every_role() -> None:
    done = call_dlc("probe", "--json", "--provider", "cpu", "--no-measure")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {entry["role"] for entry in report["routes"]} >= {"detector", "swapper", "built-in"}
    assert "ONNX Runtime" in report["banner"]
    assert (report["engines"], report["swapper"]) == ([], None)


def test_the_built_in_engine_is_measured() -> None:
    done = run_dlc("probe", "--json")
    assert done.returncode == 0, done.stderr
    mesh = json.loads(done.stdout)["engines"][0]
    assert mesh["engine"] == "mesh"
    assert mesh["frames"] >= 6
    assert mesh["fps"] > 0
    stages = mesh["milliseconds_per_frame"]
    assert [name for name in stages if name != "check"] == [
        "decode",
        "find",
        "swap",
        "paste",
        "encode",
    ]
    assert all(milliseconds > 0 for milliseconds in stages.values())
    assert 1000 / mesh["fps"] >= max(stages.values()) * 0.9, "no stage is slower than the whole"
    assert not done.stderr


def test_an_absent_provider_ends_with_its_exit_code_and_the_remedy() -> None:
    absent = "directml" if sys.platform != "win32" else "coreml"
    done = call_dlc("probe", "--provider", absent)
    assert done.returncode == 12
    assert "use another --provider" in done.stderr
    assert not done.stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="CUDA does not exist here")
@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_the_package_for_a_gpu_is_one_that_its_driver_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    # Its driver runs CUDA 12.8, and the latest package needs 13.
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml())
    done = call_dlc("probe", "--provider", "cuda")
    assert done.returncode == 12
    assert 'pip install "onnxruntime-gpu[cuda,cudnn]<1.27"' in " ".join(done.stderr.split())


@pytest.fixture
def slowed_down() -> ProbeReport:
    finding = Finding("the GPU is not used", "run: pip install something")
    speed = SwapperSpeed(500.0, "CPUExecutionProvider", {"CPUExecutionProvider": 226}, (finding,))
    report = probe(measure=False)
    return replace(report, findings=(finding,), swapper=speed)


def test_text_shows_speed_nodes_and_what_to_do(slowed_down: ProbeReport) -> None:
    text = probe_as_text(slowed_down)
    assert "500.0 ms, 2.00 a second" in text
    assert "226 nodes on CPUExecutionProvider" in text
    assert text.count("pip install something") == 2


def test_json_carries_problem_and_remedy_apart(slowed_down: ProbeReport) -> None:
    report = json.loads(probe_as_json(slowed_down))
    expected = {"problem": "the GPU is not used", "remedy": "run: pip install something"}
    assert report["findings"] == [expected]
    assert report["swapper"]["findings"] == [expected]
    assert report["swapper"]["faces_per_second"] == 2.0


def test_what_a_gpu_does_with_videos_is_told_where_there_is_a_driver(
    slowed_down: ProbeReport,
) -> None:
    coders = (GpuCoder("NVDEC", ""), GpuCoder("NVENC", "out of sessions"))
    report = replace(slowed_down, coders=coders)
    assert "NVDEC       works\nNVENC       out of sessions" in probe_as_text(report)
    told = json.loads(probe_as_json(report))["video"]
    assert told == [
        {"name": "NVDEC", "trouble": ""},
        {"name": "NVENC", "trouble": "out of sessions"},
    ]


def test_a_camera_that_is_not_there_ends_with_its_exit_code() -> None:
    done = call_dlc("probe", "--no-measure", "--camera", "97")
    assert done.returncode == 13
    assert "97" in done.stderr
    assert not done.stdout


def test_a_camera_is_told_as_asked_reported_and_measured(slowed_down: ProbeReport) -> None:
    asked, reported, measured = (StreamFormat(960, 540, fps, "MJPG") for fps in (60.0, 60.0, 29.97))
    camera = Negotiated(0, "Cam", "V4L2", asked, reported, measured, ("slower than asked",))
    report = replace(slowed_down, camera=camera)
    assert str(camera) in probe_as_text(report)
    assert "warning: slower than asked" in probe_as_text(report)
    told = json.loads(probe_as_json(report))["camera"]
    assert [told[kind]["fps"] for kind in ("asked", "reported", "measured")] == [60, 60, 29.97]
