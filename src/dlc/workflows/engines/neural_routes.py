"""Which provider runs each model of a neural swap, with its share of the CPU."""

from __future__ import annotations

from collections.abc import Mapping

from dlc.host.host import Host
from dlc.inference.route import Route
from dlc.inference.router import choose_route, choose_routes
from dlc.model_store.role import Role
from dlc.options import Provider

# The models that run concurrently while `dlc swap` processes frames.
_TOGETHER = (Role.DETECTOR, Role.SWAPPER)


def neural_routes(host: Host, provider: Provider, threads: int) -> Mapping[Role, Route]:
    """Choose the route of every role.

    Detector and swapper share the threads, as they work on two frames at the same time. The others
    may use all of them. Recognizer and landmarker run only briefly, before the first frame or in
    between. An enhancer or occluder runs alongside the swapper, but not always in every frame, and
    threads waiting for work do not spin: in three interleaved series of runs on two cores, a
    swapper and an enhancer were no faster with one thread each than with two each.

    Args:
        host: the machine.
        provider: the user's choice.
        threads: CPU threads for all models together.

    Raises:
        ProviderError: `provider` cannot run the models here.
    """
    shared = choose_routes(_TOGETHER, host, provider=provider, threads=threads)
    return {
        role: shared.get(role) or choose_route(role, host, provider=provider, threads=threads)
        for role in Role
    }
