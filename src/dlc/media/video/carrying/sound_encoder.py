"""Sound that is encoded for a file, in frames of whatever length it comes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.packet import Packet

from dlc.errors import EncoderError
from dlc.media.files.failures import reason_of

# Bits a second: transparent for AAC and Opus.
_BITS_PER_CHANNEL = 96_000
# Even drift out by up to 1000 samples a second, and fill or cut at once what lacks or overlaps by a
# tenth of a second.
_STEADY = "async=1000:min_hard_comp=0.1"
_FROM_THE_BEGINNING = "first_pts=0"


class SoundEncoder:
    """Resamples sound and encodes it as a stream of a file.

    Attributes:
        stream: PyAV's stream, whose type stubs do not know what it passes on to its codec context.
    """

    def __init__(
        self,
        output: OutputContainer,
        encoder: str,
        rate: int,
        layout: str,
        *,
        is_steady: bool = False,
    ) -> None:
        """Add the stream to a file, and open its encoder.

        Args:
            output: a file whose header is not written yet.
            encoder: FFmpeg's name of the encoder.
            rate: samples a second, one that the encoder takes.
            layout: FFmpeg's name of the channels, such as "stereo".
            is_steady: whether the sound begins at time 0, with silence if need be, and goes on
                without gaps whatever the times of the frames; what was before is cut off.

        Raises:
            EncoderError: the encoder does not take such sound.
        """
        stream: Any = output.add_stream(encoder, rate=rate)
        stream.layout = layout
        stream.bit_rate = _BITS_PER_CHANNEL * stream.layout.nb_channels
        try:
            stream.codec_context.open()
        except (av.FFmpegError, ValueError) as error:
            message = f"{encoder} cannot encode {layout} sound: {reason_of(error)}"
            raise EncoderError(message) from error
        self.stream = stream
        self._is_steady = is_steady
        self._graph: av.filter.Graph | None = None
        self._kind: tuple[str, str, int] | None = None

    def encode(self, frame: AudioFrame) -> list[Packet[Any]]:
        """Take a frame, which has a time; broadcasts change between stereo and more channels."""
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        packets: list[Packet[Any]] = []
        if self._graph is None or kind != self._kind:
            packets = self._emptied()
            self._graph, self._kind = self._resampling(frame), kind
        self._graph.push(frame)
        return packets + self._encoded(self._graph)

    def flush(self) -> list[Packet[Any]]:
        """Return what is left at the end."""
        return self._emptied() + list(self.stream.encode(None))

    def _emptied(self) -> list[Packet[Any]]:
        """Return what the filters still hold."""
        if self._graph is None:
            return []
        self._graph.push(None)
        return self._encoded(self._graph)

    def _resampling(self, frame: AudioFrame) -> av.filter.Graph:
        """Return filters that make of such frames what the encoder takes."""
        graph = av.filter.Graph()
        context = self.stream.codec_context
        rate = context.sample_rate
        options = [str(rate)]
        if self._is_steady:
            options += [_STEADY] if self._graph else [_STEADY, _FROM_THE_BEGINNING]
        steps = [
            graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format.name,
                layout=frame.layout.name,
                time_base=frame.time_base or Fraction(1, frame.sample_rate),
            ),
            graph.add("aresample", ":".join(options)),
            graph.add("aformat", f"{context.format.name}:{rate}:{self.stream.layout.name}"),
        ]
        if context.frame_size:
            steps.append(graph.add("asetnsamples", f"n={context.frame_size}:p=0"))
        graph.link_nodes(*steps, graph.add("abuffersink")).configure()
        return graph

    def _encoded(self, graph: av.filter.Graph) -> list[Packet[Any]]:
        packets: list[Packet[Any]] = []
        while True:
            try:
                frame = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return packets
            packets += self.stream.encode(frame)
