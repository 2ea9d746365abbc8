"""Help, version, usage errors, and that all of these need no heavy import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import call_dlc, run_dlc
from tests.media.signing import small_file

HEAVY = (
    *("av", "c2pa", "cryptography", "cv2", "httpx", "insightface", "numpy", "onnx", "onnxruntime"),
)

OPTIONS = [
    "--engine", "--faces", "--start", "--end", "--overwrite", "--encoder", "--quality", "--preset",
    "--no-audio", "--contact-sheet", "--contact-sheet-rows", "--keep-partial", "--json", "--quiet",
    "--verbose", "--threads", "--allow-damaged",
]  # fmt: skip


def test_help_names_the_commands() -> None:
    run = run_dlc("--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert "swap" in run.stdout
    assert "--version" in run.stdout


def test_no_argument_at_all_shows_the_help() -> None:
    run = run_dlc()
    assert run.returncode == 0
    assert run.stdout == run_dlc("--help").stdout


@pytest.mark.parametrize("command", [[], ["swap"], ["models", "pull"]])
def test_help_has_its_usual_short_name(command: list[str]) -> None:
    run = call_dlc(*command, "-h")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == call_dlc(*command, "--help").stdout


def test_help_of_swap_names_every_option_and_exit_code() -> None:
    run = run_dlc("swap", "--help")
    assert (run.returncode, run.stderr) == (0, "")
    words = set(re.findall(r"[\w-]+", run.stdout))
    assert words >= {"SOURCE", "TARGET", "OUTPUT", "130", *OPTIONS}


def test_version() -> None:
    run = run_dlc("--version")
    assert run.returncode == 0
    assert re.fullmatch(r"dlc \d+\.\d+\.\d+\S*\n", run.stdout)


def loaded_by(*arguments: str | Path) -> set[str]:
    """Return the modules that a process has loaded when the command ends."""
    code = (
        "import sys\n"
        "from dlc.cli.app import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    words = [sys.executable, "-c", code, *map(str, arguments)]
    run = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return set(run.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["swap", "--help"],
        ["swap", "only-one"],
        ["swap", "gone.jpg", "gone.mp4", "out.mp4"],
        ["swap", __file__, "gone.mp4", "out.mp4"],
        ["swap", __file__, __file__, __file__],
        ["swap", "gone.jpg", ".", "out"],
        ["faces", "gone.mp4"],
        ["live", "--source", "gone.jpg"],
        ["inspect", "gone.mp4"],
        ["models", "list"],
    ],
    ids=" ".join,
)
def test_answers_without_work_load_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(*arguments)
    assert "dlc.cli.app" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_what_only_people_see_is_not_loaded_to_tell_of_a_wrong_name() -> None:
    assert "rich" not in loaded_by("swap", "gone.jpg", "gone.mp4", "out.mp4")


def test_videos_are_inspected_without_what_decodes_pictures_and_runs_models(
    tmp_path: Path,
) -> None:
    loaded = loaded_by("inspect", small_file(tmp_path / "plain.mp4"))
    assert {"av", "c2pa"} <= loaded
    assert loaded.isdisjoint({"cv2", "numpy", "onnx", "onnxruntime", "insightface"})


def test_importing_the_library_imports_nothing_heavy() -> None:
    code = (
        "import dlc, sys\n"
        "assert 'swap' in dir(dlc)\n"
        f"print([name for name in {(*HEAVY, 'typer', 'rich')!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bogus"], "bogus"),
        (["swap"], "SOURCE"),
        (["swap", "a.jpg", "b.mp4"], "OUTPUT"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--bogus"], "--bogus"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--quality", "52"], "--quality"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--quality", "good"], "--quality"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--threads", "0"], "--threads"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--faces", "none"], "--faces"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--engine", "magic"], "--engine"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--start", "soon"], "--start"),
        (["swap", "a.jpg", "b.mp4", "c.mp4", "--quiet", "--verbose"], "--verbose"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(arguments: list[str], words: str) -> None:
    run = call_dlc(*arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("dlc: ")
    assert len(run.stderr.splitlines()) == 1
    assert words in run.stderr


def test_a_file_whose_name_begins_with_a_dash_is_not_told_to_be_an_option_alone(
    astronaut_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-me.png").write_bytes(astronaut_file.read_bytes())
    run = call_dlc("faces", "-me.png", "--json")
    assert run.returncode == 2
    assert "if -me.png is a file, write ./-me.png, or -- before all files" in run.stderr
    for words in (["./-me.png"], ["--", "-me.png"]):
        assert call_dlc("faces", "--overwrite", *words).returncode == 0
    assert "is a file" not in call_dlc("faces", astronaut_file, "--start=0.5", "-x").stderr


def test_with_json_a_wrong_command_line_is_an_object() -> None:
    run = run_dlc("swap", "a.jpg", "--json")
    assert run.returncode == 2
    failure = json.loads(run.stdout)["error"]
    assert failure["exit_code"] == 2
    assert "TARGET" in failure["message"]


def test_after_two_dashes_json_is_a_file_name() -> None:
    run = call_dlc("swap", "--", "--json")
    assert run.returncode == 2
    assert run.stdout == ""


MESSAGE = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.fixture
def broken_cv2(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which importing cv2 fails as it does where libGL is missing."""
    package = tmp_path / "broken" / "cv2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"raise ImportError({MESSAGE!r})\n")
    return {"PYTHONPATH": str(package.parent)}


def test_a_cv2_that_cannot_load_names_the_package_to_install(
    broken_cv2: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    run = run_dlc("swap", __file__, __file__, output, "--json", changes=broken_cv2)
    assert run.returncode == 10
    assert run.stderr.startswith("dlc: ")
    assert len(run.stderr.splitlines()) == 1
    assert "libGL.so" in run.stderr
    assert "apt install libgl1" in run.stderr
    assert "pip install opencv-python-headless" in run.stderr
    assert json.loads(run.stdout)["error"]["kind"] == "MissingLibraryError"


def test_the_traceback_is_there_for_those_who_ask(
    broken_cv2: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    run = run_dlc("swap", __file__, __file__, output, "--verbose", changes=broken_cv2)
    assert run.returncode == 10
    assert "Traceback" in run.stderr
    assert run.stderr.splitlines()[-1].startswith("dlc: cannot load cv2")
