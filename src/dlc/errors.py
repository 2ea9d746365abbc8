"""The one family of errors that dlc raises, each with the exit code the command line ends with."""

from __future__ import annotations


class DlcError(Exception):
    """Base of every error a user can meet; the message says what happened and what to do.

    Attributes:
        exit_code: what the command line ends with.
        summary: the kind of failure in a few words.
    """

    exit_code = 1
    summary = "unexpected error"


class OptionError(DlcError):
    """An option's value is invalid, by itself or together with others."""

    exit_code = 2
    summary = "wrong option"


class InputError(DlcError):
    """An input is missing, empty, unreadable, or not the kind of file that was asked for."""

    exit_code = 3
    summary = "unusable input"


class DamagedInputError(InputError):
    """An input cannot be read to its end."""

    exit_code = 4
    summary = "damaged input"


class NoFaceError(DlcError):
    """No usable face was found where one is needed."""

    exit_code = 5
    summary = "no face"


class OutputError(DlcError):
    """The output may not or cannot be written where it was asked for."""

    exit_code = 6
    summary = "output not possible"


class EncoderError(DlcError):
    """The encoder is unknown, cannot be opened, or does not fit the container or the pictures."""

    exit_code = 7
    summary = "unusable encoder"


class WriteError(OutputError):
    """Writing began and failed, for instance because the disk is full."""

    exit_code = 8
    summary = "writing failed"


class ModelError(DlcError):
    """A model file is missing, damaged, or not the model it should be."""

    exit_code = 9
    summary = "missing or damaged model"


class MissingLibraryError(DlcError):
    """A library that dlc needs cannot be loaded on this machine."""

    exit_code = 10
    summary = "missing library"


class StageError(DlcError):
    """A pipeline stage failed in a way that no other error describes."""

    exit_code = 11
    summary = "internal error"


class ProviderError(DlcError):
    """The requested provider, a GPU for instance, does not run the models on this machine."""

    exit_code = 12
    summary = "provider unavailable"


class CameraError(DlcError):
    """A camera or live stream is missing, busy, gone, or delivers no usable picture."""

    exit_code = 13
    summary = "camera unusable or gone"


class VirtualCameraError(DlcError):
    """The virtual camera is missing or went away."""

    exit_code = 14
    summary = "virtual camera missing or gone"


class SafeguardError(DlcError):
    """A photo or the target shows content that dlc refuses."""

    exit_code = 15
    summary = "content refused"


class ProvenanceError(DlcError):
    """An output could not be signed, or a signed file was changed."""

    exit_code = 16
    summary = "signing failed"


class ResourceError(DlcError):
    """The machine, or a limit set for the process, has too little memory or too few threads."""

    exit_code = 17
    summary = "too little memory"


class MicrophoneError(DlcError):
    """A microphone is missing, busy or gone."""

    exit_code = 18
    summary = "microphone unusable or gone"


class Cancelled(DlcError):  # noqa: N818 - an outcome the user asked for, not a fault
    """The user stopped the run."""

    exit_code = 130
    summary = "stopped"


def resource_error(error: BaseException, where: str) -> ResourceError | None:
    """Return the error to raise in place of one that reports a lack of memory.

    Args:
        error: from any library; each reports it in its own way.
        where: what was being done, for the message.

    Returns:
        None if `error` is about something else.
    """
    signs = ("bad_alloc", "can't start new thread", "Insufficient memory", "annot allocate memory")
    if not isinstance(error, MemoryError) and not any(sign in str(error) for sign in signs):
        return None
    return ResourceError(
        f"not enough memory or threads for {where}: close other programs, raise the limit set for "
        "this process, pass `threads=1`, or scale the target down"
    )
