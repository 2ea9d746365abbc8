"""Names for arrays, by what they hold or, where that differs, by their type.

Rows come before columns: a picture is (height, width, 3), its channels blue, green and red. Points
are (n, 2), x before y, or (n, 3) with a depth; whole numbers are the centers of pixels, as in
OpenCV. Docstrings say what shape an array has where its name leaves that open.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int32]

# A picture in color, and one without.
Image = Bytes
Gray = Bytes
Points = Floats
# What a face looks like to a recognizer: a vector of unit length.
Embedding = Floats
# An affine map, (2, 3), from points of one picture to those of another.
Matrix = Doubles
