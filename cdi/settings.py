"""Settings from the environment (``CDI_*``) or a ``.env`` file; nothing is read at import."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a site may set.

    Attributes:
        models_dir: another place of the rule packs (``CDI_MODELS_DIR``).
        templates_dir: another place of the query templates (``CDI_TEMPLATES_DIR``).
        statistical_model: name or path of an installed spaCy model whose entities are added as
            problem mentions, for example ``en_core_sci_sm``. Nothing depends on it.
        max_note_chars: notes longer than this are refused with a clear error.
        eval_dir: labelled notes for ``cdi evaluate`` (``CDI_EVAL_DIR``).
    """

    model_config = SettingsConfigDict(env_prefix="CDI_", env_file=".env", extra="ignore")

    models_dir: Path | None = None
    templates_dir: Path | None = None
    statistical_model: str | None = None
    max_note_chars: int = 20_000_000
    eval_dir: Path | None = None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
