"""What `dlc probe` says of each way in which ONNX Runtime can be installed for NVIDIA's GPUs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dlc.host.detect import detect_host
from dlc.host.findings import host_findings
from dlc.host.host import Finding, Nvidia, Runtime
from tests.host import machines

REMEDY = 'pip uninstall -y {} && pip install "onnxruntime-gpu[cuda,cudnn]"'
CPU_RUNTIME = Runtime("1.32.0", (machines.CPU,))
GPU_RUNTIME = Runtime("1.31.1", (machines.TENSORRT, machines.CUDA, machines.CPU), "13.0")


def lay_down(folder: Path, name: str, version: str, *requirements: str) -> None:
    """Leave what pip leaves of a distribution's metadata."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    (info / "METADATA").write_text("\n".join([*lines, ""]))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is all of Python's path, so that only what lies there is installed."""
    lay_down(tmp_path, "insightface", "2.1", "numpy", "onnxruntime")
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    return tmp_path


def findings(runtime: Runtime, *, libraries: bool = True) -> tuple[Finding, ...]:
    """Look at this machine with another runtime, as if it had a GPU and, or not, its libraries."""
    host = detect_host(runtime)
    gpu = Nvidia(driver=True, bindings=True, gpus=(machines.RTX_3060,))
    host = replace(host, system="Linux", nvidia=gpu)
    if libraries and host.cuda_libraries is not None:
        host = replace(host, cuda_libraries=replace(host.cuda_libraries, missing=()))
    return host_findings(host)


def test_only_the_gpu_package_is_all_right(site: Path) -> None:
    lay_down(site, "onnxruntime-gpu", "1.31.1")
    assert findings(GPU_RUNTIME) == ()


def test_only_the_cpu_package_has_no_cuda(site: Path) -> None:
    lay_down(site, "onnxruntime", "1.32.0")
    (finding,) = findings(CPU_RUNTIME)
    assert "(onnxruntime 1.32.0) was built without CUDA" in finding.problem
    assert finding.remedy == "run: " + REMEDY.format("onnxruntime")


@pytest.mark.parametrize("runtime", [CPU_RUNTIME, GPU_RUNTIME])
def test_both_are_a_conflict_whichever_was_written_last(runtime: Runtime, site: Path) -> None:
    # `pip install 'dlc[cuda]'` leaves the CPU's on top.
    lay_down(site, "onnxruntime", "1.32.0")
    lay_down(site, "onnxruntime-gpu", "1.31.1")
    first, *_ = findings(runtime)
    assert "onnxruntime 1.32.0 and onnxruntime-gpu 1.31.1 are installed together" in first.problem
    assert "required by insightface" in first.problem
    assert first.remedy == "run: " + REMEDY.format("onnxruntime onnxruntime-gpu")


def test_the_gpu_package_without_libraries_names_them(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down(site, "onnxruntime-gpu", "1.31.1")
    monkeypatch.setattr("dlc.host.cuda_libraries.loads", lambda _name: False)
    monkeypatch.setattr("sys.platform", "linux")
    (finding,) = findings(GPU_RUNTIME, libraries=False)
    assert finding.problem.startswith("libraries of CUDA 13.0 are missing: libcublasLt.so.13, ")
    assert "libcudnn.so.9" in finding.problem
    assert finding.remedy == 'run: pip install "onnxruntime-gpu[cuda,cudnn]"'


def test_wheels_of_nvidia_are_found_where_pip_puts_them(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down(site, "onnxruntime-gpu", "1.31.1")
    monkeypatch.setattr("dlc.host.cuda_libraries.loads", lambda _name: False)
    monkeypatch.setattr("sys.platform", "linux")
    for folder, names in {
        "nvidia/cu13/lib": ("libcublasLt.so.13", "libcublas.so.13", "libcudart.so.13"),
        "nvidia/curand/lib": ("libcurand.so.10",),
        "nvidia/cudnn/lib": ("libcudnn.so.9",),
    }.items():
        (site / folder).mkdir(parents=True)
        for name in names:
            (site / folder / name).touch()
    assert findings(GPU_RUNTIME, libraries=False) == ()
