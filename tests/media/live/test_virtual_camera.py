"""Devices are fakes that pyvirtualcam knows for the time of a test; no machine has them all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
import pyvirtualcam
from pyvirtualcam.camera import BACKENDS

from dlc.errors import MissingLibraryError, OptionError, VirtualCameraError
from dlc.media.live.virtual_camera import VirtualCamera
from dlc.options import Fit


class FakeDevice:
    """A device that keeps what it is sent."""

    all: ClassVar[list[FakeDevice]] = []
    vanishes_after = 1_000_000

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None):
        self.shape = (height, width, 3)
        self.fps, self.fourcc = fps, fourcc
        self.name = device or "Fake Camera"
        self.pictures: list[np.ndarray] = []
        self.closed = 0
        self.all.append(self)

    def device(self) -> str:
        return self.name

    def native_fourcc(self) -> int | None:
        return None

    def send(self, frame: np.ndarray) -> None:
        if len(self.pictures) >= self.vanishes_after:
            raise RuntimeError("no such device")
        self.pictures.append(frame.reshape(self.shape).copy())

    def close(self) -> None:
        self.closed += 1


class VanishingDevice(FakeDevice):
    vanishes_after = 2


class MissingDevice:
    def __init__(self, **_: Any) -> None:
        raise RuntimeError("not installed")


@pytest.fixture(autouse=True)
def fakes() -> Iterator[None]:
    before = dict(BACKENDS)
    FakeDevice.all.clear()
    pyvirtualcam.register_backend("fake", FakeDevice)
    pyvirtualcam.register_backend("vanishing", VanishingDevice)
    yield
    BACKENDS.clear()
    BACKENDS.update(before)


def test_pictures_arrive_as_they_are() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    with VirtualCamera(64, 48, 25, backend="fake") as camera:
        camera.send(picture)
        camera.send(picture[:, ::-1])
        assert (camera.backend, camera.device) == ("fake", "Fake Camera")
        assert camera.period == 1 / 25
        camera.close()
    (device,) = FakeDevice.all
    np.testing.assert_array_equal(device.pictures, [picture, picture[:, ::-1]])
    assert device.fps == 25
    assert device.closed == 1


@pytest.mark.parametrize(("fit", "border"), [(Fit.LETTERBOX, 0), (Fit.CROP, 200)])
def test_pictures_of_another_shape_are_fitted(fit: Fit, border: int) -> None:
    with VirtualCamera(160, 90, 30, backend="fake", fit=fit) as camera:
        camera.send(np.full((90, 90, 3), 200, np.uint8))
    (picture,) = FakeDevice.all[0].pictures
    assert picture.shape == (90, 160, 3)
    assert (picture[45, 2] == border).all()
    assert (picture[45, 80] == 200).all()


def test_a_named_device_is_the_one_that_is_opened() -> None:
    with VirtualCamera(64, 48, 25, backend="fake", device="Studio") as camera:
        assert camera.device == "Studio"


def test_a_device_that_vanishes_is_an_error_with_a_remedy() -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    with VirtualCamera(64, 48, 25, backend="vanishing", system="Linux") as camera:
        camera.send(picture)
        camera.send(picture)
        with pytest.raises(VirtualCameraError, match=r"Fake Camera went away.*modprobe"):
            camera.send(picture)
    assert FakeDevice.all[0].closed == 1


@pytest.mark.parametrize(
    ("system", "remedy"),
    [
        ("Windows", "install OBS Studio .*virtual camera"),
        ("Darwin", "30 or newer"),
        ("Linux", "modprobe v4l2loopback"),
        ("FreeBSD", "Windows, macOS and Linux only"),
    ],
)
def test_without_a_device_each_platform_says_how_to_get_one(system: str, remedy: str) -> None:
    for name in ("obs", "unitycapture", "v4l2loopback"):
        pyvirtualcam.register_backend(name, MissingDevice)
    with pytest.raises(VirtualCameraError, match=remedy):
        VirtualCamera(64, 48, 25, system=system)
    # Other backends are there, and are not fallen back to.
    assert not FakeDevice.all


def test_windows_takes_unity_capture_where_there_is_no_obs() -> None:
    pyvirtualcam.register_backend("obs", MissingDevice)
    pyvirtualcam.register_backend("unitycapture", FakeDevice)
    with VirtualCamera(64, 48, 25, system="Windows") as camera:
        assert camera.backend == "unitycapture"


def test_an_unknown_backend_is_told_from_those_that_are_there() -> None:
    with pytest.raises(OptionError, match=r"no virtual camera called obss here: there is .*fake"):
        VirtualCamera(64, 48, 25, backend="obss")


@pytest.mark.parametrize(
    ("width", "height", "fps"), [(63, 48, 25), (64, 47, 25), (0, 48, 25), (64, 48, 0)]
)
def test_what_no_device_can_show_is_refused(width: int, height: int, fps: float) -> None:
    with pytest.raises(OptionError):
        VirtualCamera(width, height, fps, backend="fake")
    assert not FakeDevice.all


def test_a_missing_library_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam.camera", None)
    with pytest.raises(MissingLibraryError, match="pip install"):
        VirtualCamera(64, 48, 25)


@pytest.mark.skipif(sys.platform != "linux", reason="device files are Linux's")
def test_a_device_file_that_is_removed_is_noticed() -> None:
    # The driver itself writes a line to stderr and goes on. A pseudoterminal is a device file too,
    # and is gone when it is closed.
    ends = os.openpty()
    picture = np.zeros((48, 64, 3), np.uint8)
    with VirtualCamera(64, 48, 25, backend="fake", device=os.ttyname(ends[1])) as camera:
        camera.send(picture)
        for end in ends:
            os.close(end)
        with pytest.raises(VirtualCameraError, match="device file is missing"):
            camera.send(picture)
    assert len(FakeDevice.all[0].pictures) == 1
