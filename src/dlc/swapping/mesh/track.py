"""What is remembered of target faces from frame to frame."""

from __future__ import annotations

from collections import OrderedDict

from dlc.compositing.arrays import Floats
from dlc.swapping.mesh.running_mean import RunningMean

# Tracks remembered at once; the one unseen for longest is forgotten.
_CAPACITY = 32


class Track:
    """Running means over the frames of one target face, in the face's own frame or in the atlas.

    The rates balance flicker against lag: light may change within a few frames, the person's
    shape and the neutral state of the skin do not change at all.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.shape = RunningMean[Floats](0.005)
        self.relief = RunningMean[Floats](0.01)
        self.gain = RunningMean[Floats](0.2)
        self.contrast = RunningMean[float](0.2)
        self.sharpness = RunningMean[float](0.1)
        self.hair = RunningMean[Floats](0.2)
        self.lines = RunningMean[Floats](0.1)
        self.iris = RunningMean[Floats](0.1)


class TrackMemory:
    """The tracks by their ids."""

    def __init__(self) -> None:
        """Start without any track."""
        self._tracks: OrderedDict[int, Track] = OrderedDict()

    def recall(self, track_id: int) -> Track:
        """Return what is known of a track; nothing of a new one, nor of a face without an id."""
        if track_id < 0:
            return Track()
        track = self._tracks.setdefault(track_id, Track())
        self._tracks.move_to_end(track_id)
        if len(self._tracks) > _CAPACITY:
            self._tracks.popitem(last=False)
        return track

    def clear(self) -> None:
        """Forget everything."""
        self._tracks.clear()
