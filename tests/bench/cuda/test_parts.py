"""The measurement on a GPU, tried on the CPU: its rows, its reasons, and that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from dlc.errors import EncoderError, ProviderError
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.host.detect import detect_host
from dlc.inference.fixed_buffers import Device
from dlc.inference.provider_routes import cuda_route
from dlc.inference.route import ExecutionProvider
from dlc.inference.runtime import installed_runtime
from dlc.media.video import hardware
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.bench.__main__ import write
from tests.bench.cuda import card, models, modes, parts, targets, timing, video
from tests.bench.cuda.modes import BUFFERS, GRAPH, PLAIN, Mode, Subject
from tests.bench.speed import Spread
from tests.host import machines

CONSOLE = Console(quiet=True)
MOMENT = 0.01


@pytest.fixture(scope="module")
def on_the_cpu() -> Subject:
    return Subject(detect_host(installed_runtime()), Device("cpu"), Provider.CPU)


@pytest.fixture(scope="module")
def swapper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "inswapper.onnx"
    write_inswapper(path, InswapperOptions(width=8))
    return path


def session_with(options: Mapping[str, str], *, runs: object = ()) -> Any:
    """Return a session as far as it tells whether its runs are captured."""
    applied = {machines.CUDA: dict(options)}
    return SimpleNamespace(
        runs=runs,
        route=SimpleNamespace(execution_provider=machines.CUDA),
        session=SimpleNamespace(get_provider_options=lambda: applied),
    )


def test_every_mode_has_a_row_that_says_what_it_really_was(
    on_the_cpu: Subject, swapper: Path
) -> None:
    kept: list[int] = []
    rows = models.swapper_rows(
        on_the_cpu,
        swapper,
        CONSOLE,
        batches=(1,),
        seconds=MOMENT,
        wanted=(PLAIN, BUFFERS, GRAPH),
        keep=lambda so_far: kept.append(len(so_far)),
    )
    assert [row["mode"] for row in rows] == [
        "plain session",
        "fixed buffers",
        "not captured (CUDA graph)",
    ]
    assert all(row["ms_per_face"] > 0 and row["busy_percent"] is None for row in rows)
    assert kept == [3]


def test_replays_are_compared_with_plain_runs_where_half_precision_is_not_used(
    on_the_cpu: Subject, swapper: Path, tmp_path: Path
) -> None:
    files = RewrittenFiles(tmp_path, DigestCache(tmp_path / "digests.json"))
    assert models.numerics(on_the_cpu, swapper, files, CONSOLE) == {
        "fp16_against_fp32_psnr_db": {"not_measured": "dlc does not use half precision here"},
        "replay_against_same_session": 0.0,
        "graph_against_other_session": 0.0,
    }


def test_faces_that_need_several_runs_are_told(on_the_cpu: Subject, swapper: Path) -> None:
    """The stand-in takes one face at a time, as a swapper does without dlc's rewrites."""
    (opened,) = modes.open_modes(on_the_cpu, Role.SWAPPER, swapper, (BUFFERS,))
    rows = models._rows([opened], on_the_cpu, 1, MOMENT)  # noqa: SLF001 - a table is in the way
    assert rows[0]["notes"] == []
    rows = models._rows([opened], on_the_cpu, 3, MOMENT)  # noqa: SLF001
    assert rows[0]["notes"] == ["3 faces in runs of 1"]


def test_a_mode_that_cannot_be_opened_leaves_the_others_alone(
    on_the_cpu: Subject, swapper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = modes.open_session

    def open_session(model: Path, route: Any) -> Any:
        if "prefer_nhwc" in route.providers[0].options:
            raise ProviderError("no kernel for it")
        return really(model, route)

    monkeypatch.setattr(modes, "open_session", open_session)
    wanted = (Mode("channels last", options={"prefer_nhwc": "1"}), PLAIN)
    rows = models.swapper_rows(
        on_the_cpu, swapper, CONSOLE, batches=(1,), seconds=MOMENT, wanted=wanted
    )
    assert rows[0]["not_measured"] == "no kernel for it"
    assert rows[1]["milliseconds"].median > 0


def test_the_detector_is_timed_in_its_fixed_size(on_the_cpu: Subject, tmp_path: Path) -> None:
    rows = models.detector_rows(on_the_cpu, tmp_path, CONSOLE, seconds=MOMENT, wanted=(PLAIN,))
    assert [row["mode"] for row in rows] == ["plain session"]
    assert rows[0]["milliseconds"].median > 0


def test_options_are_compared_with_those_of_the_route() -> None:
    route = cuda_route(Role.SWAPPER, machines.nvidia(machines.H100), 1)
    found = modes.modes(route)
    assert [each.options for each in found if each.options and each.graph] == [
        {"cudnn_conv_algo_search": "HEURISTIC"},
        {"prefer_nhwc": "1"},
        {"fuse_conv_bias": "1"},
        {"cudnn_conv_algo_search": "HEURISTIC", "prefer_nhwc": "1"},
    ]
    shorter = ExecutionProvider(
        machines.CUDA, {"cudnn_conv_algo_search": "HEURISTIC", "prefer_nhwc": "1"}
    )
    turned = modes.modes(replace(route, providers=(shorter,)))
    assert [each.options for each in turned if each.options and each.graph][:2] == [
        {"cudnn_conv_algo_search": "EXHAUSTIVE"},
        {"prefer_nhwc": "0"},
    ]
    assert len({each.name for each in found}) == len(found)


@pytest.mark.parametrize(
    ("options", "runs", "captured"),
    [
        ({"enable_cuda_graph": "1", "device_id": "0"}, (), True),
        # As dlc opens a model anew, with fixed buffers, after its runs could not be captured.
        ({"enable_cuda_graph": "0", "device_id": "0"}, (), False),
        ({"enable_cuda_graph": "1"}, None, False),
        ({}, (), False),
    ],
)
def test_captured_is_what_was_opened_for_it(
    options: Mapping[str, str], runs: object, captured: bool
) -> None:
    assert modes.is_captured(session_with(options, runs=runs)) is captured


def test_nodes_on_another_provider_are_told() -> None:
    route = cuda_route(Role.SWAPPER, machines.nvidia(machines.H100), 1)
    assert modes.strays({machines.CUDA: 14}, route) == ()
    assert modes.strays({}, route) == ()
    (note,) = modes.strays({machines.CUDA: 14, machines.CPU: 2}, route)
    assert note == f"of 16 nodes, 2 by {machines.CPU}"


def test_a_run_that_fails_has_a_reason_and_the_others_their_times() -> None:
    def broken() -> None:
        raise RuntimeError("CUDA failure 700: an illegal memory access was encountered ; GPU=0")

    found = timing.alternate(
        {"broken": broken, "whole": lambda: None}, Device("cpu"), seconds=MOMENT
    )
    assert found["broken"] == {
        "not_measured": "CUDA failure 700: an illegal memory access was encountered"
    }
    assert found["whole"]["milliseconds"].median > 0


def test_a_card_without_nvenc_or_nvdec_copies_in_software(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "why_not_nvdec", lambda _: "libnvcuvid is missing")
    monkeypatch.setattr(hardware, "working_nvenc", lambda _: (None, "no such device"))
    monkeypatch.setattr(video, "ROUNDS", 1)
    figures = video.measure(tmp_path, CONSOLE, frames=2)
    assert figures["software"]["fps"].median > 0
    assert figures["NVENC"] == {"not_measured": "no NVENC: no such device"}
    assert figures["NVDEC and NVENC"] == {
        "not_measured": "no NVDEC: libnvcuvid is missing; no NVENC: no such device"
    }


def test_an_encoder_that_fails_in_the_middle_has_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(_clip: Path, _output: Path, way: video.Way, _frames: int) -> float:
        if way.encoder:
            raise EncoderError("h264_nvenc cannot be opened")
        return 100.0

    monkeypatch.setattr(video, "_copy", copy)
    monkeypatch.setattr(hardware, "why_not_nvdec", lambda _: None)
    monkeypatch.setattr(hardware, "working_nvenc", lambda _: ("h264_nvenc", ""))
    figures = video.measure(tmp_path, CONSOLE, frames=2)
    assert list(figures) == ["software", "NVDEC", "NVENC", "NVDEC and NVENC"]
    assert figures["NVDEC"]["fps"].median == 100.0
    assert figures["NVENC"] == {"not_measured": "h264_nvenc cannot be opened"}


def test_what_was_found_before_a_part_fails_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cuda.json"
    record = parts.Record(CONSOLE, partial(write, path, {"cores": 2}))

    def failing() -> None:
        assert json.loads(path.read_text())["figures"] == {"detector": {"fps": 1.0}}
        raise EncoderError("no NVENC here")

    record.attempt("detector", lambda: {"fps": 1.0})
    record.attempt("video", failing)
    assert json.loads(path.read_text()) == {
        "machine": {"cores": 2},
        "figures": {"detector": {"fps": 1.0}, "video": {"not_measured": "no NVENC here"}},
    }
    with pytest.raises(ZeroDivisionError):
        record.attempt("a bug", lambda: 1 / 0)
    assert len(json.loads(path.read_text())["figures"]) == 2


def test_targets_are_compared_with_what_dlc_does_by_default() -> None:
    swaps = [
        {"mode": "plain session", "batch": 1, "ms_per_face": 9.0},
        {"mode": "CUDA graph", "batch": 2, "ms_per_face": 0.5},
        {"mode": "CUDA graph", "batch": 1, "ms_per_face": 1.0},
    ]
    live = {"all": {"processing_fps": 60.0, "output_fps": 240.0}}
    figures = {"swapper": swaps, "live": live, "end_to_end": {"ratio": Spread(6.0, 5.0, 7.0)}}
    rows = targets.compare(figures, CONSOLE)
    assert [(row["found"], row["times_the_aim"]) for row in rows] == [
        (1.0, 2.0),
        (60.0, 0.5),
        (6.0, 2.0),
    ]


def test_what_was_not_measured_is_listed_with_its_place() -> None:
    swaps: list[dict[str, Any]]
    swaps = [{"mode": "not captured (CUDA graph)", "batch": 1, "ms_per_face": 1.0}]
    swaps += [{"mode": "plain session", "batch": 2, "not_measured": "full"}]
    swaps[0]["notes"] = ["CUDA runs batches of at most 2 in this mode (out of memory)"]
    ratio = {"not_measured": "insightface has no figures"}
    figures = {
        "swapper": swaps,
        "live": {"not_measured": "exit code 12"},
        "end_to_end": {"ratio": ratio},
    }
    assert [row["found"] for row in targets.compare(figures, CONSOLE)] == [None] * 3
    assert list(targets.missing(figures)) == [
        ("swapper, plain session, 2", "full"),
        ("live", "exit code 12"),
        ("end_to_end, ratio", "insightface has no figures"),
    ]


def test_the_limit_of_the_arithmetic_is_known_for_whole_cards_only() -> None:
    assert card.least_milliseconds("NVIDIA H100 80GB HBM3") == pytest.approx(0.353, abs=0.001)
    assert card.least_milliseconds("NVIDIA H100 80GB HBM3 MIG 1g.10gb") is None


def test_versions_are_written_as_their_makers_write_them() -> None:
    assert card.cudnn_version(92801) == "9.28.1"
    assert card.cuda_version(13050) == "13.5"
    assert card.cuda_version(12080) == "12.8"


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [(None, 1), ("3,2", 2), ("GPU-aa,GPU-bb", "GPU-bb")],
)
def test_the_watched_gpu_is_the_one_that_cuda_numbers(
    chosen: str | None, expected: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = SimpleNamespace(
        nvmlDeviceGetHandleByIndex=lambda number: number,
        nvmlDeviceGetHandleByUUID=lambda uuid: uuid,
    )
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert card.nvml_handle(nvml, Device("cuda", 1)) == expected
