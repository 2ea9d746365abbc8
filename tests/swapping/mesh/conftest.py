from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.face import Face
from dlc.faces.tracking.tracker import load_tracker
from dlc.swapping.mesh.layout import Layout, load_layout
from dlc.swapping.mesh.source.source import SourceModel, build_source
from tests.faces.pictures import Picture
from tests.swapping.mesh.beards import with_beard
from tests.swapping.mesh.heads import Points


@pytest.fixture(scope="session")
def layout() -> Layout:
    return load_layout()


@pytest.fixture(scope="session")
def portrait(astronaut: NDArray[np.uint8]) -> Picture:
    """Return the astronaut: one frontal, smiling face."""
    return Picture(astronaut)


@pytest.fixture(scope="session")
def portrait_mesh(portrait: Picture) -> Points:
    """Return the landmarks (478, 3) of the astronaut."""
    (face,) = load_tracker().find(portrait)
    assert face.landmarks is not None
    return face.landmarks


@pytest.fixture(scope="session")
def portrait_source(portrait: Picture, portrait_mesh: Points, layout: Layout) -> SourceModel:
    """Return the astronaut as a source."""
    return build_source([(portrait, portrait_mesh)], layout)


@pytest.fixture(scope="session")
def party(group: NDArray[np.uint8]) -> Picture:
    """Return the group photo."""
    return Picture(group)


@pytest.fixture(scope="session")
def party_faces(party: Picture) -> list[Face]:
    """Return the faces of the group photo, from left to right."""
    faces = load_tracker().find(party)
    assert len(faces) == 6
    return sorted(faces, key=lambda face: float(face.box[0]))


@pytest.fixture(scope="session")
def everybody(
    portrait: Picture, portrait_mesh: Points, party: Picture, party_faces: list[Face]
) -> list[tuple[Picture, Points]]:
    """Return the landmarks of all these faces, each with its photo."""
    guests = [(party, face.landmarks) for face in party_faces if face.landmarks is not None]
    return [(portrait, portrait_mesh), *guests]


@pytest.fixture(scope="session")
def bearded_source(portrait: Picture, portrait_mesh: Points, layout: Layout) -> SourceModel:
    """Return the astronaut with a drawn beard as a source."""
    bgr = with_beard(portrait.bgr.astype(np.float32), portrait_mesh, layout)
    return build_source([(Picture(bgr.astype(np.uint8)), portrait_mesh)], layout)
