"""Unwraps portraits into the atlas: `python faces.py FOLDER faces.npz`.

Beside each face, the file holds what the network that dlc ships finds in front of it. Which of that
is believed is for `choices.json` to say.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from common import LAYOUT, SIDE

from dlc.faces.tracking.tracker import load_tracker
from dlc.media.image.reader import read_photo
from dlc.swapping.mesh.flat_face import flatten
from dlc.swapping.mesh.foreground.network import load_foreground_network
from dlc.swapping.mesh.view import look
from dlc.swapping.mesh.visibility import PoseFacing


def main(folder: Path, output: Path) -> None:
    """Write names, faces uint8 (N, SIDE, SIDE, 3) BGR, and mattes uint8 (N, 2, SIDE, SIDE)."""
    facing, network = PoseFacing(LAYOUT, SIDE), load_foreground_network(LAYOUT)
    names, faces, mattes = [], [], []
    for path in sorted(folder.glob("*.jpg")):
        photo = read_photo(path)
        found = [face for face in load_tracker().find(photo) if face.landmarks is not None]
        view = look(photo, found[0].landmarks, LAYOUT) if found else None
        if view is None:
            sys.stderr.write(f"{path.name}: no face\n")
            continue
        face = flatten(view, LAYOUT, facing).broad
        seen = network.look(face)
        names.append(path.stem)
        faces.append(np.clip(face, 0, 255).astype(np.uint8))
        mattes.append(np.rint(255 * np.stack([seen.hair, seen.eyewear])).astype(np.uint8))
    np.savez(output, names=np.array(names), faces=np.stack(faces), mattes=np.stack(mattes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
