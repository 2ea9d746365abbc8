"""The built-in swap engine: the source's skin on the target's moving face mesh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import smoothstep
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.geometry import Box
from dlc.swapping.mesh.atlas import Layout, load_layout, sampling, vertex_normals, with_rim
from dlc.swapping.mesh.detail import DETAIL_SIZE, Occlusion, Sharpness, fine_detail
from dlc.swapping.mesh.expression import ExpressionRatio
from dlc.swapping.mesh.eyes import IRISES, IrisTint, openings
from dlc.swapping.mesh.render import place
from dlc.swapping.mesh.shape import NeutralShape, Pose, ProportionShift, fit_pose
from dlc.swapping.mesh.source import SourceModel, build_source
from dlc.swapping.mesh.texture import SourceTexture
from dlc.swapping.mesh.tone import TONE_SIZE, ToneMatch, ToneMeter
from dlc.swapping.swapper import Pixels

Image = NDArray[np.float32]
# Tracks remembered at once; the one unseen for longest is forgotten.
_TRACKS = 64


@dataclass(slots=True)
class _Track:
    """What is remembered of one target face from frame to frame."""

    neutral: NeutralShape
    tone: ToneMatch
    expression: ExpressionRatio
    sharpness: Sharpness
    occlusion: Occlusion
    irises: IrisTint


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One target face in one frame: its pose, its mesh with rim in `box`, and the pixels there."""

    pose: Pose
    mesh: NDArray[np.float32]
    box: Box
    pixels: NDArray[np.uint8]


class MeshSwapper:
    """Swaps faces that carry landmarks, with nothing to download.

    A texture swap: the outline of the head, hair and ears stay the target's, and so do pose, gaze,
    blinks, speech and light; skin, brows, nose, lips, iris color and, in part, proportions become
    the source's.
    """

    def __init__(self) -> None:
        """Load the atlas.

        Raises:
            ModelError: a built-in model file is missing.
        """
        self._layout = load_layout()
        self._meter = ToneMeter(self._layout)
        normals = vertex_normals(
            with_rim(self._layout.mean_face, self._layout.topology.face_oval), self._layout
        )
        self._normals = sampling(TONE_SIZE).spread(normals)
        self._tracks: OrderedDict[int, _Track] = OrderedDict()

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> None:
        """Learn the source person; every face needs landmarks.

        Raises:
            ValueError: there is no source, or a face without landmarks.
        """
        photos = [(photo, face.landmarks) for photo, face in sources if face.landmarks is not None]
        if not photos or len(photos) < len(sources):
            raise ValueError("the mesh engine needs source faces with landmarks")
        self._source: SourceModel = build_source(photos)
        self._texture = SourceTexture(self._source, self._layout, self._meter)
        self._shift = ProportionShift(self._source.shape, self._layout)
        self._tracks.clear()

    def swap(self, frame: Pixels, face: Face) -> Patch | None:
        """Return the swapped face, or None if too little of it lies inside the frame.

        Raises:
            ValueError: the face has no landmarks.
        """
        view = self._look(frame, face)
        if view is None:
            return None
        track = self._track(face.track_id)
        skin = self._paint(view, track)
        moved = view.mesh.copy()
        count = len(self._layout.mean_face)
        moved[:count, :2] += self._shift.offsets(
            track.neutral.update(view.pose, view.mesh), view.pose
        )
        return self._compose(view, moved, skin, track, face.landmarks)

    def _track(self, number: int) -> _Track:
        if number not in self._tracks:
            self._tracks[number] = _Track(
                NeutralShape(),
                ToneMatch(self._texture.tone),
                ExpressionRatio(),
                Sharpness(self._layout, self._texture.level(DETAIL_SIZE).pixels),
                Occlusion(self._layout),
                IrisTint(self._source.iris),
            )
            if len(self._tracks) > _TRACKS:
                self._tracks.popitem(last=False)
        self._tracks.move_to_end(number)
        return self._tracks[number]

    def _look(self, frame: Pixels, face: Face) -> _View | None:
        if face.landmarks is None:
            raise ValueError("the mesh engine needs faces with landmarks")
        mesh = with_rim(face.landmarks, self._layout.topology.face_oval)
        ring = face.landmarks[self._layout.topology.face_oval, :2]
        low, high = np.floor(ring.min(axis=0)) - 2, np.ceil(ring.max(axis=0)) + 3
        box = Box(*low.astype(int).tolist(), *high.astype(int).tolist())
        inside = box.clipped(frame.width, frame.height)
        if inside.width * inside.height < 0.3 * box.width * box.height:
            return None
        mesh[:, :2] -= np.float32([inside.left, inside.top])
        return _View(fit_pose(mesh, self._layout.mean_face), mesh, inside, frame.region(inside))

    def _paint(self, view: _View, track: _Track) -> NDArray[np.uint8]:
        """Return the source's skin in the target's light: BGR and opacity in the atlas."""
        size = self._texture.size_for(view.pose.scale)
        flat = _unwrap(view, self._layout)
        broad = cv2.resize(flat, (TONE_SIZE, TONE_SIZE), interpolation=cv2.INTER_AREA)
        broad = broad.astype(np.float32)
        gain, contrast = track.tone.update(self._meter.measure(broad, self._facing(view.pose)))
        gain = gain * track.expression.update(broad)[..., None]
        luma = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
        sharpness = track.sharpness.update(fine_detail(luma.astype(np.float32), self._layout))
        kept = track.occlusion.update(luma)
        return self._texture.paint(size, gain, contrast, sharpness, kept)

    def _facing(self, pose: Pose) -> Image:
        """Return how squarely each atlas pixel of a head in this pose is seen."""
        return smoothstep(-(self._normals @ pose.rotation[:, 2].astype(np.float32)), 0.25, 0.55)

    def _compose(
        self,
        view: _View,
        moved: NDArray[np.float32],
        skin: NDArray[np.uint8],
        track: _Track,
        landmarks: NDArray[np.float32],
    ) -> Patch:
        """Lay the skin over the target, whose own features move along with it."""
        layout, shape = self._layout, view.pixels.shape[:2]
        placement = place(layout, moved[:, :2], view.mesh[:, :2], moved[:, 2], shape)
        size = skin.shape[0]
        where = placement.atlas * np.float32(size) - np.float32(0.5)
        laid = cv2.remap(skin, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        under = cv2.remap(
            view.pixels, placement.origin, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        topology = layout.topology
        corner = np.float32([view.box.left, view.box.top])
        eyes = [moved[topology.left_eye, :2], moved[topology.right_eye, :2]]
        irises = [
            landmarks[iris, :2] - corner + _drift(moved, view.mesh, ring)
            for iris, ring in zip(IRISES, (topology.left_eye, topology.right_eye), strict=True)
        ]
        track.irises.apply(under, eyes, irises)
        opaque = laid[..., 3].astype(np.float32) * np.float32(1 / 255)
        opaque *= placement.edge
        opaque *= 1 - openings(topology, moved[:, :2], shape, view.pose.scale)
        blended = cv2.blendLinear(np.ascontiguousarray(laid[..., :3]), under, opaque, 1 - opaque)
        return Patch(view.box, blended, placement.inside)


def _unwrap(view: _View, layout: Layout) -> NDArray[np.uint8]:
    """Bring the target's face into an atlas: uint8 (DETAIL_SIZE, DETAIL_SIZE, 3)."""
    # The map is linear over each triangle: half the resolution loses next to nothing.
    where = sampling(DETAIL_SIZE // 2).spread(view.mesh[:, :2])
    where = cv2.resize(where, (DETAIL_SIZE, DETAIL_SIZE), interpolation=cv2.INTER_LINEAR)
    pixels = view.pixels
    shrink = DETAIL_SIZE * layout.face_width / view.pose.scale
    if shrink < 0.75:
        # Sampling every other pixel would alias: average them first.
        pixels = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        rows, columns = view.pixels.shape[:2]
        ratio = np.array([pixels.shape[1] / columns, pixels.shape[0] / rows], np.float32)
        where = (where + 0.5) * ratio - 0.5
    return cv2.remap(pixels, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _drift(
    moved: NDArray[np.float32], mesh: NDArray[np.float32], ring: NDArray[np.int16]
) -> NDArray[np.float32]:
    """Return how far a ring of vertices was moved on average, (2,) in pixels."""
    drift: NDArray[np.float32] = (moved[ring, :2] - mesh[ring, :2]).mean(axis=0)
    return drift
