"""The folders that hold models, in search order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import platformdirs

VARIABLE = "DLC_MODELS"
_APP = "dlc"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where to search for models, and where dlc keeps what it records about them.

    Attributes:
        search: folders with models, in search order; they need not exist.
        download: where downloads go; one of `search`.
        data: the user's data folder, for accepted licenses.
        cache: the user's cache folder, for digests of files checked before.
    """

    search: tuple[Path, ...]
    download: Path
    data: Path
    cache: Path

    @classmethod
    def of_user(cls, environment: Mapping[str, str] = os.environ) -> Folders:
        """Return the folders of the current user.

        The search covers `models` in a source checkout, the folder named by the variable
        DLC_MODELS, the user's data folder, and insightface's own. Downloads go to DLC_MODELS if
        set, otherwise to the data folder.
        """
        data = platformdirs.user_data_path(_APP, appauthor=False)
        cache = platformdirs.user_cache_path(_APP, appauthor=False)
        named = environment.get(VARIABLE)
        chosen = [Path(named).expanduser().absolute()] if named else []
        insightface = Path("~/.insightface/models").expanduser()
        search = (*_checkout_models(), *chosen, data / "models", insightface)
        return cls(search, chosen[0] if chosen else data / "models", data, cache)

    def places(self, file: str) -> Iterator[Path]:
        """Yield every path where a model's file may be, in search order.

        Args:
            file: its path below a models folder. A file in a package is also searched without the
                package's folder, and with that folder twice, as InsightFace's archive unpacks.
        """
        relative = PurePosixPath(file)
        variants = [relative]
        if len(relative.parts) > 1:
            variants += [PurePosixPath(relative.name), PurePosixPath(relative.parts[0]) / relative]
        for folder in self.search:
            for variant in variants:
                yield folder / variant


def _checkout_models() -> list[Path]:
    """Return the `models` folder next to `src`, if this is a source checkout."""
    checkout = Path(__file__).resolve().parents[3]
    return [checkout / "models"] if (checkout / "pyproject.toml").is_file() else []
