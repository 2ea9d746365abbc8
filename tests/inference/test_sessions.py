from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from dlc.errors import ModelError, ProviderError
from dlc.host.detect import detect_host
from dlc.host.host import Host
from dlc.host.providers import execution_provider
from dlc.inference.cpu import create_session
from dlc.inference.route import Route
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines

Feed = dict[str, NDArray[np.float32]]

_BUILT_IN = onnxruntime.get_available_providers()
# Providers that the installed ONNX Runtime lacks cannot start, whatever a machine is said to be.
without_cuda = pytest.mark.skipif(machines.CUDA in _BUILT_IN, reason="CUDA is built in")
without_coreml = pytest.mark.skipif(machines.COREML in _BUILT_IN, reason="CoreML is built in")

_GPU_MACHINE = machines.nvidia(machines.RTX_3060)
_MAC = machines.mac("Apple M3", (15, 3), "1.31.1")


def _cpu_route(role: Role = Role.SWAPPER) -> Route:
    return choose_route(role, machines.cpu_only(), threads=2)


def test_on_the_cpu_a_model_runs_as_in_a_plain_session(
    swapper_file: Path, swapper_feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(swapper_file, _cpu_route())
    (expected,) = create_session(swapper_file).run(["output"], swapper_feed)
    (output,) = session.run(["output"], swapper_feed)
    np.testing.assert_array_equal(output, expected)
    assert session.applied == machines.CPU
    assert session.findings == ()
    assert session.name == str(swapper_file)
    assert session.input_shape == (1, 3, 128, 128)
    assert session.session.get_session_options().intra_op_num_threads == 2
    assert not caplog.records


def test_a_model_is_taken_from_memory_as_well(swapper_file: Path, swapper_feed: Feed) -> None:
    from_file = open_session(swapper_file, _cpu_route()).run(None, swapper_feed)
    from_memory = open_session(swapper_file.read_bytes(), _cpu_route()).run(None, swapper_feed)
    np.testing.assert_array_equal(from_memory, from_file)


def test_the_nodes_of_every_provider_are_counted(swapper_file: Path) -> None:
    counts = open_session(swapper_file, _cpu_route()).nodes_by_provider()
    assert set(counts) == {machines.CPU}
    # Some of the 226 nodes of the file are fused when it is loaded.
    assert 150 < counts[machines.CPU] <= 226


@without_cuda
@pytest.mark.parametrize("provider", [Provider.CUDA, Provider.TENSORRT])
def test_a_provider_asked_for_by_name_that_does_not_start_is_an_error(
    provider: Provider, swapper_file: Path
) -> None:
    route = choose_route(Role.SWAPPER, _GPU_MACHINE, provider=provider, threads=1)
    with pytest.raises(ProviderError) as caught:
        open_session(swapper_file, route)
    message = str(caught.value)
    assert message.startswith(f"`provider={provider.value!r}`: the swapper {swapper_file}: ")
    assert "the model does not run on " in message
    assert "on the CPU" not in message
    assert ": the installed ONNX Runtime was built without it" in message
    assert "pip install" in message


@without_cuda
def test_an_old_gpu_is_not_advised_to_install_a_package_without_code_for_it(
    swapper_file: Path,
) -> None:
    host = machines.nvidia(machines.GTX_1060, release="1.26.0", cuda="12.8")
    session = open_session(swapper_file, choose_route(Role.SWAPPER, host, threads=1))
    (finding,) = session.findings
    assert 'pip install "onnxruntime-gpu[cuda,cudnn]<1.27" "nvidia-cudnn' in finding.remedy


@without_cuda
def test_the_error_names_what_is_missing_if_that_was_known_before(swapper_file: Path) -> None:
    host = machines.without_libraries(_GPU_MACHINE)
    route = choose_route(Role.SWAPPER, host, provider=Provider.CUDA, threads=1)
    with pytest.raises(
        ProviderError, match=r"libraries of CUDA 13\.0 are missing: libcudnn\.so\.9"
    ):
        open_session(swapper_file, route)


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        pytest.param(_GPU_MACHINE, Provider.CUDA, marks=without_cuda),
        pytest.param(_MAC, Provider.COREML, marks=without_coreml),
    ],
)
def test_a_provider_of_the_routers_choice_that_does_not_start_is_a_loud_warning(
    host: Host,
    provider: Provider,
    swapper_file: Path,
    swapper_feed: Feed,
    caplog: pytest.LogCaptureFixture,
) -> None:
    route = choose_route(Role.SWAPPER, host, threads=1)
    assert route.provider is provider
    session = open_session(swapper_file, route)
    (finding,) = session.findings
    assert "on the CPU: the installed ONNX Runtime was built without it" in finding.problem
    assert "`provider='cpu'`" in finding.remedy
    assert session.applied == machines.CPU
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert caplog.messages == [f"the swapper runs on {machines.CPU}: {finding}"]
    (output,) = session.run(["output"], swapper_feed)
    assert output.shape == (1, 3, 128, 128)


@pytest.mark.skipif("OpenVINOExecutionProvider" in _BUILT_IN, reason="OpenVINO is built in")
def test_what_openvino_needs_on_windows_is_told(swapper_file: Path) -> None:
    host = replace(machines.openvino(), system="Windows")
    route = choose_route(Role.SWAPPER, host, provider=Provider.OPENVINO, threads=1)
    packages = "onnxruntime-openvino==1.24.1 openvino==2025.4.1"
    with pytest.raises(ProviderError, match=f"run: pip install --upgrade {packages}, or use"):
        open_session(swapper_file, route)


def test_what_the_router_passed_over_is_warned_of(
    swapper_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = machines.with_cpu_package(_GPU_MACHINE)
    session = open_session(swapper_file, choose_route(Role.SWAPPER, host, threads=1))
    assert "was built without CUDA" in session.findings[0].problem
    assert "was built without CUDA" in caplog.text
    assert "onnxruntime-gpu" in caplog.text


@pytest.mark.parametrize("provider", [provider for provider in Provider if provider != "auto"])
def test_every_provider_of_this_machine_runs_the_model_or_says_why_not(
    provider: Provider, swapper_file: Path, swapper_feed: Feed
) -> None:
    if execution_provider(provider) not in _BUILT_IN:
        pytest.skip(f"{provider} is not built into the installed ONNX Runtime")
    host = detect_host(installed_runtime())
    route = choose_route(Role.SWAPPER, host, provider=provider, threads=1)
    refusal = ""
    try:
        session = open_session(swapper_file, route)
    except ProviderError as error:
        refusal = str(error)
    if refusal:
        assert provider is not Provider.CPU
        assert refusal.startswith(f"`provider={provider.value!r}`: ")
        return
    assert session.applied == execution_provider(provider)
    (expected,) = create_session(swapper_file).run(["output"], swapper_feed)
    (output,) = session.run(["output"], swapper_feed)
    np.testing.assert_allclose(output, expected, atol=1 / 255)


@pytest.mark.parametrize("kept", [0, 4, 10_000, -1])
@pytest.mark.parametrize("host", [machines.cpu_only(), _GPU_MACHINE, _MAC])
def test_a_truncated_model_is_the_models_fault_on_any_route(
    host: Host, kept: int, swapper_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(swapper_file.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"cut\.onnx cannot be loaded .*`dlc models pull`"):
        open_session(path, choose_route(Role.SWAPPER, host, threads=1))


def test_a_missing_model_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx cannot be loaded"):
        open_session(tmp_path / "nowhere.onnx", _cpu_route())


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_route_fixes_the_input_that_a_model_leaves_open(
    in_memory: bool, open_sized_file: Path
) -> None:
    model = open_sized_file.read_bytes() if in_memory else open_sized_file
    route = _cpu_route(Role.DETECTOR)
    assert open_session(model, route).input_shape == (1, 3, "?", "?")
    fixed = open_session(model, replace(route, input_shape=(1, 3, 64, 64)))
    assert fixed.input_shape == (1, 3, 64, 64)
    (output,) = fixed.run(None, {"image": np.ones((1, 3, 64, 64), np.float32)})
    assert output.shape == (1, 3, 32, 32)
    with pytest.raises(ModelError, match="failed"):
        fixed.run(None, {"image": np.ones((1, 3, 32, 32), np.float32)})


def test_a_shape_that_the_model_cannot_have_is_refused(open_sized_file: Path) -> None:
    route = _cpu_route(Role.DETECTOR)
    with pytest.raises(ModelError, match=r"cannot be \(1, 3, 64, 32\)"):
        open_session(open_sized_file, replace(route, input_shape=(1, 3, 64, 32)))
    with pytest.raises(ModelError, match="4 dimensions where 2 were expected"):
        open_session(open_sized_file, replace(route, input_shape=(1, 512)))


def test_a_size_that_the_model_has_stays(swapper_file: Path) -> None:
    route = replace(_cpu_route(), input_shape=(1, 3, 256, 256))
    assert open_session(swapper_file, route).input_shape == (1, 3, 128, 128)


@pytest.mark.parametrize(
    "feed",
    [
        {"target": np.zeros((1, 3, 64, 64), np.float32), "source": np.zeros((1, 512), np.float32)},
        {"target": np.zeros((1, 3, 128, 128), np.float32)},
        {},
    ],
    ids=["wrong shape", "an input missing", "nothing"],
)
def test_inputs_that_do_not_fit_are_a_model_error(feed: Feed, swapper_file: Path) -> None:
    session = open_session(swapper_file, _cpu_route())
    with pytest.raises(ModelError, match=r"The swapper model .*narrow\.onnx failed"):
        session.run(["output"], feed)


def test_the_detector_finds_the_same_at_a_fixed_size(shared_data: Path) -> None:
    path = shared_data / "scrfd_500m_kps.onnx"
    route = _cpu_route(Role.DETECTOR)
    picture = np.random.default_rng(0).random((1, 3, 320, 320), np.float32)
    free = open_session(path, route).run(None, {"input.1": picture})
    fixed_session = open_session(path, replace(route, input_shape=(1, 3, 320, 320)))
    fixed = fixed_session.run(None, {"input.1": picture})
    assert len(free) == len(fixed) == 9
    for one, other in zip(free, fixed, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    # What computed the sizes of its layers is constant now.
    fewer = fixed_session.nodes_by_provider()[machines.CPU]
    assert fewer < open_session(path, route).nodes_by_provider()[machines.CPU]
