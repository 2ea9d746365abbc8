"""The options for what an output says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.media.files.paths import named_path
from dlc.options import ProvenanceOptions

_DEFAULTS = ProvenanceOptions()

LabelOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Draw a short visible note into the lower left corner of every frame.",
        rich_help_panel=panels.PROVENANCE,
    ),
]
NoProvenanceOption = Annotated[
    bool,
    typer.Option(
        "--no-provenance",
        help="Leave out the signed C2PA manifest, for files that you sign later.",
        rich_help_panel=panels.PROVENANCE,
    ),
]
SignCertOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-cert",
        parser=named_path,
        metavar="PEM",
        help="Sign with this certificate instead of the key made for you.",
        rich_help_panel=panels.PROVENANCE,
    ),
]
SignKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-key",
        parser=named_path,
        metavar="PEM",
        help="The private key of --sign-cert, without a passphrase.",
        rich_help_panel=panels.PROVENANCE,
    ),
]


def provenance_options(
    no_provenance: NoProvenanceOption = not _DEFAULTS.signed,
    sign_cert: SignCertOption = _DEFAULTS.certificate,
    sign_key: SignKeyOption = _DEFAULTS.key,
) -> ProvenanceOptions:
    """Return what the options say."""
    return ProvenanceOptions(signed=not no_provenance, certificate=sign_cert, key=sign_key)


Provenance = Annotated[ProvenanceOptions, Group(provenance_options)]
