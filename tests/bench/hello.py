"""Bare functions that functions-framework serves: what a start and a refusal cost that do nothing else."""

from __future__ import annotations

import functions_framework


@functions_framework.http
def hello(_: object) -> str:
    """Say hello."""
    return "hello"


@functions_framework.http
def unauthorized(_: object) -> tuple[str, int]:
    """Refuse everybody."""
    return '{"status":"unauthorized"}', 401


@functions_framework.http
def hello_client(_: object) -> str:
    """Say hello, once Google's client is imported."""
    import google.auth.transport.requests  # noqa: PLC0415
    import googleapiclient.discovery  # noqa: PLC0415

    return f"hello {google.auth.__name__} {googleapiclient.__name__}"
