"""Every model file that dlc knows: its size, digest, license and addresses.

Digests decide what is used, so addresses only have to lead to the file. Addresses name a revision
if they can; others follow a branch or a release, and a file that changed there is refused.
"""

from __future__ import annotations

from dlc.model_store.licenses import DEEPFACELAB, GFPGAN, GPEN, INSIGHTFACE, SFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import License, ModelSpec, RemoteFile

_HUGGING_FACE = "https://huggingface.co"
_COLLECTION = f"{_HUGGING_FACE}/hacksider/deep-live-cam/resolve"
_PINNED = f"{_COLLECTION}/581e70b61240b7928404c17900437f47cfe94133"
_FACEFUSION = "models-3.1.0"
_RELEASES = "https://github.com/deepinsight/insightface/releases/download"
# The file keeps the name that its owner gave it.
_SFACE_FILE = "face_recognition_sface_2021dec.onnx"
_SFACE_PLACES = (
    "https://github.com/opencv/opencv_zoo/raw/47534e27c9851bb1128ccc0102f1145e27f23f98/models/"
    "face_recognition_sface",
    f"{_HUGGING_FACE}/opencv/face_recognition_sface/resolve/"
    "3d7082438a6e4551e840c9b2bb60b71e8da4b524",
)

_BUFFALO_L = RemoteFile(
    file="buffalo_l.zip",
    size=288_621_354,
    sha256="80ffe37d8a5940d59a7384c201a2a38d4741f2f3c51eef46ebb28218a7b0ca2f",
    urls=(f"{_RELEASES}/v0.7/buffalo_l.zip", f"{_RELEASES}/model-zoo/buffalo_l.zip"),
)


def _packed(name: str, role: Role, size: int, sha256: str) -> ModelSpec:
    """Return a model of InsightFace's package buffalo_l that is also available on its own."""
    file = f"buffalo_l/{name}.onnx"
    remote = RemoteFile(file, size, sha256, (f"{_PINNED}/buffalo_l/{file}",))
    return ModelSpec(name, role, INSIGHTFACE, remote, _BUFFALO_L)


def _single(
    name: str, role: Role, license_: License, size: int, sha256: str, *urls: str
) -> ModelSpec:
    return ModelSpec(name, role, license_, RemoteFile(f"{name}.onnx", size, sha256, urls))


MODELS = (
    _single(
        "inswapper_128",
        Role.SWAPPER,
        INSIGHTFACE,
        554_253_681,
        "e4a3f08c753cb72d04e10aa0f7dbe3deebbf39567d4ead6dce08e98aa49e16af",
        f"{_PINNED}/inswapper_128.onnx",
        f"{_RELEASES}/model-zoo/inswapper_128.onnx",
    ),
    _single(
        "inswapper_128_fp16",
        Role.SWAPPER,
        INSIGHTFACE,
        277_680_638,
        "6d51a9278a1f650cffefc18ba53f38bf2769bf4bbff89267822cf72945f8a38b",
        f"{_PINNED}/inswapper_128_fp16.onnx",
    ),
    _packed(
        "det_10g",
        Role.DETECTOR,
        16_923_827,
        "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
    ),
    _packed(
        "w600k_r50",
        Role.RECOGNIZER,
        174_383_860,
        "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
    ),
    _packed(
        "2d106det",
        Role.LANDMARKER,
        5_030_888,
        "f001b856447c413801ef5c42091ed0cd516fcd21f2d6b79635b1e733a7109dbf",
    ),
    ModelSpec(
        "sface",
        Role.RECOGNIZER,
        SFACE,
        RemoteFile(
            _SFACE_FILE,
            size=38_696_353,
            sha256="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
            urls=tuple(f"{place}/{_SFACE_FILE}" for place in _SFACE_PLACES),
        ),
    ),
    _single(
        "GFPGANv1.4",
        Role.ENHANCER,
        GFPGAN,
        340_256_690,
        "6548e54cbcf248af385248f0c1193b359c37a0f98b836282b09cf48af4fd2b73",
        f"{_COLLECTION}/main/GFPGANv1.4.onnx",
        f"{_HUGGING_FACE}/netrunner-exe/Face-Upscalers-onnx/resolve/main/GFPGANv1.4.onnx",
    ),
    _single(
        "GPEN-BFR-256",
        Role.ENHANCER,
        GPEN,
        75_715_262,
        "aa5bd3ab238640a378c59e4a560f7a7150627944cf2129e6311ae4720e833271",
        f"{_PINNED}/GPEN-BFR-256.onnx",
    ),
    _single(
        "GPEN-BFR-512",
        Role.ENHANCER,
        GPEN,
        284_244_491,
        "bf80acb8e91ba8852e3f012505be2c3b6cd6b3eed5ec605e3db87863c4e74d4e",
        f"{_PINNED}/GPEN-BFR-512.onnx",
    ),
    _single(
        "xseg_1",
        Role.OCCLUDER,
        DEEPFACELAB,
        70_324_286,
        "c4d1498b8a03b5fe2a3a5d2ef2a0402ab03bd51edaf5b2d8d5fb764702a97dd3",
        f"https://github.com/facefusion/facefusion-assets/releases/download/{_FACEFUSION}/xseg_1.onnx",
        f"{_HUGGING_FACE}/facefusion/{_FACEFUSION}/resolve/main/xseg_1.onnx",
    ),
)
