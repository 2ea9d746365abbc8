"""Puts one source person's face onto target faces."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Bytes, Flags, Floats
from dlc.compositing.filters import blend, resize, sample, sharpen_samples, smoothstep
from dlc.compositing.patch import Patch
from dlc.swapping.mesh.eyes import IrisTint, cut_openings
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import flatten
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.foreground import ForegroundFinder
from dlc.swapping.mesh.foreground.lettering import find_letters, with_letters, without_letters
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import soften
from dlc.swapping.mesh.light.grain import noise_level, with_grain, without_grain
from dlc.swapping.mesh.light.look_finder import LookFinder
from dlc.swapping.mesh.light.tone import TONE_SIZE, ToneMeter
from dlc.swapping.mesh.placement import Placement, locate_in_atlas, place
from dlc.swapping.mesh.shape import ProportionShift
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.source.texture import SourceTexture
from dlc.swapping.mesh.view import TargetView
from dlc.swapping.mesh.visibility import PoseFacing

# Frames from one measurement of the camera's noise to the next: it changes only with the light.
_NOISE_INTERVAL = 4
# Cosine of the line of sight, the source's as a share of the target's: where the source's texture
# begins to give way, and where it is gone.
_STRETCHED = (0.95, 0.6)
# Below this cosine, the target itself shows next to nothing.
_FLAT = 0.3
# From this opacity of the new skin on, no fine detail is seen of what it covers.
_HIDDEN = 0.75


class FaceTransfer:
    """The source's skin, iris color and proportions, ready to put onto targets.

    Stateless: what is known about a target is in the `FaceMemory` that comes with it.
    """

    def __init__(
        self, source: SourceModel, layout: Layout, covers: CoverFinder | None = None
    ) -> None:
        """Prepare a source for one atlas layout.

        Args:
            source: the person whose face to use.
            layout: the atlas.
            covers: finds what comes in front of targets' faces; None paints over it.
        """
        self._layout = layout
        self._facing = PoseFacing(layout, TONE_SIZE)
        self._source_facing = resize(source.facing, (TONE_SIZE, TONE_SIZE))
        self._keeps_letters = covers is not None
        self._foreground = ForegroundFinder(layout, covers)
        self._texture = SourceTexture(source, layout, ToneMeter(layout))
        self._looks = LookFinder(source, self._texture, layout)
        self._shift = ProportionShift(source.shape, layout)
        self._irises = IrisTint(source.iris)

    def apply(self, view: TargetView, memory: FaceMemory) -> Patch:
        """Return the target with the source's face, and update what is known about the target."""
        letters = self._letters(view) if self._keeps_letters else None
        if letters is None:
            return self._under_grain(view, memory)
        plain = replace(view, bgra=without_letters(view.bgra, letters))
        patch = self._under_grain(plain, memory)
        return replace(patch, bgr=with_letters(patch.bgr, view.bgra, letters))

    def _letters(self, view: TargetView) -> Flags | None:
        topology = self._layout.topology
        oval, mouth = (view.mesh[ring, :2] for ring in (topology.face_oval, topology.inner_lips))
        return find_letters(view.bgra, oval, mouth, view.pose.scale)

    def _under_grain(self, view: TargetView, memory: FaceMemory) -> Patch:
        calm = without_grain(view.bgra, self._noise(view, memory))
        if calm is None:
            return self._swap(view, memory)
        patch = self._swap(replace(view, bgra=calm), memory)
        return replace(patch, bgr=with_grain(patch.bgr, view.bgra, calm))

    def _noise(self, view: TargetView, memory: FaceMemory) -> float:
        known = memory.noise.value
        if known is None or memory.frames % _NOISE_INTERVAL == 0:
            known = memory.noise.update(noise_level(view.bgra))
        memory.frames += 1
        return known

    def _swap(self, view: TargetView, memory: FaceMemory) -> Patch:
        face = flatten(view, self._layout, self._facing)
        front = self._foreground.find(face, memory)
        look = self._looks.find(view, face, front.bare, memory)
        kept = self._kept(face.facing, front.broad)
        skin = self._texture.paint(self._texture.size_for(view.pose.scale), look, kept)
        moved = self._move(view, memory)
        placement = place(self._layout, moved, view.mesh, view.shape, skin.shape[0])
        bgr = self._lay(view, skin, moved, placement, memory)
        if front.rigid is not None:
            bgr = self._put_in_front(bgr, view, front.rigid, memory)
        return Patch(view.box, bgr, placement.inside)

    def _kept(self, facing: Floats, broad: Floats) -> Floats:
        """Return the share of the target to keep: float32, square, 0 to 1.

        Kept are broad things in front of the face, and spots that the source's photo shows so much
        more from the side that they would be stretched.
        """
        share: Floats = self._source_facing.copy()
        share /= np.maximum(facing, _FLAT)
        stretched = smoothstep(share, *_STRETCHED)
        return np.maximum(broad, stretched)

    def _move(self, view: TargetView, memory: FaceMemory) -> Floats:
        """Return the target's mesh with the source's proportions: (N, 3), pixels of the region."""
        neutral = memory.shape.update(view.pose.normalize(view.mesh))
        moved = view.mesh.copy()
        moved[: len(neutral), :2] += self._shift.offsets(neutral, view.pose)
        return moved

    def _lay(
        self,
        view: TargetView,
        skin: Bytes,
        moved: Floats,
        placement: Placement,
        memory: FaceMemory,
    ) -> Bytes:
        """Lay the skin over the target, moving the target's own features along with it."""
        topology = self._layout.topology
        over = sample(skin, placement.atlas, border=cv2.BORDER_CONSTANT)
        left, right, mouth = (
            moved[ring, :2] for ring in (topology.left_eye, topology.right_eye, topology.inner_lips)
        )
        eyes = [eye.moved(lids) for eye, lids in zip(view.eyes, (left, right), strict=True)]
        opacity = _product(over[..., 3], placement.edge)
        cut_openings(opacity, (left, right, mouth), view.pose.scale)
        # Out of focus, edges are as soft in all directions; the rest of a blur is by motion.
        opacity = soften(opacity, _focus(view, memory))
        under = sample(view.bgra, placement.origin)
        shown = (opacity < _HIDDEN) & (placement.inside > 0)
        sharpen_samples(under, view.bgra, placement.origin, shown)
        veil, clear = memory.veil.value or 0.0, memory.clearness.value or 1.0
        colored = 1.0 if memory.colored.value is None else memory.colored.value
        self._irises.apply(under, eyes, memory.iris, veil, clear, colored)
        blended = cv2.cvtColor(blend(over, under, opacity), cv2.COLOR_BGRA2BGR)
        return np.asarray(blended, np.uint8)

    def _put_in_front(
        self, bgr: Bytes, view: TargetView, rigid: Floats, memory: FaceMemory
    ) -> Bytes:
        """Show rigid things, such as glasses, before the new face, where they are in the picture.

        They are no part of the face: moved along with its features, they would be bent.
        """
        where = locate_in_atlas(self._layout, view.mesh, view.shape, rigid.shape[0])
        opacity = soften(sample(rigid, where, border=cv2.BORDER_CONSTANT), _focus(view, memory))
        own = cv2.cvtColor(view.bgra, cv2.COLOR_BGRA2BGR)
        return blend(np.asarray(own, np.uint8), bgr, opacity)


def _focus(view: TargetView, memory: FaceMemory) -> Floats:
    """Return the radii (2,) in pixels by which edges are blurred that are not blurred by motion."""
    radius = memory.blur.radius.min() * np.float32(view.pose.scale)
    return np.array([radius, radius])


def _product(opacity: Bytes, edge: Floats) -> Floats:
    """Multiply an opacity of 0 to 255 by one of 0 to 1; the product is 0 to 1."""
    return np.asarray(cv2.multiply(opacity, edge, scale=1 / 255, dtype=cv2.CV_32F), np.float32)
