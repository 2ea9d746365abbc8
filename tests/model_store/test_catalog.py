from __future__ import annotations

import re
from collections import Counter

import pytest

from dlc.errors import OptionError
from dlc.model_store.catalog import Catalog
from dlc.model_store.role import Role

CATALOGUE = Catalog.shipped()


def test_every_known_model_is_there() -> None:
    assert {spec.remote.file: spec.role for spec in CATALOGUE} == {
        "inswapper_128.onnx": Role.SWAPPER,
        "inswapper_128_fp16.onnx": Role.SWAPPER,
        "buffalo_l/det_10g.onnx": Role.DETECTOR,
        "buffalo_l/w600k_r50.onnx": Role.RECOGNIZER,
        "buffalo_l/2d106det.onnx": Role.LANDMARKER,
        "face_recognition_sface_2021dec.onnx": Role.RECOGNIZER,
        "GFPGANv1.4.onnx": Role.ENHANCER,
        "GPEN-BFR-256.onnx": Role.ENHANCER,
        "GPEN-BFR-512.onnx": Role.ENHANCER,
        "xseg_1.onnx": Role.OCCLUDER,
    }
    assert len(list(CATALOGUE)) == 10


def test_all_data_is_well_formed() -> None:
    archives = {spec.archive for spec in CATALOGUE if spec.archive}
    for remote in [*(spec.remote for spec in CATALOGUE), *archives]:
        assert remote.urls
        assert all(url.startswith("https://") for url in remote.urls)
        assert all(url.rsplit("/", 1)[1] == remote.basename for url in remote.urls)
        assert re.fullmatch("[0-9a-f]{64}", remote.sha256)
        assert remote.size > 1_000_000
    for counted in ("name", "remote"):
        assert max(Counter(getattr(spec, counted) for spec in CATALOGUE).values()) == 1
    assert len({spec.remote.sha256 for spec in CATALOGUE}) == 10
    for spec in CATALOGUE:
        assert spec.license.url.startswith("https://")
        assert len(spec.license.text) > 50


@pytest.mark.parametrize(
    "name",
    [
        "w600k_r50",
        "w600k_r50.onnx",
        "W600K_R50",
        "buffalo_l/w600k_r50.onnx",
        "buffalo_l\\w600k_r50",
    ],
)
def test_a_model_has_several_names(name: str) -> None:
    assert CATALOGUE.get(name).remote.file == "buffalo_l/w600k_r50.onnx"


def test_a_short_name_and_the_owners_own_are_one_model() -> None:
    assert CATALOGUE.get("SFace") == CATALOGUE.get("face_recognition_sface_2021dec.onnx")


def test_a_dot_in_a_name_is_no_suffix() -> None:
    assert CATALOGUE.get("gfpganv1.4").name == CATALOGUE.get("GFPGANv1.4.onnx").name


def test_a_package_means_all_models_in_it_once() -> None:
    names = [spec.name for spec in CATALOGUE.select(["det_10g", "buffalo_l", "inswapper_128"])]
    assert names == ["det_10g", "w600k_r50", "2d106det", "inswapper_128"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("inswaper_128", "did you mean inswapper_128?"), ("bufalo_l", "did you mean buffalo_l?")],
)
def test_a_misspelled_name_is_guessed(name: str, hint: str) -> None:
    with pytest.raises(OptionError) as caught:
        CATALOGUE.select([name])
    assert hint in str(caught.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(OptionError) as caught:
        CATALOGUE.get("zzz")
    assert "did you mean" not in str(caught.value)
    assert all(spec.name in str(caught.value) for spec in CATALOGUE)
