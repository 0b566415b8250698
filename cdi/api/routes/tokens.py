"""Tokens of machines, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from cdi.api.calls import Look
from cdi.api.schemas import NewTokenOut, TokenIn, TokenOut
from cdi.workflow.tokens import add_token, list_tokens, revoke_token

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.get("")
def list_all(call: Look) -> list[TokenOut]:
    """Return the tokens of one's facilities that can still be used; their secrets are not kept."""
    return [TokenOut.model_validate(row) for row in list_tokens(call.desk, call.actor)]


@router.post("", status_code=status.HTTP_201_CREATED)
def add(body: TokenIn, call: Look) -> NewTokenOut:
    """Allow a machine some verbs at a facility; its secret is told once, here."""
    made = add_token(
        call.desk,
        call.actor,
        body.facility_id,
        body.name,
        body.verbs,
        days=body.days,
        issuer=body.issuer,
        jwks_url=body.jwks_url,
    )
    return NewTokenOut(id=made.receipt.id, secret=made.secret)


@router.delete("/{token_id}", status_code=status.HTTP_204_NO_CONTENT)
def revoke(token_id: Annotated[str, Path(max_length=64)], call: Look) -> None:
    """End a token at once."""
    revoke_token(call.desk, call.actor, token_id)
