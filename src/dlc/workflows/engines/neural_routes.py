"""Which provider runs each model of a neural swap, with its share of the CPU."""

from __future__ import annotations

from collections.abc import Mapping

from dlc.host.host import Host
from dlc.inference.route import Route
from dlc.inference.router import choose_route, choose_routes
from dlc.model_store.role import Role
from dlc.options import Provider

# What works side by side while frames are processed, in the way that `dlc swap` uses them.
_TOGETHER = (Role.DETECTOR, Role.SWAPPER)


def neural_routes(host: Host, provider: Provider, threads: int) -> Mapping[Role, Route]:
    """Choose the route of every role.

    Detector and swapper share the threads, as they work on two frames at the same time. The
    others may take them all. Recognizer and landmarker run for a moment, before the first frame or
    in between. An enhancer or occluder works beside the swapper, but not always in every frame, and
    threads that wait for work do not spin: a swapper and an enhancer with a thread each were no
    faster on two cores than with two each, in three series of runs taken in turns.

    Args:
        host: the machine.
        provider: what the user asked for.
        threads: CPU threads for all models together.

    Raises:
        ProviderError: `provider` cannot run the models here.
    """
    shared = choose_routes(_TOGETHER, host, provider=provider, threads=threads)
    return {
        role: shared.get(role) or choose_route(role, host, provider=provider, threads=threads)
        for role in Role
    }
