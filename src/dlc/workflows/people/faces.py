"""Who is in a video: a portrait of each person, and when they appear."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dlc.counted import counted
from dlc.faces.finder import FaceFinder
from dlc.faces.people.clustering import group_tracks
from dlc.faces.people.sightings import Portrait, Sighting, SightingLog
from dlc.host.detect import available_cpus
from dlc.media.files.failures import TAKE_WHOLE
from dlc.media.files.paths import named_path
from dlc.media.image.reader import ImageReader
from dlc.media.opening import open_target
from dlc.media.video.reading.reader import VideoReader
from dlc.options import NeuralOptions
from dlc.pipeline import CancelToken
from dlc.workflows.checks import check_calls, check_threads
from dlc.workflows.engines.recognizer import load_scout
from dlc.workflows.no_face import no_face_in
from dlc.workflows.people.assignment import check_similarity
from dlc.workflows.people.portraits import check_portraits, portrait_path, write_portraits
from dlc.workflows.progress import Progress
from dlc.workflows.result import ModelUse
from dlc.workflows.timecode import timecode

# Shorter tracks are more often false detections than faces.
_LEAST_FRAMES = 3

_BY_TRACK = (
    "nothing is installed that tells people apart: whoever was lost and found again is listed "
    "anew, and a swap takes the people that are mapped in the order in which they appear, as they "
    "are numbered here, whichever portraits are named; `dlc models pull sface` installs a "
    "recognizer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesOptions:
    """How to look for people.

    Attributes:
        neural: the models that find and recognize faces.
        start: seconds into the target at which to begin; None means its beginning.
        end: seconds into the target at which to stop; None means its end.
        similarity: the cosine similarity above which two faces count as the same person; None means
            the recognizer's own.
        tilted: also look for sideways and upside-down faces, as in `SwapOptions`.
        overwrite: replace existing portraits, all of those that an earlier run wrote.
        threads: CPU threads; None uses every core.
    """

    neural: NeuralOptions = field(default_factory=NeuralOptions)
    start: float | None = None
    end: float | None = None
    similarity: float | None = None
    tilted: bool = False
    overwrite: bool = False
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person found in the target.

    Attributes:
        photo: their portrait, usable in `PeopleOptions`.
        frames: number of frames they appear in.
        first: when they are first seen, in seconds into the target.
        last: when they are last seen, likewise.
        tracks: number of times they came into view.
    """

    photo: Path
    frames: int
    first: float
    last: float
    tracks: int

    @property
    def appearance(self) -> str:
        """In how many frames, and from when to when; only the former where that is one moment."""
        frames = counted(self.frames, "frame")
        if self.first == self.last:
            return frames
        return f"{frames}, {timecode(self.first)} to {timecode(self.last)}"


@dataclass(frozen=True, slots=True)
class FacesResult:
    """Everybody in a target: those seen most come first, if faces were recognized.

    Otherwise they come in order of appearance, from the left, as a swap takes them.

    Attributes:
        target: the video or picture.
        sheet: a picture of all of them.
        people: at least one.
        recognized: whether people were told apart by their faces, not by track alone.
        models: which provider ran each neural model.
        frames: number of frames searched.
        notes: what the user should know.
    """

    target: Path
    sheet: Path
    people: tuple[FoundPerson, ...]
    recognized: bool
    models: tuple[ModelUse, ...]
    frames: int
    notes: tuple[str, ...]


def find_people(
    target: str | Path,
    folder: str | Path,
    options: FacesOptions | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> FacesResult:
    """Find everybody in a video or picture and write a portrait of each.

    Args:
        target: a video or a picture.
        folder: where portraits and their sheet go; created if missing.
        options: all choices.
        progress: called after every frame.
        cancel: set it from any thread to stop.

    Raises:
        OptionError: an option makes no sense, or nothing here makes use of it.
        InputError: the target cannot be used.
        NoFaceError: there is no face in it.
        OutputError: the folder already holds files, or cannot be written to.
        ModelError: a named model is unusable, or nothing is installed that measures a similarity.
        Cancelled: the run was stopped.
    """
    options = options or FacesOptions()
    folder, target = named_path(folder), named_path(target)
    check_threads(options.threads)
    check_calls(progress, cancel)
    check_similarity(options.similarity)
    check_portraits(folder, target, overwrite=options.overwrite)
    threads = options.threads or available_cpus()
    with open_target(
        target, start=options.start, end=options.end, threads=threads, advice=TAKE_WHOLE
    ) as reader:
        scout = load_scout(options.neural, threads, tilted=options.tilted)
        similarity = scout.similarity(options.similarity)
        log = SightingLog(scout.finder, similarity)
        frames = _search(reader, scout.finder, log, progress, cancel or CancelToken())
    least = min(_LEAST_FRAMES, frames)
    seen = [each for each in log.conclude() if each.frames >= least]
    groups = _people(seen, similarity)
    if not groups:
        tilted = options.tilted or reader.info.is_image
        raise no_face_in(target, tilted=tilted)
    photos = [portrait_path(folder, number) for number in range(1, len(groups) + 1)]
    people = tuple(map(_person, groups, photos))
    portraits = [_best_portrait(group) for group in groups]
    captions = [person.appearance for person in people]
    sheet = write_portraits(folder, portraits, captions, overwrite=options.overwrite)
    recognized = similarity is not None
    notes = () if recognized else (_BY_TRACK,)
    return FacesResult(target, sheet, people, recognized, scout.models, frames, notes)


def _search(
    reader: VideoReader | ImageReader,
    finder: FaceFinder,
    log: SightingLog,
    progress: Callable[[Progress], None] | None,
    cancel: CancelToken,
) -> int:
    """Log the faces of all frames, and return how many frames there are."""
    frames = faces = 0
    began = time.perf_counter()
    for frame in reader:
        cancel.check()
        found = finder.find(frame)
        log.add(frame, found)
        frames, faces = frames + 1, faces + len(found)
        if progress is not None:
            seconds = time.perf_counter() - began
            progress(Progress(frames, reader.info.frame_count, faces, seconds))
    return frames


def _people(sightings: Sequence[Sighting], similarity: float | None) -> list[list[Sighting]]:
    """Return the sightings of each person, in the order described in `FacesResult`."""
    if similarity is None:
        return [[sighting] for sighting in sightings]
    known = [each for each in sightings if each.embedding is not None]
    apart = [[other.number in each.together for other in known] for each in known]
    looks = [each.embedding for each in known if each.embedding is not None]
    numbers = group_tracks(looks, np.array(apart, bool), similarity)
    groups = [[known[number] for number in group] for group in numbers]
    groups += [[each] for each in sightings if each.embedding is None]
    return sorted(groups, key=lambda group: -sum(each.frames for each in group))


def _person(group: Sequence[Sighting], photo: Path) -> FoundPerson:
    return FoundPerson(
        photo,
        frames=sum(each.frames for each in group),
        first=min(each.first for each in group),
        last=max(each.last for each in group),
        tracks=len(group),
    )


def _best_portrait(group: Sequence[Sighting]) -> Portrait:
    portraits = [each.portrait for each in group if each.portrait is not None]
    return max(portraits, key=lambda each: each.quality)
