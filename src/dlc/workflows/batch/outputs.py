"""The files that a swap writes: the result, and a contact sheet if one is requested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dlc.media.files.atomic import AtomicFile
from dlc.media.image.writer import ImageWriter
from dlc.media.info import MediaInfo
from dlc.media.opening import check_output, open_output
from dlc.media.video.writing.writer import VideoWriter
from dlc.workflows.batch.contact_sheet import CELL_SIZE, ContactSheet
from dlc.workflows.batch.opening import OpenedTarget
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.checks import check_contact_sheet
from dlc.workflows.provenance import Provenance, prepare_provenance
from dlc.workflows.sources import SourcePhoto

Writer = VideoWriter | ImageWriter


def check_outputs(plan: SwapPlan, info: MediaInfo) -> None:
    """Raise for every problem with the outputs that can be detected up front.

    Args:
        plan: names the outputs.
        info: what is known of the target.
    """
    options = plan.options
    check_output(
        plan.output,
        info,
        options.encoding,
        overwrite=options.overwrite,
        inputs=plan.inputs,
    )
    if options.contact_sheet is not None:
        check_contact_sheet(
            options.contact_sheet,
            others=(*plan.inputs, plan.target, plan.output),
            overwrite=options.overwrite,
        )


def provenance_of(plan: SwapPlan) -> Provenance:
    """Return how outputs get their provenance; raises what `prepare_provenance` does."""
    sheet = plan.options.contact_sheet
    outputs = [plan.output] if sheet is None else [plan.output, sheet]
    return prepare_provenance(plan.sources, plan.target, outputs, plan.engine, plan.options)


def open_writer(
    plan: SwapPlan, target: OpenedTarget, provenance: Provenance, threads: int
) -> Writer:
    """Open the output; raises what `open_output` does."""
    options = plan.options
    return open_output(
        plan.output,
        target.source,
        options.encoding,
        overwrite=options.overwrite,
        keep_partial=options.keep_partial,
        threads=threads,
        finish=provenance.finish_for(plan.output),
    )


@contextmanager
def open_contact_sheet(
    plan: SwapPlan, sources: Sequence[SourcePhoto], provenance: Provenance
) -> Iterator[ContactSheet | None]:
    """Yield the contact sheet, if one is requested; it gets its name if the context ends well."""
    options, path = plan.options, plan.options.contact_sheet
    if path is None:
        yield None
        return
    photos = [photo.frame.thumbnail(CELL_SIZE) for photo in sources]
    finish = provenance.finish_for(path)
    with AtomicFile(path, overwrite=options.overwrite, finish=finish) as file:
        yield ContactSheet(file, options.contact_sheet_rows, photos)
