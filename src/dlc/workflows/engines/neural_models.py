"""Which model files the neural engine uses: those the user named, or the installed ones."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import ModelError
from dlc.faces.finder import Needs
from dlc.inference.route import Precision
from dlc.model_store.contracts import check_contract, is_sface
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import NeuralOptions
from dlc.workflows.engines.single_model import require_named

logger = logging.getLogger(__name__)

# The catalog's models for each role, in order of preference.
_INSTALLABLE = {
    Role.SWAPPER: ("inswapper_128", "inswapper_128_fp16"),
    Role.DETECTOR: ("det_10g",),
    Role.RECOGNIZER: ("w600k_r50",),
    Role.LANDMARKER: ("2d106det",),
}


@dataclass(frozen=True, slots=True)
class NeuralModels:
    """Files of the three models a neural swap needs, and of one that some effects need."""

    swapper: Path
    detector: Path
    recognizer: Path
    landmarker: Path | None = None


def missing_models(
    options: NeuralOptions, store: ModelStore, needs: Needs = Needs.NOTHING
) -> list[str]:
    """Return the names of models that are neither named nor installed, judged by name and size.

    Args:
        options: the files the user named.
        store: the installed models.
        needs: what must be known about target faces, besides what the swap itself needs.
    """
    return [
        names[0]
        for role, names in _wanted(needs)
        if _named(options, role) is None and not any(map(store.find, names))
    ]


def find_models(
    options: NeuralOptions,
    precision: Precision,
    store: ModelStore,
    needs: Needs = Needs.NOTHING,
) -> NeuralModels:
    """Return the models to use, after checking each.

    A file that the user named is checked by its inputs and outputs, an installed file by its
    digest.

    Args:
        options: the files the user named.
        precision: preferred precision of the swapper's file; if only the other one is installed,
            that is used.
        store: the installed models.
        needs: as in `missing_models`.

    Raises:
        InputError: a named file does not exist.
        ModelError: a named file is not a model for its role, or an installed one is missing or
            damaged; the message says what to do.
    """
    files = {}
    for role, names in _wanted(needs):
        if role is Role.SWAPPER and precision is Precision.FP16:
            names = names[::-1]
        named = _named(options, role)
        files[role.value] = _installed(names, store) if named is None else _checked(named, role)
    return NeuralModels(**files)


def _wanted(needs: Needs) -> Iterator[tuple[Role, tuple[str, ...]]]:
    for role, names in _INSTALLABLE.items():
        if role is not Role.LANDMARKER or Needs.LANDMARKS_106 in needs:
            yield role, names


def _named(options: NeuralOptions, role: Role) -> Path | None:
    return {
        Role.SWAPPER: options.swapper_model,
        Role.DETECTOR: options.detector_model,
        Role.RECOGNIZER: options.recognizer_model,
        Role.LANDMARKER: options.landmarker_model,
    }[role]


def _checked(path: Path, role: Role) -> Path:
    require_named(path, role)
    io = check_contract(path, role)
    if role is Role.RECOGNIZER and is_sface(io):
        raise ModelError(
            f"{path} is an SFace, and the neural engine's swapper needs the embeddings of ArcFace: "
            "leave out `recognizer_model` to use the installed w600k_r50, or use `engine='mesh'`, "
            "which tells people apart with either"
        )
    return path


def _installed(names: tuple[str, ...], store: ModelStore) -> Path:
    name = next((name for name in names if store.find(name)), names[0])
    if name != names[0]:
        logger.info("%s is not installed: %s is used in its place", names[0], name)
    return store.require(name)


def not_installed(names: list[str]) -> ModelError:
    """Return the error for models that are missing."""
    verb = "is" if len(names) == 1 else "are"
    return ModelError(
        f"the neural engine cannot be used: {', '.join(names)} {verb} not installed. "
        f"`dlc models pull {' '.join(names)}` downloads what is missing; "
        "`engine='mesh'` needs no download"
    )
