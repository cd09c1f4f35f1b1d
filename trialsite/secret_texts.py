"""Texts that the database keeps encrypted: secrets of authenticator apps, and mails that carry a link."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def safe() -> MultiFernet:
    """Encrypts with the key derived from SECRET_KEY; reads what an older key wrote while that key is still named."""
    return MultiFernet([Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(key: str) -> bytes:
    stretched = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ecrf second factors").derive(key.encode())
    return base64.urlsafe_b64encode(stretched)
