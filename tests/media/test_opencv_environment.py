from __future__ import annotations

import subprocess
import sys

VARIABLE = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"
SCRIPT = f"""
import os, sys
from dlc.media.opencv_environment import prepare_opencv
prepare_opencv()
print(os.environ["{VARIABLE}"], "cv2" in sys.modules)
"""


def test_opencv_is_prepared_before_it_is_there() -> None:
    for before, expected in (({}, "0 False"), ({VARIABLE: "1"}, "1 False")):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=before, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == expected


def test_photos_that_claim_to_be_huge_are_refused_by_what_was_set() -> None:
    script = """
import os
from dlc.media.opencv_environment import prepare_opencv
prepare_opencv()
print(os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"])
"""
    run = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True)
    assert int(run.stdout) == 1 << 27
