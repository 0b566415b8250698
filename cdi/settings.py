"""Settings from the environment (``CDI_*``) or a ``.env`` file; nothing is read at import."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a site may set.

    Attributes:
        models_dir: another place of the rule packs (``CDI_MODELS_DIR``).
        templates_dir: another place of the query templates (``CDI_TEMPLATES_DIR``).
        letterheads_dir: a folder for each facility, named by its code, with the templates in which
            its letters differ (``CDI_LETTERHEADS_DIR``, query_templates/README.md).
        statistical_model: name or path of an installed spaCy model whose entities are added as
            problem mentions, for example ``en_core_sci_sm``. Nothing depends on it.
        max_note_chars: notes longer than this are refused with a clear error.
        eval_dir: labelled notes for ``cdi evaluate`` (``CDI_EVAL_DIR``).
        database_url: ``sqlite:///file`` or ``postgresql+psycopg://user@host/name``.
        audit_key_file: the key that chains the audit trail, in hexadecimal; made by
            ``cdi db upgrade`` where it is missing. Keep it where the database is not.
        encryption_keys: ``id:base64[,id:base64...]``, 32 bytes each; the first seals, all open.
            Empty: the texts of patients are stored as they are.
        site_file: the mapping file of the site's codes and units (``CDI_SITE_FILE``,
            docs/intake.md).
        public_url: where people reach the desk, such as ``https://cdi.example.org``; for links in
            notices and for the way back from an identity provider.
        secure_cookies: whether session cookies travel over https only (``CDI_SECURE_COOKIES``);
            off only to try the pages on one's own machine without a proxy.
        oidc_issuer: the identity provider, exactly as it names itself; empty: local accounts only
            (``CDI_OIDC_*``: docs/identity.md).
        oidc_client_id: what the provider calls this desk.
        oidc_client_secret: shared with the provider; empty for a public client.
        oidc_scopes: what is asked of the provider.
        oidc_algorithms: with which its ID tokens may be signed, by commas.
        oidc_link_claim: claim that names the login of an account not linked yet; empty: none is.
        oidc_roles_claim: claim that names a person's groups.
        oidc_roles: as JSON, what each group gives: ``{"cdi-team": ["general:specialist"]}``;
            empty: the provider gives no roles.
        impact: whether what findings are worth may rank worklists; off unless switched on.
    """

    model_config = SettingsConfigDict(env_prefix="CDI_", env_file=".env", extra="ignore")

    models_dir: Path | None = None
    templates_dir: Path | None = None
    letterheads_dir: Path | None = None
    statistical_model: str | None = None
    max_note_chars: int = 20_000_000
    eval_dir: Path | None = None
    database_url: SecretStr = SecretStr("sqlite:///cdi.sqlite3")
    audit_key_file: Path = Path("cdi-audit.key")
    encryption_keys: SecretStr = SecretStr("")
    site_file: Path | None = None
    public_url: str = ""
    secure_cookies: bool = True
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: str = "openid profile email"
    oidc_algorithms: str = "RS256,PS256,ES256"
    oidc_link_claim: str = ""
    oidc_roles_claim: str = "groups"
    oidc_roles: dict[str, list[str]] = {}
    impact: bool = False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
