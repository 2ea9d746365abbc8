"""Where live pictures go: a file, a virtual camera, a window."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from dlc.media.closing import Closing
from dlc.media.live.frame import LiveFrame
from dlc.media.live.preview import PreviewWindow
from dlc.media.live.virtual_camera import VirtualCamera
from dlc.media.live.writer import LiveWriter
from dlc.pipeline import Branch, CancelToken
from dlc.pipeline.channel import Channel, Closed

# Called after a picture was shown, with its capture time, or None for a repeat.
Shown = Callable[[float | None], None]

# Frames that may queue up while an encoder hiccups.
_FILE_QUEUE = 8


class LiveOutput(AbstractContextManager["LiveOutput", None], Protocol):
    """Takes pictures in the main thread without blocking it; shows all of them before it ends."""

    def offer(self, frame: LiveFrame) -> None:
        """Hand over the next picture, which must not change anymore.

        Raises:
            DlcError: the output failed, possibly on an earlier picture.
        """

    def poll(self) -> None:
        """Do idle work while no picture comes; raises what `offer` raises."""


class _Branched(Branch[LiveFrame]):
    """An output with a thread of its own."""

    def poll(self) -> None:
        """Raise if the thread has failed."""
        self.check()


class FileOutput(_Branched):
    """Records to a file, every frame at its time; whoever opened the writer closes it."""

    def __init__(self, writer: LiveWriter, shown: Shown | None = None) -> None:
        self._writer = writer
        self._shown = shown
        super().__init__("file", self._record, capacity=_FILE_QUEUE)

    def _record(self, frames: Channel[LiveFrame]) -> None:
        for frame in frames:
            self._writer.write(frame)
            if self._shown is not None:
                self._shown(frame.captured_at)


class VirtualCameraOutput(_Branched):
    """Sends to a virtual camera at a steady rate.

    A new picture goes out at once if at least three quarters of a period have passed since the last
    one. If none has come after five quarters, the last one is repeated.
    """

    def __init__(self, camera: VirtualCamera, shown: Shown | None = None) -> None:
        self._camera = camera
        self._shown = shown
        super().__init__("virtual camera", self._send_steadily)

    def _send_steadily(self, frames: Channel[LiveFrame]) -> None:
        period = self._camera.period
        try:
            last = frames.get()
            self._send(last, last.captured_at)
            due = time.perf_counter() + period
            while True:
                time.sleep(max(0.0, due - period / 4 - time.perf_counter()))
                try:
                    last = frames.get(max(0.0, due + period / 4 - time.perf_counter()))
                except TimeoutError:
                    self._send(last, None)
                    due += period
                else:
                    self._send(last, last.captured_at)
                    due = time.perf_counter() + period
        except Closed:
            return

    def _send(self, frame: LiveFrame, captured_at: float | None) -> None:
        self._camera.send(frame.bgr)
        if self._shown is not None:
            self._shown(captured_at)


class PreviewOutput(Closing):
    """Shows the result in a window, from the main thread, as window systems require."""

    def __init__(
        self, window: PreviewWindow, stop: CancelToken, shown: Shown | None = None
    ) -> None:
        """Show pictures in `window` and set `stop` when the user closes it."""
        self._window = window
        self._stop = stop
        self._shown = shown

    def offer(self, frame: LiveFrame) -> None:
        """Show the picture."""
        self._window.show(frame.bgr)
        if self._shown is not None:
            self._shown(frame.captured_at)
        self._look()

    def poll(self) -> None:
        """Process window events."""
        self._window.poll()
        self._look()

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    def _look(self) -> None:
        if self._window.is_closed:
            self._stop.set()
