"""Identity of people and machines from elsewhere: OpenID Connect and signed tokens."""

from cdi.interop.identity.client_token import issuer_of, read_client_token
from cdi.interop.identity.keys import KeySource
from cdi.interop.identity.provider import Identity, LogoutNotice, Provider, ProviderSettings

__all__ = [
    "Identity",
    "KeySource",
    "LogoutNotice",
    "Provider",
    "ProviderSettings",
    "issuer_of",
    "read_client_token",
]
