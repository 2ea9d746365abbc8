"""Puts one source person's face onto target faces."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Bytes, Flags, Floats, Gray
from dlc.compositing.filters import blend, grow, resize, sample, sharpen_samples, smoothstep
from dlc.compositing.patch import Patch
from dlc.swapping.mesh.eyes import IrisTint, cut_openings
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.eyewear import EyewearFinder
from dlc.swapping.mesh.foreground.hair import HairFinder
from dlc.swapping.mesh.foreground.lettering import find_letters, with_letters, without_letters
from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.foreground.usual_light import UsualLight
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.expression import expression_gain, skin_relief
from dlc.swapping.mesh.light.focus import FocusMeter, soften
from dlc.swapping.mesh.light.followed_blur import SourceFocus
from dlc.swapping.mesh.light.grain import noise_level, with_grain, without_grain
from dlc.swapping.mesh.light.sharpness import fine_energy, sharpness_factor
from dlc.swapping.mesh.light.tone import (
    TONE_SIZE,
    ToneMeter,
    color_matrix,
    contrast_factor,
    tone_gain,
)
from dlc.swapping.mesh.light.veil import VeilMeter
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.placement import place
from dlc.swapping.mesh.shape import ProportionShift
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.source.texture import Look, SourceTexture
from dlc.swapping.mesh.view import TargetView, unwrap
from dlc.swapping.mesh.visibility import PoseFacing, visibility

# Side of the atlas for comparing a target's fine detail with the source's.
_DETAIL_SIZE = 2 * TONE_SIZE
# Frames from one measurement of the camera's noise to the next: it changes only with the light.
_NOISE_INTERVAL = 4
# Cosine of the line of sight, the source's as a share of the target's: where the source's texture
# begins to give way, and where it is gone.
_STRETCHED = (0.95, 0.6)
# Below this cosine, the target itself shows next to nothing.
_FLAT = 0.3
# From this opacity of the new skin on, no fine detail is seen of what it covers.
_HIDDEN = 0.75
# Lines within this many pixels of glasses are part of them.
_NEAR_GLASSES = 3


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
        self._meter = ToneMeter(layout)
        self._veil = VeilMeter(layout)
        self._skin = skin_mask(layout, TONE_SIZE)
        self._facing = PoseFacing(layout, TONE_SIZE)
        self._source_facing = resize(source.facing, (TONE_SIZE, TONE_SIZE))
        self._lines = LineFinder(layout, _DETAIL_SIZE)
        self._light = UsualLight(layout, _DETAIL_SIZE)
        self._eyewear = EyewearFinder(layout, _DETAIL_SIZE)
        self._hair = HairFinder(layout)
        self._covers = covers
        self._texture = SourceTexture(source, layout, self._meter)
        self._shift = ProportionShift(source.shape, layout)
        self._irises = IrisTint(source.iris)
        detailed = resize(source.texture, (_DETAIL_SIZE, _DETAIL_SIZE))
        self._energy = fine_energy(_luma(detailed), layout)
        luma = np.rint(_luma(detailed)).astype(np.uint8)
        self._focus = SourceFocus.of(luma, FocusMeter(layout, _DETAIL_SIZE))

    def apply(self, view: TargetView, memory: FaceMemory) -> Patch:
        """Return the target with the source's face, and update what is known about the target."""
        letters = None if self._covers is None else self._letters(view)
        if letters is None:
            return self._under_grain(view, memory)
        plain = replace(view, bgra=without_letters(view.bgra, letters))
        patch = self._under_grain(plain, memory)
        return replace(patch, bgr=with_letters(patch.bgr, view.bgra, letters))

    def _letters(self, view: TargetView) -> Flags | None:
        oval = view.mesh[self._layout.topology.face_oval, :2]
        return find_letters(view.bgra, oval, view.pose.scale)

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
        skin = self._paint(view, memory)
        moved = self._move(view, memory)
        return self._lay(view, skin, moved, memory)

    def _paint(self, view: TargetView, memory: FaceMemory) -> Bytes:
        """Return the source's skin in the target's light: BGR and opacity in the atlas."""
        flat, shown = unwrap(view, self._layout, _DETAIL_SIZE)
        tone_size = (TONE_SIZE, TONE_SIZE)
        broad = cv2.cvtColor(resize(flat, tone_size), cv2.COLOR_BGRA2BGR).astype(np.float32)
        facing = self._facing.facing(view.pose)
        seen = visibility(facing) * shown
        front = memory.hair.update(self._hair.find(broad, seen))
        if self._covers is not None:
            front = np.maximum(front, self._covers.find(broad, seen, memory.cover))
        luma = np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), np.uint8)
        lit = self._light.show(luma)
        worn = self._eyewear.update(lit, view.pose, memory.eyewear)
        bare = 1 - front if worn is None else 1 - np.maximum(front, resize(worn, tone_size))
        tone = self._meter.measure(broad, seen * bare)
        gain = memory.gain.update(tone_gain(tone, self._texture.tone), self._skin * seen * bare)
        veil = memory.veil.update(self._veil.level(broad, tone))
        clear = memory.clearness.update(self._veil.clearness(veil, tone))
        own = replace(tone, contrast=tone.contrast / clear)
        contrast = memory.contrast.update(contrast_factor(own, self._texture.tone))
        relief = _relief(broad, shown, memory)
        look = Look(
            gain=gain * expression_gain(relief, memory.relief.update(relief))[..., None],
            contrast=contrast * clear,
            color=memory.color.update(color_matrix(tone, self._texture.tone)),
            sharpness=self._sharpness(view, luma, memory),
            softness=memory.blur.update(view, luma, self._focus),
        )
        kept = self._kept(facing, front, self._thin(lit, worn, memory))
        return self._texture.paint(self._texture.size_for(view.pose.scale), look, kept)

    def _kept(self, facing: Floats, front: Floats, thin: Floats | None) -> Floats:
        """Return the share of the target to keep: float32, square, 0 to 1.

        Kept are things in front of the face, broad or thin, and spots that the source's photo shows
        so much more from the side that they would be stretched.
        """
        share: Floats = self._source_facing.copy()
        share /= np.maximum(facing, _FLAT)
        stretched = smoothstep(share, *_STRETCHED)
        kept = np.maximum(front, stretched)
        return kept if thin is None else np.maximum(resize(kept, thin.shape), thin)

    def _thin(self, luma: Gray, worn: Floats | None, memory: FaceMemory) -> Floats | None:
        """Return where thin things are in front: glasses, if any, and what belongs to them."""
        lines = self._lines.matte(memory.lines.update(self._lines.lines(luma)))
        if worn is None or lines is None:
            return lines if worn is None else worn
        return np.maximum(worn, np.minimum(lines, grow(worn, _NEAR_GLASSES)))

    def _sharpness(self, view: TargetView, luma: Gray, memory: FaceMemory) -> float:
        known = memory.sharpness.value
        if known is not None and not view.is_whole:
            return known  # beyond the frame there is no detail to measure
        energy = fine_energy(luma.astype(np.float32), self._layout)
        return memory.sharpness.update(sharpness_factor(energy, self._energy))

    def _move(self, view: TargetView, memory: FaceMemory) -> Floats:
        """Return the target's mesh with the source's proportions: (N, 3), pixels of the region."""
        neutral = memory.shape.update(view.pose.normalize(view.mesh))
        moved = view.mesh.copy()
        moved[: len(neutral), :2] += self._shift.offsets(neutral, view.pose)
        return moved

    def _lay(self, view: TargetView, skin: Bytes, moved: Floats, memory: FaceMemory) -> Patch:
        """Lay the skin over the target, moving the target's own features along with it."""
        topology = self._layout.topology
        placement = place(self._layout, moved, view.mesh, view.shape, skin.shape[0])
        over = sample(skin, placement.atlas, border=cv2.BORDER_CONSTANT)
        left, right, mouth = (
            moved[ring, :2] for ring in (topology.left_eye, topology.right_eye, topology.inner_lips)
        )
        eyes = [eye.moved(lids) for eye, lids in zip(view.eyes, (left, right), strict=True)]
        opacity = _product(over[..., 3], placement.edge)
        cut_openings(opacity, (left, right, mouth), view.pose.scale)
        # Out of focus, edges are as soft in all directions; the rest of a blur is by motion.
        focus = memory.blur.radius.min() * np.float32(view.pose.scale)
        opacity = soften(opacity, np.array([focus, focus]))
        under = sample(view.bgra, placement.origin)
        shown = (opacity < _HIDDEN) & (placement.inside > 0)
        sharpen_samples(under, view.bgra, placement.origin, shown)
        veil, clear = memory.veil.value or 0.0, memory.clearness.value or 1.0
        self._irises.apply(under, eyes, memory.iris, veil, clear)
        blended = cv2.cvtColor(blend(over, under, opacity), cv2.COLOR_BGRA2BGR)
        return Patch(view.box, np.asarray(blended, np.uint8), placement.inside)


def _product(opacity: Bytes, edge: Floats) -> Floats:
    """Multiply an opacity of 0 to 255 by one of 0 to 1; the product is 0 to 1."""
    return np.asarray(cv2.multiply(opacity, edge, scale=1 / 255, dtype=cv2.CV_32F), np.float32)


def _luma(bgr: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.float32)


def _relief(broad: Floats, shown: Floats, memory: FaceMemory) -> Floats:
    """Return the skin's current relief; the usual one beyond the frame."""
    relief, usual = skin_relief(broad), memory.relief.value
    return relief if usual is None else usual + (relief - usual) * shown
