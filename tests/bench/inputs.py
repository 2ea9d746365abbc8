"""The clips that the measurements swap: one face, about 250 px wide, at a given frame size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import av.filter

from tests import clips

FACE_WIDTH = 250
X264 = {"preset": "veryfast", "crf": "18"}


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded clip and its face: the middle of the face in pixels and the width of its box."""

    path: Path
    width: int
    height: int
    face_x: float
    face_y: float
    face_width: float


def recording() -> Recording | None:
    """Return the recorded clip that lies beside the checkout, or None where there is none."""
    path = Path(__file__).parents[3] / "shared" / "data" / "portrait_720p_audio.mp4"
    if not path.is_file():
        return None
    # The face's box as SCRFD-2.5G sees it, in the middle of the clip.
    return Recording(path, 1280, 720, face_x=740.0, face_y=255.0, face_width=223.0)


def build(path: Path, width: int, height: int) -> str:
    """Write the input of `width` x `height` unless it is there; return in words what it shows."""
    source = recording()
    name = source.path.name if source else "astronaut, moving camera"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".part{path.suffix}")
        if source:
            _rescale(source, partial, width, height)
        else:
            _photograph(partial, width, height)
        partial.rename(path)
    return name


def _rescale(source: Recording, path: Path, width: int, height: int) -> None:
    """Scale the recording to a face FACE_WIDTH wide, then crop it or mirror its edges outwards."""
    scale = FACE_WIDTH / source.face_width
    # Multiples of four keep the borders, half of a difference, on whole chroma samples.
    wide, high = (4 * round(side * scale / 4) for side in (source.width, source.height))
    kept_wide, kept_high = min(wide, width), min(high, height)
    left = min(max(round(source.face_x * scale - width / 2), 0), wide - kept_wide)
    top = min(max(round(source.face_y * scale - height / 2), 0), high - kept_high)
    border = (width - kept_wide) // 2
    right, bottom = width - kept_wide - border, height - kept_high
    filters = [
        ("scale", f"{wide}:{high}:flags=bicubic"),
        ("crop", f"{kept_wide}:{kept_high}:{left}:{top}"),
        ("pad", f"{width}:{height}:{border}:0"),
        ("fillborders", f"left={border}:right={right}:bottom={bottom}:mode=mirror"),
    ]
    with av.open(source.path) as target, av.open(path, "w") as container:
        picture, sound = target.streams.video[0], target.streams.audio[0]
        graph = _filter_graph(picture, filters)
        video = container.add_stream("libx264", rate=picture.average_rate, options=X264)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream_from_template(sound)
        for packet in target.demux(picture, sound):
            if packet.stream is sound:
                if packet.dts is not None:
                    packet.stream = audio
                    container.mux(packet)
                continue
            for frame in packet.decode():
                graph.push(frame)
                container.mux(video.encode(graph.vpull()))
        container.mux(video.encode(None))


def _filter_graph(
    template: av.video.stream.VideoStream, filters: list[tuple[str, str]]
) -> av.filter.Graph:
    graph = av.filter.Graph()
    nodes = [graph.add_buffer(template=template)]
    nodes += [graph.add(name, arguments) for name, arguments in filters]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


def _photograph(path: Path, width: int, height: int) -> None:
    """Move the camera over the astronaut, whose face is 90 of the picture's 512 pixels wide."""
    view = width * 90.0 / FACE_WIDTH
    clip = clips.Clip(
        width,
        height,
        seconds=10.0,
        first=clips.View(228.0, 150.0, view * 1.03),
        last=clips.View(236.0, 165.0, view * 0.97),
    )
    clips.write_clip(path, clip, clips.astronaut())


def repeat(path: Path, target: Path, frames: int) -> None:
    """Write `target`: the packets of `path` again and again, `frames` pictures in all, no sound."""
    if target.exists():
        return
    partial = target.with_suffix(f".part{target.suffix}")
    with av.open(path) as source, av.open(partial, "w") as container:
        picture = source.streams.video[0]
        video = container.add_stream_from_template(picture)
        length = round(picture.frames / (picture.average_rate * picture.time_base))
        written = 0
        while written < frames:
            source.seek(0)
            offset = written // picture.frames * length
            for packet in source.demux(picture):
                if packet.dts is None or written == frames:
                    break
                packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                packet.stream = video
                container.mux(packet)
                written += 1
    partial.rename(target)
