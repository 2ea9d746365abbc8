"""What is remembered about a target face from frame to frame."""

from __future__ import annotations

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.cover import CoverMemory
from dlc.swapping.mesh.foreground.sunglasses import SunglassesMemory
from dlc.swapping.mesh.foreground.worn import WornMemory
from dlc.swapping.mesh.light.followed_blur import FollowedBlur
from dlc.swapping.mesh.light.followed_gain import FollowedGain
from dlc.swapping.running_mean import RunningMean


class FaceMemory:
    """Running means over one target face's frames, in the face's own frame or in the atlas.

    The rates balance flicker against lag: light may change within a few frames, the person's shape
    and the neutral state of the skin never change.

    Attributes:
        frames: number of frames so far.
        shape: float32 (468, 3), the mesh without pose, in face widths.
        relief: float32 (TONE_SIZE, TONE_SIZE), the skin's relief at rest, from `skin_relief`.
        forehead: float32 (rows, TONE_SIZE, 3), how much to brighten the new forehead's border.
        side_light: float32 (size, size), how much lighter one side is than the other.
        folds: share of the source's folds that the target shows, 0 to 1.
        gain: the factor from the source's light to the target's.
        contrast: factor for the source's detail.
        veil: gray levels of stray light.
        clearness: share of the light that does not come from the veil.
        colored: 0 if the picture has no color, 1 if it has.
        color: float32 (3, 5), matrix for the BGR, depth and height of the source's detail.
        lips: float32 (3,), the lips' BGR as shares of the skin's light.
        sharpness: factor for the source's finest detail.
        close_up: factor for the source's detail beyond the atlas's resolution.
        blur: what the source's face lacks in blur by focus and motion.
        noise: standard deviation of the camera's noise, in gray levels.
        worn: hair, hats and glasses in front.
        iris: float32 (3,), the mean BGR of the irises.
        cover: the usual look, and what has come in front of it.
        sunglasses: whether lenses hide the eyes, and where they are.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.frames = 0
        self.shape = RunningMean[Floats](0.005)
        self.relief = RunningMean[Floats](0.01)
        self.gain = FollowedGain()
        self.contrast = RunningMean[float](0.2)
        self.veil = RunningMean[float](0.05)
        self.clearness = RunningMean[float](0.05)
        self.forehead = RunningMean[Floats](0.2)
        self.side_light = RunningMean[Floats](0.2)
        self.folds = RunningMean[float](0.2)
        self.colored = RunningMean[float](0.2)
        self.color = RunningMean[Floats](0.2)
        self.lips = RunningMean[Floats](0.1)
        self.sharpness = RunningMean[float](0.1)
        self.close_up = RunningMean[float](0.2)
        self.blur = FollowedBlur()
        self.noise = RunningMean[float](0.2)
        self.worn = WornMemory()
        self.iris = RunningMean[Floats](0.1)
        self.cover = CoverMemory()
        self.sunglasses = SunglassesMemory()
