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
        smtp_host: the mail server for notices (``CDI_SMTP_HOST``); none: no e-mail is sent.
        smtp_port: where it listens.
        smtp_security: ``starttls``, ``tls`` from the first byte, or ``none`` on this machine.
        smtp_user, smtp_password: where the mail server wants them.
        mail_from: the address that notices come from.
        webhook_networks: networks that webhooks may call although they are not public, and
            without TLS (``10.20.0.0/16,127.0.0.1/32``).
        hl7_send_to: ``host:port`` of the listener that takes our documents (MDM^T02 over MLLP).
        hl7_application: how that system is named in MSH-5.
        hl7_topics: which steps become a document.
        fhir_send_to: base address of the FHIR server that takes our resources.
        fhir_token: bearer token for it.
        fhir_topics: which steps become resources.
        queue_file: where the embedded queue of background work is kept; beside the database if
            it is not set. With PostgreSQL the queue is there.
        lease_seconds: how long one delivery may take before another worker tries it again.
        inbox_facility: code of the facility whose received HL7 v2 messages ``cdi worker`` applies.
        anchor_file: where ``cdi worker`` writes the daily anchor of the audit trail; best on
            another machine.
        log_level: ``debug``, ``info``, ``warning`` or ``error``.
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
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = ""
    webhook_networks: str = ""
    hl7_send_to: str = ""
    hl7_application: str = ""
    hl7_topics: str = "query.answered"
    fhir_send_to: str = ""
    fhir_token: SecretStr = SecretStr("")
    fhir_topics: str = "query.sent query.answered query.withdrawn query.expired"
    queue_file: Path | None = None
    lease_seconds: int = 300
    inbox_facility: str = ""
    anchor_file: Path | None = None
    log_level: str = "info"
    impact: bool = False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
