"""The models that dlc can use, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from dlc.errors import OptionError
from dlc.model_store.entries import MODELS
from dlc.model_store.spec import ModelSpec


class Catalog:
    """Models in listing order.

    Args:
        models: its models; names and files must be unique.
    """

    def __init__(self, models: Iterable[ModelSpec]) -> None:
        self._models = tuple(models)

    @classmethod
    def shipped(cls) -> Catalog:
        """Return the models that this version of dlc knows."""
        return cls(MODELS)

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._models)

    def get(self, name: str) -> ModelSpec:
        """Return the model called `name`: its name or file, ignoring case.

        Raises:
            OptionError: there is no such model.
        """
        for spec in self._models:
            if _folded(name) in (_folded(spec.name), *_folded_files(spec)):
                return spec
        raise OptionError(self._unknown(name))

    def select(self, names: Iterable[str]) -> list[ModelSpec]:
        """Return the models with these names, each once; a folder's name means all models in it.

        Raises:
            OptionError: a name is neither a model nor a folder.
        """
        found: list[ModelSpec] = []
        for name in names:
            folder = name.replace("\\", "/").rstrip("/")
            packed = [spec for spec in self._models if spec.remote.file.startswith(f"{folder}/")]
            found += packed or [self.get(name)]
        return list(dict.fromkeys(found))

    def _unknown(self, name: str) -> str:
        names = [spec.name for spec in self._models]
        files = [PurePosixPath(spec.remote.file) for spec in self._models]
        folders = [file.parts[0] for file in files if len(file.parts) > 1]
        folded = {_folded(known): known for known in names + folders}
        close = difflib.get_close_matches(_folded(name), folded, n=1)
        hint = f"did you mean {folded[close[0]]}? " if close else ""
        file = ", and there is no such file" if name.endswith(".onnx") else ""
        return f"no model is called {name!r}{file}: {hint}the models are {', '.join(names)}"


def _folded(name: str) -> str:
    return name.replace("\\", "/").casefold().removesuffix(".onnx")


def _folded_files(spec: ModelSpec) -> tuple[str, str]:
    return _folded(spec.remote.file), _folded(spec.remote.basename)
