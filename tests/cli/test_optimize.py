"""`dlc optimize-models` as a command."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest
from onnx import helper

from dlc.cli.reports.optimize import report_as_json, show_report
from dlc.graph.coreml.partitions import UnsupportedNode
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.options import Provider
from dlc.workflows.optimize.report import Count, ModelReport, OptimizeReport, State
from tests.cli.run import call_dlc
from tests.graph.graphs import make_model, operators


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("optimize") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    return path


@pytest.fixture
def changes(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a user whose folders are empty."""
    home = str(tmp_path / "home")
    return {"HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "XDG_DATA_HOME": f"{home}/data"}


def test_a_file_is_rewritten_once_and_check_agrees(
    narrow: Path, changes: dict[str, str], tmp_path: Path
) -> None:
    asked = ("optimize-models", narrow, "--target", "coreml", "--all")
    check = call_dlc(*asked, "--check", changes=changes)
    assert check.returncode == 9
    assert "to do" in check.stdout
    made = call_dlc(*asked, changes=changes)
    assert made.returncode == 0, made.stderr
    assert "226 -> 312" in made.stdout
    assert "reflect-pad-as-slices: 14" in made.stdout
    path = Path(made.stdout.splitlines()[-1].strip())
    assert path.is_file()
    assert path.is_relative_to(tmp_path)
    again = call_dlc(*asked, "--check", "--json", changes=changes)
    assert again.returncode == 0
    report = json.loads(again.stdout)
    assert report["current"] is True
    assert report["models"][0]["state"] == "current"
    assert report["models"][0]["path"] == str(path)


def test_coreml_divides_by_small_deviations_as_they_are(
    changes: dict[str, str], tmp_path: Path
) -> None:
    nodes = [
        helper.make_node("Mul", ["x", "x"], ["squares"]),
        helper.make_node("ReduceMean", ["squares"], ["variance"], axes=[2, 3]),
        helper.make_node("Sqrt", ["variance"], ["deviation"]),
        helper.make_node("Reciprocal", ["deviation"], ["factor"]),
        helper.make_node("Mul", ["x", "factor"], ["y"]),
    ]
    path = tmp_path / "normalizing.onnx"
    onnx.save(make_model(nodes, {"x": (1, 3, 8, 8)}, ["y"], opset=13), path)
    run = call_dlc("optimize-models", path, "--target", "coreml", "--json", changes=changes)
    assert run.returncode == 0, run.stderr
    (report,) = json.loads(run.stdout)["models"]
    assert report["changes"] == {"reciprocal-as-division": 1}
    assert report["difference"] == 0
    rewritten = onnx.load(report["path"])
    assert "Div" in operators(rewritten)
    assert "Reciprocal" not in operators(rewritten)


def test_the_help_says_that_any_number_of_models_may_be_named() -> None:
    usage = call_dlc("optimize-models", "--help").stdout.partition("Usage: ")[2].splitlines()[0]
    assert usage.split() == ["dlc", "optimize-models", "[OPTIONS]", "[MODEL]..."]


def test_a_model_that_runs_as_it_is_is_said_to(narrow: Path, changes: dict[str, str]) -> None:
    run = call_dlc("optimize-models", narrow, "--target", "cpu", changes=changes)
    assert run.returncode == 0
    assert "nothing to do: it runs as it is" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nope"], 2, "no model is called 'nope'"),
        (["a/nope.onnx"], 3, f"no such file: {Path('a/nope.onnx')}"),
        (["--input-size", "100"], 2, "multiple of 32"),
        (["--target", "toaster"], 2, "toaster"),
        (["inswapper_128"], 9, "dlc models pull inswapper_128"),
    ],
)
def test_mistakes_end_with_their_code_and_what_to_do(
    arguments: list[str], code: int, message: str, changes: dict[str, str], tmp_path: Path
) -> None:
    changes["DLC_MODELS"] = str(tmp_path)
    run = call_dlc("optimize-models", *arguments, changes=changes)
    assert run.returncode == code
    assert message in " ".join(run.stderr.split())
    assert not run.stdout


@pytest.fixture
def measured() -> OptimizeReport:
    """Return what a Mac might report."""
    node = UnsupportedNode("pad", "Pad", "reflect padding is not taken before ONNX Runtime 1.26")
    before = Count(226, 14, 13, (node, node))
    report = ModelReport(
        source=Path("inswapper_128.onnx"),
        state=State.MADE,
        changes={"reflect-pad-as-slices": 14},
        dropped=("flatten-as-reshape",),
        before=before,
        after=Count(312, 1, 1),
        difference=0.0,
        seconds=5.2,
        path=Path("rewritten.onnx"),
    )
    return OptimizeReport(Provider.COREML, "1.24.4", (report,))


def test_the_table_tells_what_was_measured_and_what_was_left_out(
    measured: OptimizeReport, capsys: pytest.CaptureFixture[str]
) -> None:
    show_report(measured)
    out = capsys.readouterr().out
    assert "13 -> 1" in out
    assert "measured" in out
    assert "before, on the CPU: 2 Pad: reflect padding" in out
    assert "before, 14 partitions were predicted: please report it" in out
    assert "after, 1 partitions" not in out
    assert "flatten-as-reshape: left out" in out


def test_json_carries_all_of_it(measured: OptimizeReport) -> None:
    (model,) = json.loads(report_as_json(measured))["models"]
    assert model["before"]["partitions_predicted"] == 14
    assert model["before"]["partitions_measured"] == 13
    assert len(model["before"]["unsupported"]) == 2
    assert model["after"] == {
        "nodes": 312,
        "partitions_predicted": 1,
        "partitions_measured": 1,
        "unsupported": [],
    }
    assert model["dropped"] == ["flatten-as-reshape"]
