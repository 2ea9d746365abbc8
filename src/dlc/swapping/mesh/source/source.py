"""The source person: one or more photos as one complete texture, and the face's shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.foreground.worn import load_worn_finder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.beard import find_beard
from dlc.swapping.mesh.source.close_up import find_close_up
from dlc.swapping.mesh.source.dim_channels import without_dim_channels
from dlc.swapping.mesh.source.flaws import find_flaws
from dlc.swapping.mesh.source.folds import find_folds
from dlc.swapping.mesh.source.glasses import without_glasses
from dlc.swapping.mesh.source.margin import without_bright_margin
from dlc.swapping.mesh.source.merge import merge_views
from dlc.swapping.mesh.source.one_sided_light import even_light
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, unwrap_photo
from dlc.swapping.mesh.source.repair import diffuse, even_tint, mirror_fill, mirror_known
from dlc.swapping.mesh.source.skin_likeness import skin_likeness
from dlc.swapping.swapper import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class SourceModel:
    """What is known about the source; S is ATLAS_SIZE.

    Attributes:
        texture: float32 (S, S, 3), BGR 0 to 255, filled smoothly where no photo shows skin.
        folds: float32 (S, S, 3), what smooths out the folds from nose to mouth, see `find_folds`.
        facing: float32 (S, S), cosine between the face and the line of sight of the photo that
            shows it, or its other half, best.
        trust: float32 (S, S), 1 where the texture was seen, or made up for strands of hair over
            the cheeks, 0 where it was made up for more.
        beard: float32 (S, S), 1 on a beard, 0 on skin.
        shape: float32 (468, 3), the face without pose, in face widths.
        iris: float32 (3,), mean BGR of the irises, or None if no photo shows it.
        close_up: float32 (CLOSE_UP_SIZE, CLOSE_UP_SIZE), the detail of luma that the texture lacks;
            None if the best photo is not large enough.
        flaws: what is wrong with photos, by their numbers, see `find_flaws`.
    """

    texture: Floats
    folds: Floats
    facing: Floats
    trust: Floats
    beard: Floats
    shape: Floats
    iris: Floats | None
    close_up: Floats | None
    flaws: dict[int, str]


def build_source(photos: Sequence[tuple[Pixels, Floats]], layout: Layout) -> SourceModel:
    """Merge photos of one person.

    Args:
        photos: at least one photo, each with the landmarks (478, 3) of the face to use.
        layout: the atlas.

    Raises:
        ValueError: a face lies outside its photo.
        ModelError: a built-in model file is missing or damaged.
    """
    views = [unwrap_photo(layout, photo, landmarks) for photo, landmarks in photos]
    flaws = find_flaws(views)
    views.sort(key=lambda view: view.worth, reverse=True)
    texture, seen = merge_views(views)
    worn = load_worn_finder(layout)
    hair = resize(worn.once(texture, seen).hair, seen.shape)
    beard = find_beard(texture, seen, layout)
    skin, strands = skin_likeness(texture, layout)
    known = seen * np.maximum(skin * (1 - hair), beard)
    # What is under strands is made up, but shows: a target's own cheek would fit less.
    trust = mirror_known(known)
    texture, clean = mirror_fill(texture, known * (1 - strands * (1 - beard)))
    texture = without_glasses(texture, clean, layout, worn)
    plain = skin_mask(layout, ATLAS_SIZE)
    texture = even_tint(diffuse(texture, clean, plain), clean, plain * (1 - beard))
    texture = without_dim_channels(texture, clean * (1 - beard), layout)
    texture = even_light(texture, clean, layout)
    texture = without_bright_margin(texture, layout)
    facing = np.maximum.reduce([view.facing for view in views])
    worth = np.array([max(view.worth, 1e-6) for view in views])
    shape = np.tensordot(worth / worth.sum(), np.stack([view.shape for view in views]), axes=1)
    return SourceModel(
        texture=texture,
        folds=find_folds(texture, layout),
        facing=np.maximum(facing, facing[:, ::-1]),
        trust=trust,
        beard=beard,
        shape=shape.astype(np.float32),
        iris=next((view.iris for view in views if view.iris is not None), None),
        close_up=find_close_up(texture, views[0]),
        flaws=flaws,
    )
