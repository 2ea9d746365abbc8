"""Certificates and small files to sign, for the tests of provenance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.media.image.heif_files import heic
from tests.media.material import Clip, make

DAY = timedelta(days=1)
# By which a studio could be issued its certificate.
Pair = tuple[Path, Path]


def issued(folder: Path, *, until: timedelta = DAY, for_signing: bool = True) -> Pair:
    """Write a chain of two certificates and the key of the first; return the two paths."""
    root_key, key = (ec.generate_private_key(ec.SECP384R1()) for _ in range(2))
    root = _certificate("A root", root_key, "A root", root_key, DAY, is_authority=True)
    leaf = _certificate(
        "A studio", key, "A root", root_key, until, is_authority=False, for_signing=for_signing
    )
    certificates, private = folder / "studio.pem", folder / "studio.key"
    certificates.write_bytes(b"".join(_pem(known) for known in (leaf, root)))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificates, private


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    until: timedelta,
    *,
    is_authority: bool,
    for_signing: bool = True,
) -> x509.Certificate:
    usage = {
        "digital_signature": for_signing,
        "content_commitment": False,
        "key_encipherment": not for_signing,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": is_authority,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - 10 * DAY)
        .not_valid_after(datetime.now(UTC) + until)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
        )
    )
    if not is_authority:
        purpose = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purpose), critical=False)
    return builder.sign(issuer_key, hashes.SHA384())


def _name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, text),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


def small_file(path: Path) -> Path:
    """Write a small video or picture of the kind that the name asks for."""
    if path.suffix in (".mp4", ".m4v", ".mov", ".mkv", ".avi"):
        return make(path, Clip(metadata={"comment": "a holiday"}))
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    if path.suffix == ".heic":
        path.write_bytes(heic(picture))
    elif not cv2.imwrite(str(path), picture):
        raise OSError(f"cannot write {path}")
    return path


def changed(path: Path, unsigned: Path) -> Path:
    """Write a copy of a signed file of which one byte of the content is another.

    The byte is one from the middle of the file as it was before it was signed.
    """
    before, content = unsigned.read_bytes(), bytearray(path.read_bytes())
    middle = len(before) // 2
    content[content.index(before[middle : middle + 24])] ^= 1
    copy = path.with_name(f"changed{path.suffix}")
    copy.write_bytes(content)
    return copy
