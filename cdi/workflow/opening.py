"""Opening a desk for a process: store, rules, letters and codes from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cdi import resources
from cdi.compliance import load_pack
from cdi.errors import SettingError
from cdi.interop.identity import Provider, ProviderSettings
from cdi.nlp.code_index import CodeIndex
from cdi.rules.catalogue import Catalogue
from cdi.rules.loader import Strict, read_document, validate
from cdi.settings import Settings
from cdi.storage.opening import open_store
from cdi.workflow.desk import Desk, Outlets, Weigh
from cdi.workflow.provisioning import read_role_map
from cdi.workflow.scan import default_scanner
from cdi.workflow.single_sign_on import SingleSignOn

MakeWeigh = Callable[[Catalogue], Weigh]
"""Makes what weighs findings; given by those who may know (``cdi.impact``)."""


def open_desk(
    settings: Settings, *, make_weigh: MakeWeigh | None = None, pool_size: int = 5
) -> Desk:
    """Return a desk with the installed rules; takes seconds, and is done once in a process.

    Args:
        settings: name the database and its keys.
        make_weigh: makes what weighs findings; called only where the settings allow it.
        pool_size: database connections kept open.

    Raises:
        SettingError: the database or a key cannot be used, or a folder is not there.
    """
    store = open_store(settings, pool_size=pool_size)
    scanner = default_scanner()
    return Desk(
        store=store,
        scanner=scanner,
        pack=load_pack(scanner.catalogue),
        codes=open_codes(scanner.catalogue),
        weigh=make_weigh(scanner.catalogue) if make_weigh and settings.impact else None,
        address=settings.public_url.rstrip("/"),
        letterheads=find_letterheads(settings.letterheads_dir),
        outlets=outlets_of(settings),
    )


def find_letterheads(folder: Path | None) -> dict[str, Path]:
    """Return the folders of facilities' own templates by the code of the facility.

    Raises:
        SettingError: there is no such folder.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SettingError(f"CDI_LETTERHEADS_DIR: no folder {folder}")
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}


def open_sign_on(settings: Settings) -> SingleSignOn | None:
    """Return the identity provider of the settings, None if there is none; calls nobody.

    Raises:
        SettingError: a setting beside the issuer is missing or cannot be used.
    """
    if not settings.oidc_issuer:
        return None
    if not settings.public_url:
        raise SettingError("public_url: the identity provider sends browsers back to it")
    given = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        scopes=settings.oidc_scopes,
        algorithms=tuple(settings.oidc_algorithms.replace(" ", "").split(",")),
    )
    return SingleSignOn(
        Provider(given),
        link_claim=settings.oidc_link_claim,
        roles_claim=settings.oidc_roles_claim,
        roles=read_role_map(settings.oidc_roles),
    )


def outlets_of(settings: Settings) -> Outlets:
    """Return by what a site tells others what happens."""
    return Outlets(
        email=bool(settings.smtp_host),
        hl7=frozenset(settings.hl7_topics.split() if settings.hl7_send_to else ()),
        fhir=frozenset(settings.fhir_topics.split() if settings.fhir_send_to else ()),
        networks=settings.webhook_networks,
    )


def open_codes(catalogue: Catalogue) -> CodeIndex:
    """Return the index of codes, with the wordings of answers that the catalogue gives codes.

    Raises:
        RuleError: the list of short forms is wrong; names file, line and key.
    """
    folder = resources.models() / "codes"
    short = validate(ShortForms, read_document(folder / "short_forms.yaml"))
    return CodeIndex(folder / "icd10cm.tsv.gz", _option_terms(catalogue), short.short_forms)


class ShortForms(Strict):
    """``models/codes/short_forms.yaml``: what is written short, and how the code set writes it."""

    short_forms: dict[str, str]


def _option_terms(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for condition in catalogue.conditions.values():
        for finding in condition.spec.findings.values():
            for option in finding.options:
                if option.code:
                    yield option.code, option.text.split(" (please ")[0]
