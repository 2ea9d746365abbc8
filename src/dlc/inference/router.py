"""Chooses the provider of each model; every decision is a pure function of the machine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dlc.errors import ProviderError
from dlc.host.host import Finding, Host
from dlc.host.obstacles import absence, accelerators, doubts, obstacles
from dlc.inference.provider_routes import ROUTES, cpu_route
from dlc.inference.route import Route
from dlc.inference.thread_shares import share_threads
from dlc.model_store.role import Role
from dlc.options import Provider


def choose_routes(
    roles: Collection[Role], host: Host, *, provider: Provider = Provider.AUTO, threads: int
) -> dict[Role, Route]:
    """Choose the routes of models that run concurrently.

    Args:
        roles: the models in use.
        host: the machine, from `dlc.host.detect.detect_host`.
        provider: the user's choice.
        threads: CPU threads for all of them together; each gets its share.

    Raises:
        ProviderError: as in `choose_route`.
    """
    shares = share_threads(threads, roles)
    return {
        role: choose_route(role, host, provider=provider, threads=shares[role]) for role in roles
    }


def choose_route(
    role: Role, host: Host, *, provider: Provider = Provider.AUTO, threads: int
) -> Route:
    """Choose which provider runs a model, and how.

    The built-in models stay on the CPU whatever the choice: they need a millisecond or two, and as
    long again for a round trip to a GPU.

    Args:
        role: the model's role.
        host: the machine, from `dlc.host.detect.detect_host`.
        provider: the user's choice.
        threads: CPU threads this model may use.

    Raises:
        ProviderError: the installed ONNX Runtime lacks the requested provider; the message names
            the package that has it.
    """
    if role is Role.BUILT_IN:
        route = cpu_route(role, host, threads)
        return replace(route, reason=f"{route.reason}; too small to gain from anything else")
    if provider is Provider.AUTO:
        return _best_route(role, host, threads)
    return _asked_route(role, host, provider, threads)


def _asked_route(role: Role, host: Host, provider: Provider, threads: int) -> Route:
    missing = absence(provider, host)
    if missing is not None:
        raise ProviderError(f"`provider={provider.value!r}`: {missing}")
    # Only the session shows whether these doubts are right; if so, they are the explanation.
    findings = doubts(provider, host)
    return replace(ROUTES[provider](role, host, threads), by_name=True, findings=findings)


def _best_route(role: Role, host: Host, threads: int) -> Route:
    passed_over: list[Finding] = []
    for provider in accelerators(host):
        in_the_way = obstacles(provider, host)
        if not in_the_way:
            route = ROUTES[provider](role, host, threads)
            return replace(route, findings=tuple(passed_over))
        passed_over += in_the_way
    route = replace(cpu_route(role, host, threads), findings=tuple(passed_over))
    if passed_over:
        return route
    return replace(route, reason=f"{route.reason}, as no accelerator was found")
