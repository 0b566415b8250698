"""Errors as problem documents (RFC 9457). They hold ids, fields and rules, nothing of a patient."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from cdi.errors import (
    CdiError,
    ConflictError,
    InputError,
    LoginError,
    NotCompliant,
    TransitionError,
)
from cdi.http import log_defect, new_error_id, status_of

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field of a request; never the value itself."""

    field: str
    message: str


class Problem(BaseModel):
    """A problem document.

    Attributes:
        type: stable name of the kind of problem, ``cdi:<code>``.
        id: to be told to the operator, who finds it in the log.
        version: the version there is now, where somebody else changed it.
        allowed: what can be done instead.
        rules: practice rules that a letter violates.
    """

    type: str
    title: str
    status: int
    detail: str
    id: str
    fields: list[FieldProblem] = Field(default_factory=list)
    version: int | None = None
    changed_by: str | None = None
    allowed: list[str] = Field(default_factory=list)
    rules: list[str] = Field(default_factory=list)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(CdiError, _tell_expected)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.add_exception_handler(HTTPException, _tell_http)


async def _tell_expected(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CdiError)
    problem = _problem(status_of(error), error.code, str(error))
    if isinstance(error, ConflictError):
        problem.version, problem.changed_by = error.version, error.changed_by
    if isinstance(error, TransitionError):
        problem.allowed = list(error.allowed)
    if isinstance(error, NotCompliant):
        problem.rules = list(error.rules)
    if isinstance(error, InputError) and error.field:
        problem.fields = [FieldProblem(field=error.field, message=str(error))]
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, LoginError) else {}
    return _response(problem, headers)


async def _tell_invalid(_: Request, error: Exception) -> JSONResponse:
    """Name each field and what is wrong with it, and leave out what was sent."""
    assert isinstance(error, RequestValidationError)
    problem = _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "the request is not valid")
    problem.fields = [
        FieldProblem(field=".".join(map(str, wrong["loc"])), message=wrong["msg"])
        for wrong in error.errors()
    ]
    return _response(problem)


async def _tell_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    problem = _problem(status, status.phrase.lower().replace(" ", "_"), str(error.detail))
    return _response(problem, dict(error.headers or {}))


def tell_defect(error: Exception) -> JSONResponse:
    """Answer a defect; log its kind and place only, since its message might quote a patient."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    problem = _problem(status, "defect", "something went wrong; tell the operator the id")
    log_defect(error, problem.id)
    return _response(problem)


def _problem(status: HTTPStatus, code: str, detail: str) -> Problem:
    return Problem(
        type=f"cdi:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        id=new_error_id(),
    )


def _response(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    content = problem.model_dump(exclude_none=True, exclude_defaults=False)
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)
