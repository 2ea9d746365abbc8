from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import ModelError
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.detection.turns import detect_in_turns
from dlc.faces.face import Face
from dlc.faces.landmarks.credibility import credibility
from dlc.faces.landmarks.distortion import MAX_DISTORTION, distortion
from dlc.faces.landmarks.mesher import FaceMesher
from dlc.faces.tracking.tracker import FaceTracker, TrackerOptions, load_tracker
from dlc.media.frames.frame import Frame
from tests import clips, crossing
from tests.faces.pictures import Picture, moved

RATE = 30.0


@pytest.fixture
def tracker(detector: FaceDetector, mesher: FaceMesher) -> FaceTracker:
    return FaceTracker(detector, mesher)


def run(
    tracker: FaceTracker, pictures: Iterable[NDArray[np.uint8]], start: float = 0.0
) -> list[list[Face]]:
    return [tracker.find(Picture(bgr, start + index / RATE)) for index, bgr in enumerate(pictures)]


def ids(faces: list[Face]) -> set[int]:
    return {face.track_id for face in faces}


def placed(bgr: NDArray[np.uint8], scale: float, x: float, y: float) -> NDArray[np.uint8]:
    """Return a 640 x 360 picture with the astronaut's face at a point of it."""
    matrix = np.array([[scale, 0, x - scale * 225], [0, scale, y - scale * 123]])
    return moved(bgr, matrix, (640, 360))


def test_a_photo_gives_a_whole_face(tracker: FaceTracker, astronaut: NDArray[np.uint8]) -> None:
    (face,) = tracker.find(Picture(astronaut))
    assert face.landmarks is not None
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    assert face.score > 0.9
    np.testing.assert_allclose(face.box[:2], face.landmarks[:468, :2].min(axis=0))
    np.testing.assert_allclose(face.box[2:], face.landmarks[:468, :2].max(axis=0))
    left_eye, right_eye, nose, left_mouth, right_mouth = face.points
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_all_faces_of_a_group_are_found(tracker: FaceTracker, group: NDArray[np.uint8]) -> None:
    faces = tracker.find(Picture(group))
    assert len(ids(faces)) == len(faces) == 6


def test_at_most_so_many_faces_are_followed_the_largest_first(
    detector: FaceDetector, mesher: FaceMesher, group: NDArray[np.uint8]
) -> None:
    tracker = FaceTracker(detector, mesher, TrackerOptions(max_faces=2))
    everyone = FaceTracker(detector, mesher).find(Picture(group))
    faces = run(tracker, [group] * 3)[-1]
    assert len(faces) == 2
    widths = sorted((float(face.box[2] - face.box[0]) for face in everyone), reverse=True)
    assert all(face.box[2] - face.box[0] > 0.9 * widths[3] for face in faces)


def test_faces_keep_their_ids_and_places_under_a_moving_camera(
    tracker: FaceTracker, group: NDArray[np.uint8]
) -> None:
    clip = clips.Clip(width=640, height=360, seconds=1.5, last=clips.View(560, 340, 900))
    found = run(tracker, clips.camera_frames(group, clip))
    steady = set.intersection(*[ids(faces) for faces in found])
    assert len(steady) >= 4
    for number in steady:
        followed = [next(face for face in faces if face.track_id == number) for faces in found]
        places, widths = zip(
            *(in_photo(face, clip, index) for index, face in enumerate(followed)), strict=True
        )
        assert np.ptp(np.array(places), axis=0).max() < 0.12 * max(widths)


def in_photo(face: Face, clip: clips.Clip, index: int) -> tuple[NDArray[np.float64], float]:
    """Return a face's five points and its width in the photo that the camera looks at."""
    moment = index / (clip.frame_count - 1)
    eased = moment * moment * (3 - 2 * moment)
    first, last = (
        np.array([view.center_x, view.center_y, view.width]) for view in (clip.first, clip.last)
    )
    x, y, width = first + eased * (last - first)
    scale = width / clip.width
    middle = np.array([clip.width / 2, clip.height / 2])
    return (face.points - middle) * scale + (x, y), float(face.box[2] - face.box[0]) * scale


def test_a_cut_ends_every_track(
    tracker: FaceTracker, group: NDArray[np.uint8], astronaut: NDArray[np.uint8]
) -> None:
    first, second = group[100:460, 400:1040], placed(astronaut, 1.5, 300, 150)
    found = run(tracker, [*[first] * 4, *[second] * 4, *[first] * 4])
    before, between, after = (set.union(*map(ids, found[i : i + 4])) for i in (0, 4, 8))
    assert len(before) == len(after) >= 2
    assert len(between) == 1
    assert not before & between
    assert not (before | between) & after
    # The very first frame of a scene shows its own faces, unsmoothed by the scene before.
    fresh = run(tracker, [second], start=-1.0)
    np.testing.assert_array_equal(found[4][0].landmarks, fresh[0][0].landmarks)


@pytest.mark.parametrize("step", [0.0, -5.0])
def test_a_time_that_does_not_advance_begins_anew(
    tracker: FaceTracker, astronaut: NDArray[np.uint8], step: float
) -> None:
    (before,) = tracker.find(Picture(astronaut, 10.0))
    (after,) = tracker.find(Picture(astronaut, 10.0 + step))
    assert before.track_id != after.track_id
    np.testing.assert_array_equal(before.landmarks, after.landmarks)


def test_a_face_that_was_away_comes_back_with_a_new_id(
    tracker: FaceTracker, astronaut: NDArray[np.uint8]
) -> None:
    shown = placed(astronaut, 0.5, 320, 180)
    # A hand's worth of gray over the face; the rest of the picture stays, so this is no cut.
    hidden = shown.copy()
    hidden[130:240, 270:370] = 128
    found = run(tracker, [*[shown] * 3, *[hidden] * 4, *[shown] * 3])
    assert all(len(faces) == 1 for faces in (*found[:3], *found[7:]))
    assert all(faces == [] for faces in found[3:7])
    assert ids(found[0]) == ids(found[2])
    assert ids(found[7]) == ids(found[9]) != ids(found[0])


def test_a_new_face_beside_a_known_one_is_found_soon(
    tracker: FaceTracker, astronaut: NDArray[np.uint8]
) -> None:
    alone = placed(astronaut, 0.6, 160, 150)
    both = alone.copy()
    both[60:260, 420:560] = placed(astronaut, 0.6, 490, 150)[60:260, 420:560]
    found = run(tracker, [*[alone] * 3, *[both] * 7])
    assert [len(faces) for faces in found[:3]] == [1, 1, 1]
    assert len(found[-1]) == 2
    assert ids(found[0]) <= ids(found[-1])


def test_landmarks_of_a_still_face_tremble_less_than_the_models(
    detector: FaceDetector, mesher: FaceMesher, astronaut: NDArray[np.uint8]
) -> None:
    rng = np.random.default_rng(0)
    still = placed(astronaut, 1.2, 320, 180).astype(np.int16)
    noisy = [
        np.clip(still + rng.normal(0, 8, still.shape), 0, 255).astype(np.uint8) for _ in range(25)
    ]

    def trembling(min_cutoff: float) -> float:
        options = TrackerOptions()
        options = TrackerOptions(
            smoothing=type(options.smoothing)(min_cutoff=min_cutoff, beta=options.smoothing.beta)
        )
        found = run(FaceTracker(detector, mesher, options), noisy)
        landmarks = np.stack(
            [faces[0].landmarks for faces in found if faces[0].landmarks is not None]
        )
        return float(np.diff(landmarks[:, :468, :2], axis=0).std())

    assert trembling(1.5) < 0.6 * trembling(1e6)


def test_faces_at_the_edge_are_followed_without_reading_beyond_it(
    tracker: FaceTracker, astronaut: NDArray[np.uint8]
) -> None:
    # Picture.region refuses boxes that are not inside the picture.
    path = [(x, 180.0) for x in np.linspace(320, 640, 24)]
    found = run(tracker, [placed(astronaut, 0.8, x, y) for x, y in path])
    assert all(len(faces) == 1 for faces in found[:12])
    assert len(set.union(*map(ids, found[:12]))) == 1


def test_pictures_without_faces_have_none(tracker: FaceTracker) -> None:
    assert run(tracker, [np.full((90, 160, 3), 90, np.uint8)] * 8) == [[]] * 8


def test_frames_of_a_real_video(tracker: FaceTracker, group_clip: Path) -> None:
    found = [tracker.find(frame) for frame in frames_of(group_clip, 12)]
    assert all(len(faces) >= 5 for faces in found)
    assert len(set.intersection(*map(ids, found))) >= 5


def test_no_track_and_no_profile_survives_the_cuts_of_a_stage_clip(shared_data: Path) -> None:
    tracker = load_tracker()
    found = [tracker.find(frame) for frame in frames_of(shared_data / "stage_cuts_audio.mp4", 214)]
    scenes = [found[:20], found[20:82], found[82:211], found[211:]]
    numbers = [set.union(set(), *map(ids, scene)) for scene in scenes]
    for index, scene in enumerate(numbers):
        assert not scene & set.union(set(), *numbers[:index])
    pianist_and_singer, profile, singer, audience = scenes
    assert all(len(faces) == 2 for faces in pianist_and_singer)
    assert not any(credibility(face) for faces in profile for face in faces)
    assert all(len(faces) == 1 and credibility(faces[0]) > 0 for faces in singer)
    assert len(numbers[2]) == 1
    # Of the audience only the man on the left faces the camera.
    credible = [face for faces in audience for face in faces if credibility(face) > 0]
    assert len(credible) == len(audience)
    assert all(face.box[2] < 120 for face in credible)


def test_no_mesh_is_shown_across_two_people_who_cross(shared_data: Path) -> None:
    tracker = load_tracker()
    worst, seen = [], 0
    for number, moment in enumerate(crossing.crossing(shared_data)):
        faces = tracker.find(Picture(moment.bgr, number / crossing.FPS))
        seen += len(faces)
        assert len(faces) >= 1, "the one in front is never lost"
        worst += [distortion(face.landmarks) for face in faces if face.landmarks is not None]
    assert seen > 1.7 * crossing.FRAMES
    # This person's own is 0.034.
    assert max(worst) < 0.045


def test_a_face_of_an_unusual_shape_is_followed_beside_another(
    tracker: FaceTracker, astronaut: NDArray[np.uint8]
) -> None:
    wide = np.array([[1.5, 0, 200 - 1.5 * 225], [0, 0.95, 180 - 0.95 * 123]])
    both = moved(astronaut, wide, (640, 360))
    both[:, 320:] = placed(astronaut, 1.2, 440, 180)[:, 320:]
    found = run(tracker, [both] * 8)
    assert all(len(faces) == 2 for faces in found)
    assert len(set.union(*map(ids, found))) == 2
    assert max(distortion(face.landmarks) for face in found[-1]) > 1.1 * MAX_DISTORTION


def rolled(bgr: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """Return 360 x 360 pixels around the astronaut's face, rolled counterclockwise."""
    matrix = cv2.getRotationMatrix2D((225, 123), degrees, 1)
    matrix[:, 2] += (180 - 225, 180 - 123)
    return moved(bgr, matrix, (360, 360))


def tilt(face: Face) -> float:
    """Return by how many degrees a face is rolled counterclockwise, from 0 to 360."""
    return -math.degrees(face.roll) % 360


def test_a_face_is_followed_all_around(tracker: FaceTracker, astronaut: NDArray[np.uint8]) -> None:
    degrees = range(0, 360, 8)
    found = run(tracker, [rolled(astronaut, angle) for angle in degrees])
    assert all(len(faces) == 1 for faces in found)
    assert len(set.union(*map(ids, found))) == 1
    for angle, (face,) in zip(degrees, found, strict=True):
        # The filter lags behind the roll.
        assert abs((tilt(face) - angle + 180) % 360 - 180) < 9
        assert np.abs(face.points.mean(axis=0) - 180).max() < 25


@pytest.mark.parametrize("degrees", [90, 135, 180, 225, 270])
def test_a_face_that_lies_or_hangs_is_found_where_asked_for_and_in_photos(
    degrees: int, detector: FaceDetector, mesher: FaceMesher, astronaut: NDArray[np.uint8]
) -> None:
    bgr = rolled(astronaut, degrees)
    asked = FaceTracker(detector, mesher, TrackerOptions(tilted=True)).another()
    (face,) = asked.find(Picture(bgr))
    (photo,) = FaceTracker(detector, mesher).find(Picture(bgr, is_still=True))
    assert face.landmarks is not None
    np.testing.assert_array_equal(face.landmarks, photo.landmarks)
    assert abs(tilt(face) - degrees) < 6
    assert credibility(face) == 1


@pytest.mark.parametrize("turns", range(4))
def test_the_mesh_decides_which_way_up_a_face_is(
    turns: int, detector: FaceDetector, mesher: FaceMesher, group: NDArray[np.uint8]
) -> None:
    """In a picture of little but a face, the detector is surer of it upside down."""
    tight = cv2.resize(group[281:375, 1132:1230], None, fx=1.63, fy=1.63)
    sure, unsure = detect_in_turns(tight, lambda bgr, _: detector.detect(bgr, tiled=True))[0]
    assert abs(sure.roll) > math.radians(160)
    assert abs(unsure.roll) < math.radians(20)
    turned = np.ascontiguousarray(np.rot90(tight, turns))
    (face,) = FaceTracker(detector, mesher).find(Picture(turned, is_still=True))
    assert abs((tilt(face) - 90 * turns + 180) % 360 - 180) < 20


def test_a_face_that_fills_a_photo_is_found(tracker: FaceTracker, group: NDArray[np.uint8]) -> None:
    tight = cv2.resize(group[281:368, 52:169], None, fx=2, fy=2)
    assert tracker.find(Picture(tight)) == []
    (face,) = tracker.find(Picture(tight, is_still=True))
    (whole,) = (each for each in tracker.find(Picture(group)) if each.box[0] < 100)
    assert credibility(face) == 1
    corner = np.array([52, 281], np.float32)
    assert np.abs(face.points / 2 + corner - whole.points).max() < 5


def test_a_hanging_face_is_not_looked_for_unless_asked(
    tracker: FaceTracker, astronaut: NDArray[np.uint8]
) -> None:
    assert run(tracker, [rolled(astronaut, 180)] * 4) == [[]] * 4


def test_looking_for_tilted_faces_changes_nothing_of_upright_ones(
    detector: FaceDetector, mesher: FaceMesher, group: NDArray[np.uint8]
) -> None:
    upright = run(FaceTracker(detector, mesher), [group] * 3)
    tilted = run(FaceTracker(detector, mesher, TrackerOptions(tilted=True)), [group] * 3)
    for before, after in zip(upright, tilted, strict=True):
        assert len(before) == len(after) == 6
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one.landmarks, other.landmarks)


def test_a_grimace_is_followed_while_tilted_faces_are_looked_for(shared_data: Path) -> None:
    """The detector is about as sure of the wide open mouth in a turned picture."""
    tracker = load_tracker(TrackerOptions(tilted=True))
    found = [tracker.find(frame) for frame in frames_of(shared_data / "talk_25fps_silent.mp4", 30)]
    assert all(len(faces) == 1 for faces in found)
    assert len(set.union(*map(ids, found))) == 1


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_small_tilted_face_beside_a_known_one_is_found_within_six_searches(
    turns: int, detector: FaceDetector, mesher: FaceMesher, astronaut: NDArray[np.uint8]
) -> None:
    alone = placed(astronaut, 1.2, 200, 150)
    both = alone.copy()
    # So little is new that this is no cut.
    both[270:, 550:] = np.rot90(placed(astronaut, 0.35, 60, 60)[15:105, 15:105], turns)
    options = TrackerOptions(interval=1, tiled_every=2, tilted=True)
    found = run(FaceTracker(detector, mesher, options), [*[alone] * 2, *[both] * 6])
    assert [len(faces) for faces in found[:2]] == [1, 1]
    assert sorted(round(tilt(face) / 90) % 4 for face in found[-1]) == [0, turns]


def frames_of(path: Path, count: int) -> Iterator[Frame]:
    with av.open(path) as container:
        stream = container.streams.video[0]
        for index, native in zip(range(count), container.decode(stream), strict=False):
            assert stream.time_base is not None
            yield Frame(native, index=index, pts=native.pts, time_base=stream.time_base)


def test_a_missing_model_is_a_model_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "src" / "dlc" / "model_store" / "builtin.py"
    monkeypatch.setattr("dlc.model_store.builtin.__file__", str(installed))
    with pytest.raises(ModelError, match="install dlc again"):
        load_tracker()
