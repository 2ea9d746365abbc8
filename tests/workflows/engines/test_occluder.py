"""The occluder that the options ask for, and what is said where it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import InputError, ModelError, ProviderError
from dlc.faces.hands.hand_tracker import HandTracker
from dlc.options import LookOptions, MaskOptions, Occlusion, Provider
from dlc.swapping.mesh import MeshSwapper
from dlc.workflows.engines.effects import Appearance
from dlc.workflows.engines.engine import load_mesh_engine
from dlc.workflows.engines.occluder import open_occluder, with_occluder
from tests.enhancing.sharpeners import write_sharpener
from tests.stand_ins import write_occluder
from tests.workflows.stores import install, store_of

MODEL = MaskOptions(occlusion=Occlusion.MODEL)


@pytest.fixture
def occluder(tmp_path: Path) -> Path:
    return write_occluder(tmp_path / "occluder.onnx")


def named(path: Path) -> MaskOptions:
    return MaskOptions(occlusion=Occlusion.MODEL, occluder_model=path)


def test_weights_that_are_missing_are_named_with_the_remedy(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    with pytest.raises(ModelError, match="xseg_1 is not installed; `dlc models pull xseg_1`"):
        open_occluder(MODEL, Provider.AUTO, store, 1)
    install(store, "xseg_1")
    with pytest.raises(ModelError, match=r"xseg_1 is damaged.*dlc models pull xseg_1"):
        open_occluder(MODEL, Provider.AUTO, store, 1)


def test_a_file_that_is_named_is_looked_at(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    with pytest.raises(InputError, match=r"nowhere\.onnx, which was named as the occluder model"):
        open_occluder(named(tmp_path / "nowhere.onnx"), Provider.CPU, store, 1)
    other = write_sharpener(tmp_path / "sharpener.onnx")
    with pytest.raises(ModelError, match=r"sharpener\.onnx cannot serve as occluder: .*xseg_1"):
        open_occluder(named(other), Provider.CPU, store, 1)


def test_a_file_that_is_cut_short_is_refused(occluder: Path, tmp_path: Path) -> None:
    occluder.write_bytes(occluder.read_bytes()[:-200])
    with pytest.raises(ModelError, match=r"occluder\.onnx"):
        open_occluder(named(occluder), Provider.CPU, store_of(tmp_path), 1)


def test_a_provider_that_is_not_there_is_an_error(occluder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="`provider='directml'`"):
        open_occluder(named(occluder), Provider.DIRECTML, store_of(tmp_path), 1)


def test_it_works_on_faces_after_any_other_effect(occluder: Path, tmp_path: Path) -> None:
    appearance = Appearance(LookOptions(opacity=0.5), MaskOptions(feather=10))
    load = with_occluder(
        lambda _: load_mesh_engine(appearance), named(occluder), store=store_of(tmp_path)
    )
    engine = load(1)
    assert [effect.name for effect in engine.effects] == ["box", "fade", "occlude"]
    (use,) = engine.models
    assert (use.role, use.name) == ("occluder", "occluder.onnx")
    assert use.provider.endswith("ExecutionProvider")


@pytest.mark.parametrize("occlusion", [Occlusion.BUILT_IN, Occlusion.OFF])
def test_without_it_the_engine_is_loaded_as_it_is(occlusion: Occlusion) -> None:
    masks = MaskOptions(occlusion=occlusion)
    assert with_occluder(load := lambda _: load_mesh_engine(), masks) is load


@pytest.mark.parametrize(
    ("masks", "kept"),
    [
        (MaskOptions(), True),
        (MaskOptions(occlusion=Occlusion.BUILT_IN), True),
        (MaskOptions(occluder_model=Path("own.onnx")), False),
        (MODEL, False),
        (MaskOptions(occlusion=Occlusion.OFF), False),
    ],
)
def test_the_mesh_engine_leaves_it_to_the_model(
    masks: MaskOptions, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[bool, bool]] = []

    class Swapper(MeshSwapper):
        def __init__(self, *, keep_covers: bool = True, hands: HandTracker | None = None) -> None:
            made.append((keep_covers, hands is not None))
            super().__init__(keep_covers=keep_covers, hands=hands)

    monkeypatch.setattr("dlc.workflows.engines.engine.MeshSwapper", Swapper)
    load_mesh_engine(Appearance(masks=masks))
    assert made == [(kept, kept)]
