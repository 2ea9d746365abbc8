"""Aligns faces the way the restoration models expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Points
from dlc.faces.alignment import crop_square, template_matrix
from dlc.faces.crop import Square

# Where the five points of an average face of FFHQ lie in 512 x 512 pixels, as complex numbers: the
# template of facexlib's `FaceRestoreHelper` (facexlib/utils/face_restoration_helper.py,
# `face_template` of five points), which GFPGAN and GPEN are used with.
_SIDE = 512
_TEMPLATE: NDArray[np.complex128] = np.array(
    [
        192.98138 + 239.94708j,
        318.90277 + 240.1936j,
        256.63416 + 314.01935j,
        201.26117 + 371.41043j,
        313.08905 + 371.15118j,
    ]
)


def ffhq_square(points: Points) -> Square | None:
    """Return the square that shows a face as in FFHQ, the models' training data.

    Args:
        points: float32 (5, 2) as in `Face.points`.

    Returns:
        The square, or None if the points cannot be those of a face.
    """
    matrix = template_matrix(points, _TEMPLATE, _SIDE)
    return None if matrix is None else crop_square(matrix, _SIDE)
