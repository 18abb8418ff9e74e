"""Refusals of the Sheets API as Google words them, and the one exception of this package."""

from __future__ import annotations

from typing import Any, NoReturn

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class LocalSheetsError(Exception):
    """The server cannot start or keep its file; the text is one sentence for the person who started it."""


class ApiError(Exception):
    """A refusal that a client of the API sees: HTTP status, message and optional google.rpc details."""

    def __init__(self, status: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        """Keep what `body` needs."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details or []

    def body(self) -> dict[str, Any]:
        """Build the JSON that Google sends with this refusal."""
        error: dict[str, Any] = {"code": self.status, "message": self.message, "status": STATUS_NAMES[self.status]}
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message: str) -> ApiError:
    """Refuse with 400 INVALID_ARGUMENT."""
    return ApiError(400, message)


def refuse(message: str) -> NoReturn:
    """Refuse with 400 INVALID_ARGUMENT, now."""
    raise invalid(message)


def invalid_field(message: str, field: str = "") -> ApiError:
    """Refuse a payload with 400 and name the *field* in the details, as Google's JSON parser does."""
    return ApiError(400, message, [_violation(field, message)])


def invalid_mask(path: str) -> ApiError:
    """Refuse a `fields` parameter that names a *path* the answer does not have."""
    text = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return ApiError(400, "Request contains an invalid argument.", [_violation(path, text)])


def no_grid(sheet_id: int) -> ApiError:
    """Refuse a grid range whose sheet is not there."""
    return invalid(f"No grid with id: {sheet_id}")


def not_found() -> ApiError:
    """Refuse a spreadsheet or metadata id that nobody has."""
    return ApiError(404, "Requested entity was not found.")


def forbidden() -> ApiError:
    """Refuse a spreadsheet that nobody shared with the caller."""
    return ApiError(403, "The caller does not have permission")


def refuse_unbuilt(what: str) -> NoReturn:
    """Answer 501 for *what* Google has and this stand-in does not: honest, and never Google's own status."""
    raise ApiError(501, f"The local sheet server does not implement {what}.")


def prefixed(error: ApiError, prefix: str) -> ApiError:
    """Say where in a batch a refusal arose; 501 and 500 keep their own words."""
    return ApiError(error.status, f"{prefix}: {error.message}", error.details) if error.status == 400 else error  # noqa: PLR2004


def quota_exceeded(*, write: bool, limit: int = 60, per_user: bool = True) -> ApiError:
    """Refuse with 429 as recorded from Google (`recorded/errors.json`), with a project number that is nobody's."""
    kind, camel = ("write", "Write") if write else ("read", "Read")
    whose, unit, name = (
        (" per user", "1/min/{project}/{user}", "PerMinutePerUser")
        if per_user
        else ("", "1/min/{project}", "PerMinutePerProject")
    )
    message = (
        f"Quota exceeded for quota metric '{camel} requests' and limit '{camel} requests per minute{whose}' "
        "of service 'sheets.googleapis.com' for consumer 'project_number:1234567890'."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "quota_limit_value": str(limit),
            "service": "sheets.googleapis.com",
            "consumer": "projects/1234567890",
            "quota_unit": unit,
            "quota_location": "global",
            "quota_metric": f"sheets.googleapis.com/{kind}_requests",
            "quota_limit": f"{camel}Requests{name}",
        },
    }
    link = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    return ApiError(429, message, [info, {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]}])


def unavailable() -> ApiError:
    """Refuse with 503 as Google words it."""
    return ApiError(503, "The service is currently unavailable.")


def internal() -> ApiError:
    """Refuse with 500 as Google words it: here always a bug of the stand-in."""
    return ApiError(500, "Internal error encountered.")


def _violation(field: str, description: str) -> dict[str, Any]:
    return {"@type": BAD_REQUEST, "fieldViolations": [{"field": field, "description": description}]}
