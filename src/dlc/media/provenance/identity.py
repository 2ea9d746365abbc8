"""Who signs: a private key and the certificate that goes with it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dlc.atomic_write import atomic_write
from dlc.errors import ProvenanceError
from dlc.media.files.failures import is_disk_full

IDENTITY_FILE = "signing.pem"
# What a self-made certificate says of its owner: nothing but by which program it was made.
_NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "dlc"),
        x509.NameAttribute(NameOID.COMMON_NAME, "dlc, self-signed"),
    ]
)
# RFC 5280, 4.1.2.5, for a certificate that has no well-defined end.
_NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_ECDSA = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What is needed to sign.

    Attributes:
        certificates: the signer's certificate and those it was issued by, PEM.
        key: the private key, PEM in PKCS #8.
        algorithm: C2PA's name of the signature algorithm.
    """

    certificates: bytes
    key: bytes = field(repr=False)
    algorithm: str


def user_identity(folder: Path) -> Identity:
    """Return the user's own identity; it is made where there is none yet.

    Two first runs at the same moment may each sign with a key of their own, of which one stays.

    Args:
        folder: where the identity is kept, in a file that only the user may read.

    Raises:
        ProvenanceError: if it cannot be read or written, or others may read it.
    """
    path = folder / IDENTITY_FILE
    try:
        if not path.exists():
            _write_privately(path, _new_identity())
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ProvenanceError(
                f"others may read the signing key {path}: run chmod 600 on it, or delete it if "
                "somebody may have taken it; a new one is made then"
            )
        content = path.read_bytes()
    except OSError as error:
        cure = "free some space" if is_disk_full(error) else "make the folder writable"
        raise ProvenanceError(
            f"the signing key {path} cannot be read or made ({error.strerror}): {cure}, or pass "
            "`signed=False`"
        ) from error
    return _identity(content, content, f"{path}: delete it, a new one is made then")


def own_certificate(folder: Path) -> bytes | None:
    """Return the user's own certificate, PEM, or None where there is none that can be read."""
    try:
        certificates = x509.load_pem_x509_certificates((folder / IDENTITY_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return _pem(certificates)


def read_identity(certificate: Path, key: Path) -> Identity:
    """Read an identity that somebody else issued.

    Args:
        certificate: a PEM file with the signer's certificate first, then those it was issued by.
        key: a PEM file with the private key, without a passphrase.

    Raises:
        ProvenanceError: if a file cannot be read, does not hold what it should, or the two do not
            belong together.
    """
    remedy = f"{certificate} and {key}: give PEM files without a passphrase"
    return _identity(_content(certificate), _content(key), remedy)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProvenanceError(f"{path} cannot be read: {error.strerror}") from error


def _identity(certificates: bytes, key: bytes, remedy: str) -> Identity:
    try:
        chain = x509.load_pem_x509_certificates(certificates)
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise ProvenanceError(f"cannot sign with {remedy} ({error})") from error
    if chain[0].public_key() != private.public_key():
        raise ProvenanceError(f"cannot sign with {remedy} (the key is not the certificate's)")
    algorithm = _algorithm(private)
    if algorithm is None:
        raise ProvenanceError("cannot sign with this kind of key: use ECDSA, Ed25519 or RSA")
    return Identity(_pem(chain), _key_pem(private), algorithm)


def _algorithm(key: object) -> str | None:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _ECDSA.get(key.curve.name)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    return "ps256" if isinstance(key, rsa.RSAPrivateKey) else None


def _pem(chain: list[x509.Certificate]) -> bytes:
    return b"".join(known.public_bytes(serialization.Encoding.PEM) for known in chain)


def _key_pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _new_identity() -> bytes:
    """Return a new key and a certificate as C2PA wants it of a signer, both PEM.

    C2PA 2.4, 14.5.1: no certificate authority, digital signatures only, for the purpose of signing
    documents or mail, and with the identifier of the key by which it was issued, here its own.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    unused = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder(_NAME, _NAME, public, x509.random_serial_number())
        # Clocks differ: a file may be checked on a machine that is behind.
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(_NO_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **unused), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _key_pem(key) + _pem([certificate])


def _write_privately(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, mode=0o600) as file:
        file.write(content)
