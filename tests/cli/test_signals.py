"""Ctrl-C and termination ask for a clean stop instead of interrupting."""

from __future__ import annotations

import signal

import pytest

from dlc.cli.signals import stopping_on_signals
from dlc.pipeline import CancelToken


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_token_and_nothing_else(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    cancel = CancelToken()
    with stopping_on_signals(cancel):
        assert not cancel.is_set
        signal.raise_signal(number)
        signal.raise_signal(number)
        assert cancel.is_set
    assert signal.getsignal(number) is before


def test_ctrl_break_is_one_of_them_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    number = getattr(signal, "SIGBREAK", None) or signal.SIGUSR1
    monkeypatch.setattr(signal, "SIGBREAK", number, raising=False)
    cancel = CancelToken()
    with stopping_on_signals(cancel):
        signal.raise_signal(number)
        assert cancel.is_set


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="the system knows no SIGHUP")
def test_a_run_under_nohup_survives_the_terminal() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        cancel = CancelToken()
        with stopping_on_signals(cancel):
            signal.raise_signal(signal.SIGHUP)
        assert not cancel.is_set
    finally:
        signal.signal(signal.SIGHUP, before)
