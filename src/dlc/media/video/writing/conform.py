"""Making pictures what an encoder takes, without touching a sample that may stay."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import cv2
import numpy as np

from dlc.media.frames.color import BT709, FULL, LIMITED, RGB, UNSPECIFIED, ColorTags, convert
from dlc.media.frames.fields import FieldMarker
from dlc.media.frames.orientation import UPRIGHT
from dlc.media.frames.planes import PixelLayout, layout_of, plane_arrays
from dlc.media.frames.scaling import PictureScaler
from dlc.media.info import MediaInfo
from dlc.media.video.writing.plan import VideoPlan


class Conformer:
    """Converts, scales, turns and pads pictures as a plan says; mostly there is nothing to do.

    Attributes:
        tags: the colors of the output.
        width: of the output's stored pictures.
        height: of the output's stored pictures.
        sample_aspect_ratio: of the output's stored pictures, if known.
    """

    def __init__(self, info: MediaInfo, plan: VideoPlan) -> None:
        self._info = info
        self._plan = plan
        self._orientation = info.orientation if plan.upright else UPRIGHT
        coded = (info.coded_width, info.coded_height)
        self._scale = None if plan.size is None else PictureScaler(*plan.size)
        width, height = self._orientation.upright_size(*(plan.size or coded))
        self.width = width + plan.padding[0]
        self.height = height + plan.padding[1]
        self.tags = self._output_tags()
        self.sample_aspect_ratio = info.sample_aspect_ratio
        if self.sample_aspect_ratio and self._orientation.transposed:
            self.sample_aspect_ratio = 1 / self.sample_aspect_ratio
        self._palettes = (
            _PaletteFilter(self.width, self.height, plan.time_base)
            if plan.pix_fmt == "pal8"
            else None
        )
        self._mark = FieldMarker(info.fields) if info.fields else None

    def __call__(self, native: av.VideoFrame) -> av.VideoFrame:
        """Return a picture for the encoder: `native` itself wherever that will do."""
        wanted = "bgra" if self._palettes else self._plan.pix_fmt
        if native.format.name != wanted:
            native = self._converted(native, wanted)
        if self._scale is not None:
            native = self._scale(native)
        if self._orientation != UPRIGHT or any(self._plan.padding):
            native = self._rearranged(native)
        if self._palettes:
            return self._palettes(native)
        if self._mark and self._plan.fields:
            native = self._mark(native)
        self.tags.put_on(native)
        return native

    def _output_tags(self) -> ColorTags:
        source, target = layout_of(self._info.pix_fmt), layout_of(self._plan.pix_fmt)
        tags = self._info.colors if source is None else self._tags_that_stay(source)
        if source and target and source.is_rgb != target.is_rgb:
            matrix, span = (RGB, FULL) if target.is_rgb else (BT709, LIMITED)
            return replace(tags, matrix=matrix, range=span)
        if self._info.pix_fmt.startswith("yuvj"):
            return replace(tags, range=FULL)
        return tags

    def _tags_that_stay(self, source: PixelLayout) -> ColorTags:
        """Return the input's tags with the matrix that players assume, if a new size changes it."""
        tags = self._info.colors
        if not self._plan.size or source.is_rgb or tags.matrix != UNSPECIFIED:
            return tags
        meant, guessed = (
            tags.resolved(source.name, height).matrix
            for height in (self._info.coded_height, self._plan.size[1])
        )
        return tags if meant == guessed else replace(tags, matrix=meant)

    def _converted(self, native: av.VideoFrame, pix_fmt: str) -> av.VideoFrame:
        if native.format.name.replace("yuvj", "yuv") == pix_fmt:
            # The same samples under another name; only the range tag tells them apart.
            twin = av.VideoFrame(native.width, native.height, pix_fmt)
            for source, target in zip(plane_arrays(native), plane_arrays(twin), strict=True):
                target[...] = source
            # Scaling goes by the mark.
            return self._mark(twin) if self._mark else twin
        source_tags = self._info.colors.resolved(native.format.name, native.height)
        return convert(native, pix_fmt, source_tags, self.tags.resolved(pix_fmt, native.height))

    def _rearranged(self, native: av.VideoFrame) -> av.VideoFrame:
        """Turn a picture upright and repeat its last column or row where it has to grow."""
        frame = av.VideoFrame(self.width, self.height, native.format.name)
        for source, target in zip(plane_arrays(native), plane_arrays(frame), strict=True):
            plane = self._orientation.to_upright(np.ascontiguousarray(source))
            below, right = target.shape[0] - plane.shape[0], target.shape[1] - plane.shape[1]
            grown = cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE)
            target[...] = np.asarray(grown).reshape(target.shape)
        return frame


class _PaletteFilter:
    """Gives each picture the 256 colors that suit it best."""

    def __init__(self, width: int, height: int, time_base: Fraction) -> None:
        graph = av.filter.Graph()
        fmt = av.VideoFormat("bgra", width, height)
        source = graph.add_buffer(width=width, height=height, format=fmt, time_base=time_base)
        split = graph.add("split")
        choose = graph.add("palettegen", "stats_mode=single")
        use = graph.add("paletteuse", "new=1:dither=sierra2_4a")
        sink = graph.add("buffersink")
        source.link_to(split)
        split.link_to(choose, 0, 0)
        split.link_to(use, 1, 0)
        choose.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        self._graph, self._source, self._sink = graph, source, sink
        self._time_base = time_base
        self._count = 0

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return a bgra picture in the format pal8."""
        # The filters pair pictures with palettes by their times, which must rise.
        frame.pts = self._count
        frame.time_base = self._time_base
        self._count += 1
        self._source.push(frame)
        result = self._sink.pull()
        if not isinstance(result, av.VideoFrame):
            raise TypeError("the palette filters returned no picture")
        return result
