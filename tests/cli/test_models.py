"""`dlc models` against a server on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from dlc.model_store.store import ModelStore
from tests.cli.dlc_with_store import store_at
from tests.cli.run import call_dlc, environment, run_dlc
from tests.model_store import server as answers
from tests.model_store.server import FileServer

CONTENT = np.random.default_rng(8).bytes(200_000)
NO_NETWORK = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
NO_PROXY = dict.fromkeys(NO_NETWORK, "") | {"NO_PROXY": "*"}


class User:
    """Somebody with folders of their own, a server of two models, and the command line."""

    def __init__(self, folder: Path, server: FileServer) -> None:
        self.folder = folder
        self.server = server

    def path(self, name: str) -> Path:
        return self.folder / "models" / f"{name}.onnx"

    def catalog(self) -> list[dict[str, str]]:
        return [
            {
                "file": f"{name}.onnx",
                "size": str(len(CONTENT)),
                "sha256": hashlib.sha256(CONTENT).hexdigest(),
                "url": self.server.url(name),
            }
            for name in ("face", "gpen")
        ]

    def command(self, *arguments: str) -> list[str]:
        script = [sys.executable, "-m", "tests.cli.dlc_with_store", str(self.folder)]
        return [*script, json.dumps(self.catalog()), "models", *arguments]

    def models(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        store = store_at(self.folder, self.catalog())
        with mock.patch.object(ModelStore, "of_user", return_value=store):
            return call_dlc("models", *arguments, changes=NO_PROXY | changes)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with FileServer(CONTENT) as server:
        yield User(tmp_path, server)


def test_pull_installs_a_model_and_shows_its_license_once(user: User) -> None:
    run = user.models("pull", "face", "--yes")
    assert run.returncode == 0
    assert run.stdout.split() == ["downloaded", "face", str(user.path("face"))]
    assert "non-commercial research only" in run.stderr
    assert "https://github.com/deepinsight/insightface" in run.stderr
    assert "face.onnx: 0 MB of 0 MB" in run.stderr
    assert user.path("face").read_bytes() == CONTENT

    user.path("face").unlink()
    again = user.models("pull", "face")
    assert again.returncode == 0
    assert "non-commercial" not in again.stderr
    assert user.models("pull", "face").stdout.split()[:2] == ["was", "there"]


def test_pull_says_it_in_json_too(user: User) -> None:
    run = user.models("pull", "face", "gpen", "--yes", "--json", "--quiet")
    assert json.loads(run.stdout) == {
        "models": [
            {"name": name, "path": str(user.path(name)), "downloaded": True}
            for name in ("face", "gpen")
        ]
    }


def test_without_anybody_to_ask_the_license_needs_an_option(user: User) -> None:
    run = user.models("pull", "face", "--json")
    assert run.returncode == 2
    assert "pass --yes" in run.stderr
    assert json.loads(run.stdout)["error"]["kind"] == "OptionError"
    assert user.server.asked == []
    assert not (user.folder / "models").exists()


def test_an_unknown_name_is_a_wrong_option(user: User) -> None:
    run = user.models("pull", "fase", "--yes")
    assert run.returncode == 2
    assert "did you mean face?" in run.stderr


def test_pull_without_a_name_tells_which_there_are(user: User) -> None:
    run = user.models("pull", "--yes")
    assert run.returncode == 2
    assert "no model was named: name one or several of face" in run.stderr
    assert user.server.asked == []


def test_wrong_bytes_tell_what_to_do_by_hand(user: User) -> None:
    user.server.script = [answers.serving(bytes(len(CONTENT)))]
    run = user.models("pull", "face", "--yes")
    assert run.returncode == 9
    message = run.stderr.splitlines()[-1]
    assert "SHA-256 differs" in message
    assert user.server.url("face") in message
    assert str(user.path("face")) in message
    assert list((user.folder / "models").iterdir()) == []


def test_no_network_tells_what_to_do_by_hand(user: User) -> None:
    user.server.__exit__(None, None, None)
    try:
        run = user.models("pull", "face", "--yes")
    finally:
        user.server.__enter__()
    assert run.returncode == 9
    assert "Check the network" in run.stderr
    assert hashlib.sha256(CONTENT).hexdigest() in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_stopped_download_is_continued(user: User) -> None:
    user.server.script = [answers.stall(120_000), answers.whole]
    part = user.path("face").with_name("face.onnx.part")
    process = subprocess.Popen(
        user.command("pull", "face", "--yes"),
        env=environment(**NO_PROXY),
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    end = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size == 120_000) and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("dlc: stopped; what was downloaded is kept")
    assert part.read_bytes() == CONTENT[:120_000]

    assert user.models("pull", "face").returncode == 0
    assert user.server.asked[-1].range == "bytes=120000-"
    assert user.path("face").read_bytes() == CONTENT


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudoterminal")
@pytest.mark.parametrize(
    ("typed", "code"), [("y\n", 0), ("Yes\n", 0), ("n\n", 130), ("\n", 130), ("\x04", 130)]
)
def test_on_a_terminal_the_user_is_asked(user: User, typed: str, code: int) -> None:
    import pty

    keyboard, terminal = pty.openpty()
    os.write(keyboard, typed.encode())
    run = subprocess.run(
        user.command("pull", "face"),
        env=environment(**NO_PROXY),
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    os.close(terminal)
    os.close(keyboard)
    assert run.returncode == code
    assert "Do you accept it? [y/N]" in run.stdout + run.stderr
    assert user.path("face").exists() == (code == 0)
    assert bool(user.server.asked) == (code == 0)


def test_verify_finds_what_is_damaged_and_what_is_missing(user: User) -> None:
    user.models("pull", "face", "--yes")
    run = user.models("verify")
    assert run.returncode == 0
    assert [line.split()[:2] for line in run.stdout.splitlines()] == [
        ["intact", "face"],
        ["missing", "gpen"],
    ]
    assert "dlc models pull gpen" in run.stdout
    assert user.models("verify", "gpen").returncode == 9
    assert user.models("verify", "face").returncode == 0

    status = user.path("face").stat()
    user.path("face").write_bytes(bytes(len(CONTENT)))
    os.utime(user.path("face"), ns=(status.st_atime_ns, status.st_mtime_ns))
    damaged = user.models("verify")
    assert damaged.returncode == 9
    assert damaged.stdout.splitlines()[0].startswith(f"damaged  face  {user.path('face')} has")
    assert "remedy: dlc models pull face" in damaged.stdout

    assert user.models("pull", "face").returncode == 0
    assert user.models("verify").returncode == 0


def test_verify_in_json_is_one_object_also_where_it_fails(user: User) -> None:
    (user.folder / "other").mkdir()
    other = user.folder / "other" / "face.onnx"
    other.write_bytes(CONTENT[1:])
    user.models("pull", "face", "--yes")
    run = user.models("verify", "face", "--json")
    assert run.returncode == 9
    first, second = json.loads(run.stdout)["models"]
    assert (first["state"], first["path"]) == ("damaged", str(other))
    assert "199,999 bytes instead of 200,000" in first["damage"]
    assert "another copy is intact" in first["remedy"]
    assert second == {
        "name": "face",
        "state": "intact",
        "path": str(user.path("face")),
        "damage": None,
        "remedy": None,
    }


def test_list_shows_what_is_installed_where(user: User) -> None:
    user.models("pull", "face", "--yes")
    head, face, gpen, _, downloads = user.models("list").stdout.splitlines()
    assert head.split() == ["MODEL", "ROLE", "SIZE", "LICENSE", "INSTALLED"]
    assert face.startswith("face ")
    assert face.endswith(str(user.path("face")))
    assert gpen.split()[0] == "gpen"
    assert gpen.endswith("no")
    assert downloads == f"Downloads go to {user.folder / 'models'}"

    user.path("face").write_bytes(b"")
    assert f"damaged: {user.path('face')} has 0 bytes" in user.models("list").stdout


def test_list_in_json_tells_everything(user: User) -> None:
    user.models("pull", "gpen", "--yes")
    listed = json.loads(user.models("list", "--json").stdout)
    assert listed["download"] == str(user.folder / "models")
    face, gpen = listed["models"]
    assert (face["path"], gpen["path"]) == (None, str(user.path("gpen")))
    assert (face["license"]["accepted"], gpen["license"]["accepted"]) == (False, True)
    assert face["bytes"] == len(CONTENT)
    assert face["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert face["urls"] == [user.server.url("face")]


def test_path_prints_the_file_or_the_folder(user: User) -> None:
    assert user.models("path").stdout == f"{user.folder / 'models'}\n"
    missing = user.models("path", "face")
    assert missing.returncode == 9
    assert missing.stdout == f"{user.folder / 'models'}\n"
    assert f"`dlc models pull face` puts it at {user.path('face')}" in missing.stderr
    user.models("pull", "face", "--yes")
    found = user.models("path", "face")
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{user.path('face')}\n", "")


def test_the_real_catalog_is_listed_and_found_by_the_variable(tmp_path: Path) -> None:
    changes = {"DLC_MODELS": str(tmp_path), **NO_NETWORK}
    run = run_dlc("models", "list", "--json", changes=changes)
    assert run.returncode == 0
    listed = json.loads(run.stdout)
    assert len(listed["models"]) == 10
    assert listed["download"] == str(tmp_path)
    assert str(tmp_path) in listed["search"]
    assert run_dlc("models", "path", changes=changes).stdout == f"{tmp_path}\n"


def test_without_a_command_the_help_is_shown() -> None:
    run = run_dlc("models")
    assert run.returncode == 0
    assert run.stdout == run_dlc("models", "--help").stdout
    for name in ("list", "pull", "verify", "path"):
        assert name in run.stdout


def test_help_loads_neither_the_network_nor_numbers() -> None:
    code = (
        "import sys\n"
        "from dlc.cli.app import main\n"
        "sys.argv = ['dlc', 'models', 'pull', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    names = ('httpx', 'platformdirs', 'filelock', 'numpy', 'onnxruntime')\n"
        "    print([name for name in names if name in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == "[]\n"
