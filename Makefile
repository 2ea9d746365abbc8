# Everything here works in a fresh clone: what a target needs is installed into .venv first, or into
# .venv-cuda where it needs an NVIDIA GPU: ONNX Runtime's packages for the CPU and for CUDA fill the
# same folder, so they cannot share an environment. .venv-oldest is for old versions of packages.

PYTHON := python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CUDA_VENV := .venv-cuda
CUDA_BIN := $(CUDA_VENV)/bin
CUDA_READY := $(CUDA_VENV)/.ready
OLDEST_VENV := .venv-oldest
OLDEST_BIN := $(OLDEST_VENV)/bin
OLDEST_READY := $(OLDEST_VENV)/.ready
PYTEST := pytest --numprocesses auto --maxprocesses 4 --dist worksteal
# `make ONNXRUNTIME_GPU='onnxruntime-gpu[cuda,cudnn]<1.27' ...` is for drivers without CUDA 13.
ONNXRUNTIME_GPU = onnxruntime-gpu[cuda,cudnn]>=1.24

# Only `make demo SOURCE=... TARGET=...` chooses other files, not a variable of the environment.
SOURCE = .demo/astronaut.png
TARGET = .demo/group.mp4
DEMO_INPUTS := .demo/astronaut.png .demo/group.mp4
export SOURCE TARGET

.PHONY: help demo test test-oldest test-cuda fuzz lint format bench bench-cuda pictures clean
.DEFAULT_GOAL := help

help:
	@echo "make demo          swap a face onto a short clip (SOURCE=photo TARGET=video: onto yours)"
	@echo "make test          run the tests"
	@echo "make test-oldest   run them with the oldest packages that dlc takes"
	@echo "make test-cuda     run the tests that need an NVIDIA GPU"
	@echo "make fuzz          read hundreds of damaged files, look for new counterexamples"
	@echo "make lint          check style, types and the direction of imports"
	@echo "make format        rewrite the code in the project's style"
	@echo "make bench         measure the speed at 960x540 and 1920x1080"
	@echo "make bench-memory  measure the memory a long video needs"
	@echo "make bench-cuda    measure what an NVIDIA GPU does"
	@echo "make bench-...     measure what another section of PERFORMANCE.md names"
	@echo "make pictures      draw the pictures of README.md"
	@echo "make clean         remove everything these commands made"

define check_python
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "dlc needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
endef

# Makes the virtual environment $(1) with dlc and its tools.
define make_environment
@$(PYTHON) -m venv $(1) || { \
  echo "cannot make a virtual environment (Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
endef

$(READY): pyproject.toml
	@echo "==> Setting up $(VENV): a virtual environment with dlc and its tools"
	$(check_python)
	$(call make_environment,$(VENV))
	@touch $@

# It is gigabytes, so the driver comes first. Servers often lack the libraries of OpenCV's windows.
$(CUDA_READY): pyproject.toml
	$(check_python)
	@$(PYTHON) -c 'import ctypes; ctypes.CDLL("libnvidia-ml.so.1")' 2>/dev/null || { \
	  echo "no NVIDIA driver can be loaded, so $(CUDA_VENV) is not set up:" \
	    "install it from nvidia.com/drivers, or start the container with its GPUs" >&2; exit 1; }
	@echo "==> Setting up $(CUDA_VENV): as $(VENV), with ONNX Runtime for CUDA and its libraries"
	$(call make_environment,$(CUDA_VENV))
	@$(CUDA_BIN)/python -m pip uninstall --quiet --disable-pip-version-check --yes onnxruntime onnxruntime-gpu
	@$(CUDA_BIN)/python -m pip install --quiet --disable-pip-version-check '$(ONNXRUNTIME_GPU)'
	@$(CUDA_BIN)/python -c 'import cv2' 2>/dev/null || { \
	  $(CUDA_BIN)/python -m pip uninstall --quiet --disable-pip-version-check --yes opencv-python && \
	  $(CUDA_BIN)/python -m pip install --quiet --disable-pip-version-check opencv-python-headless; }
	@touch $@

# pip takes the newest packages that pyproject.toml allows, uv the oldest if told to.
$(OLDEST_READY): pyproject.toml
	@echo "==> Setting up $(OLDEST_VENV): as $(VENV), with the oldest packages that dlc takes"
	$(check_python)
	@$(PYTHON) -m venv --clear $(OLDEST_VENV)
	@$(OLDEST_BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(OLDEST_BIN)/uv pip install --quiet --python $(OLDEST_BIN)/python --resolution lowest-direct \
	  --editable '.[dev]'
	@touch $@

# The second file comes out of the same run as the first.
.demo/astronaut.png: tests/clips.py $(READY)
	@echo "==> Making the demo's photo and clip from pictures that installed packages ship"
	@$(BIN)/python -m tests.clips .demo
.demo/group.mp4: .demo/astronaut.png ;

demo: $(READY) $(filter $(DEMO_INPUTS),$(SOURCE) $(TARGET))
	@mkdir -p .demo
	@name=$${TARGET##*/}; output=.demo/$${name%.*}-swapped.$${name##*.}; sheet=.demo/$${name%.*}-contact-sheet.png; \
	echo "==> Swapping the face of $$SOURCE onto $$TARGET"; \
	$(BIN)/dlc swap "$$SOURCE" "$$TARGET" "$$output" --overwrite --contact-sheet "$$sheet" && \
	echo "==> Done" && \
	echo "video:         $$output" && \
	echo "contact sheet: $$sheet"

# Where this is set, every process that a test starts would compile all of dlc anew.
test test-oldest: export PYTHONDONTWRITEBYTECODE =
test: $(READY)
	@echo "==> Running the tests"
	@$(BIN)/python -m $(PYTEST)

test-oldest: $(OLDEST_READY)
	@echo "==> Running the tests with the oldest packages"
	@$(OLDEST_BIN)/python -m $(PYTEST)

# Without a GPU nearly all of these would be skipped, and pass.
test-cuda: $(CUDA_READY)
	@$(CUDA_BIN)/python -m tests.nvidia_gpu
	@echo "==> Running the tests that need an NVIDIA GPU"
	@$(CUDA_BIN)/python -m pytest tests/inference/test_on_cuda.py \
	  tests/media/video/test_hardware.py tests/media/video/reading/test_nvdec.py

fuzz: $(READY)
	@echo "==> Reading 500 damaged media files and 200 damaged models"
	@$(BIN)/python -m tests.faults.fuzz
	@echo "==> Looking for new counterexamples to every property"
	@$(BIN)/python -m $(PYTEST) -m hypothesis --hypothesis-profile search

lint: $(READY)
	@echo "==> Checking style"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "==> Checking types"
	@$(BIN)/mypy
	@echo "==> Checking the direction of imports"
	@$(BIN)/lint-imports --no-logo

format: $(READY)
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: bench-speed

# Each subject is a module of tests/bench.
bench-%: $(READY)
	@echo "==> Measuring $*; this takes minutes and wants an idle machine"
	@$(BIN)/python -m tests.bench $*

bench-cuda: $(CUDA_READY)
	@echo "==> Measuring cuda; this takes minutes and wants an idle machine"
	@$(CUDA_BIN)/python -m tests.bench cuda

pictures: $(READY)
	@echo "==> Drawing the pictures of README.md; one of the photos comes with matplotlib"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[pictures]'
	@$(BIN)/python -m tests.pictures .github/pictures

clean:
	@echo "==> Removing $(VENV), $(CUDA_VENV), $(OLDEST_VENV), .demo, .bench and caches"
	@rm -rf $(VENV) $(CUDA_VENV) $(OLDEST_VENV) .demo .bench build dist
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests models -name __pycache__ -type d -prune -exec rm -rf {} +
