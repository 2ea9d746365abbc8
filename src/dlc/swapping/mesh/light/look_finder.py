"""Finds what a target's light and camera make of the source's skin."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import resize
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE, FlatFace
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.expression import expression_gain, skin_relief
from dlc.swapping.mesh.light.focus import FocusMeter
from dlc.swapping.mesh.light.folds import FoldMeter
from dlc.swapping.mesh.light.followed_blur import SourceFocus
from dlc.swapping.mesh.light.forehead import ForeheadBorder
from dlc.swapping.mesh.light.lips import LipColor
from dlc.swapping.mesh.light.sharpness import fine_energy, sharpness_factor
from dlc.swapping.mesh.light.side_light import SideLight
from dlc.swapping.mesh.light.skin_detail import detail_strength
from dlc.swapping.mesh.light.slant import SlantShade
from dlc.swapping.mesh.light.tone import (
    TONE_SIZE,
    ToneMeter,
    color_matrix,
    colored,
    contrast_factor,
    tone_gain,
)
from dlc.swapping.mesh.light.veil import VeilMeter
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.source.texture import Look, SourceTexture
from dlc.swapping.mesh.view import TargetView

# Frames from one measurement of the finest detail to the next.
_CLOSE_UP_INTERVAL = 6


class LookFinder:
    """Compares targets with the source; what is known of a target is in its `FaceMemory`."""

    def __init__(self, source: SourceModel, texture: SourceTexture, layout: Layout) -> None:
        """Measure the source's detail.

        Args:
            source: the person whose face to use.
            texture: of this person.
            layout: the atlas.
        """
        self._layout = layout
        self._tone, self._texture = texture.tone, texture
        self._meter = ToneMeter(layout)
        self._veil = VeilMeter(layout)
        self._folds = FoldMeter(source)
        broad = resize(source.texture, (TONE_SIZE, TONE_SIZE))
        self._forehead = ForeheadBorder(broad, texture.opacity.at(TONE_SIZE), layout)
        self._side_light = SideLight(layout)
        self._slant = SlantShade(source, texture.tone, layout)
        self._lips = LipColor(broad, texture.tone.light, layout)
        # A beard is not lit like the skin around it, nor is the target's where it is covered.
        self._plain = 1 - resize(source.beard, (TONE_SIZE, TONE_SIZE))
        self._skin = skin_mask(layout, TONE_SIZE)
        luma = np.asarray(
            cv2.cvtColor(resize(source.texture, (DETAIL_SIZE, DETAIL_SIZE)), cv2.COLOR_BGR2GRAY),
            np.float32,
        )
        self._energy = fine_energy(luma, layout)
        meter = FocusMeter(layout, DETAIL_SIZE)
        self._focus = SourceFocus.of(np.rint(luma).astype(np.uint8), meter)

    def find(self, view: TargetView, face: FlatFace, bare: Floats, memory: FaceMemory) -> Look:
        """Look at a frame, and update what is known about the target.

        Args:
            view: the target.
            face: the same in the atlas.
            bare: float32 (TONE_SIZE, TONE_SIZE), 1 where nothing is in front of its skin.
            memory: what is known about it.
        """
        seen = face.seen * bare
        plain = seen * self._plain
        tone = self._meter.measure(face.broad, plain)
        gain = memory.gain.update(tone_gain(tone, self._tone), self._skin * plain)
        gain = self._forehead.follow(gain, face.broad, seen, memory.forehead)
        veil = memory.veil.update(self._veil.level(face.broad, tone))
        memory.colored.update(colored(tone))
        clear = memory.clearness.update(self._veil.clearness(veil, tone))
        own = replace(tone, contrast=tone.contrast / clear)
        contrast = memory.contrast.update(contrast_factor(own, self._tone))
        relief = _relief(face, memory)
        lit = expression_gain(relief, memory.relief.update(relief)) * self._slant.lift(face.facing)
        lit *= self._side_light.gain(face.broad, tone, plain, memory.side_light)
        return Look(
            gain=gain * lit[..., None],
            contrast=contrast * clear,
            folds=self._shown_folds(relief, seen, memory),
            color=memory.color.update(color_matrix(tone, self._tone)),
            lips=self._lips.factor(face.broad, tone.light, seen, gain, memory.lips),
            sharpness=self._sharpness(view, face.luma, memory),
            softness=memory.blur.update(view, face.luma, self._focus),
            close_up=self._close_up(view, memory),
        )

    def _shown_folds(self, relief: Floats, seen: Floats, memory: FaceMemory) -> float:
        share = self._folds.share(relief, seen)
        if share is not None:
            return memory.folds.update(share)
        return 1.0 if memory.folds.value is None else memory.folds.value

    def _close_up(self, view: TargetView, memory: FaceMemory) -> float:
        """Return how much of the source's finest detail to show: no more than the target has."""
        source = self._texture.close_up
        if source is None or self._texture.size_for(view.pose.scale) <= ATLAS_SIZE:
            return 0.0
        known = memory.close_up.value
        if known is not None and memory.frames % _CLOSE_UP_INTERVAL:
            return known
        luma = np.asarray(cv2.cvtColor(view.bgra, cv2.COLOR_BGRA2GRAY), np.float32)
        target = detail_strength(luma, view.mesh, view.pose.scale)
        return memory.close_up.update(min(target / max(source.strength, 1e-4), 1.0))

    def _sharpness(self, view: TargetView, luma: Gray, memory: FaceMemory) -> float:
        known = memory.sharpness.value
        if known is not None and not view.is_whole:
            return known  # beyond the frame there is no detail to measure
        energy = fine_energy(luma.astype(np.float32), self._layout)
        return memory.sharpness.update(sharpness_factor(energy, self._energy))


def _relief(face: FlatFace, memory: FaceMemory) -> Floats:
    """Return the skin's current relief; the usual one beyond the frame."""
    relief, usual = skin_relief(face.broad), memory.relief.value
    return relief if usual is None else usual + (relief - usual) * face.shown
