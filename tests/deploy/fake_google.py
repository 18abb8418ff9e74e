"""A control plane of Google Cloud's for the real gcloud: a plain HTTP proxy that keeps what is sent to it, and answers.

Everything is a resource with a path: POST to a collection makes one, GET shows it or is 404, PATCH and PUT change it.
What is special stands in `_special`; operations are done at once, so that gcloud polls once. It judges nothing:
gcloud's own checks and the captured requests are the test.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

NUMBER = "123456789012"
#: What a collection calls the id of a new resource in the query.
_IDS = ("secretId", "repositoryId", "accountId")
_REGIONS = ("europe-west1", "us-east1")


class FakeGoogle(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.resources: dict[str, Any] = {
            "/v2/projects/shop-123/sinks/_Default": {
                "name": "_Default",
                "destination": "logging.googleapis.com/projects/shop-123/locations/global/buckets/_Default",
            }
        }
        builder = f"/v1/projects/shop-123/serviceAccounts/{NUMBER}-compute@developer.gserviceaccount.com"
        self.resources[builder] = {"email": builder.rpartition("/")[2]}
        self.policies: dict[str, Any] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.uploads: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def sent(self, method: str, pattern: str) -> list[Any]:
        """Bodies of the requests whose path has *pattern*."""
        return [body for how, path, body in self.requests if how == method and re.search(pattern, path)]

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        with self.lock:
            self.requests.append((method, path, body))
            special = self._special(method, path, query, body)
            if special is not None:
                return special
            if method == "GET":
                return self._show(path)
            if method == "DELETE":
                self.resources.pop(path, None)
                return 200, {}
            return 200, self._keep(method, path, query, body)

    def _show(self, path: str) -> tuple[int, Any]:
        if path in self.resources:
            return 200, self.resources[path]
        below = [each for place, each in self.resources.items() if place.rpartition("/")[0] == path]
        if below or re.search(r"/(versions|notificationChannels|alertPolicies|services|jobs|secrets)$", path):
            return 200, {path.rpartition("/")[2]: below[::-1]}
        return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": f"{path} was not found"}}

    def _keep(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if method == "POST":
            name = next((query[each] for each in _IDS if each in query), "") or str(len(self.resources) + 1)
            path = f"{path}/{(body.get('name') or name).rpartition('/')[2]}"
        self.resources[path] = self.resources.get(path, {}) | body | {"name": path.lstrip("/").partition("/")[2]}
        return self.resources[path]

    def _special(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any] | None:
        for pattern, does in (
            (r":(get|set)IamPolicy$", self._policy),
            (r"services:batchEnable$|services/[^/]+:enable$", self._enable),
            (r"/billingInfo$", lambda *_: {"billingEnabled": True, "projectId": "shop-123"}),
            (
                r"^/v1/projects/shop-123$",
                lambda *_: {"projectId": "shop-123", "projectNumber": NUMBER, "lifecycleState": "ACTIVE"},
            ),
            (
                r"/defaultServiceAccount$",
                lambda *_: {
                    "serviceAccountEmail": f"projects/shop-123/serviceAccounts/{NUMBER}-compute@developer.gserviceaccount.com"
                },
            ),
            (r"/v1/projects/shop-123/locations$", self._locations),
            (r"/v1/projects/shop-123/serviceAccounts$", self._account),
            (r"/repositories$", self._repository),
            (r":addVersion$", self._version),
            (r":access$", self._read),
            (
                r"^/v1/projects$",
                lambda *_: {"projects": [{"projectId": "shop-123", "name": "Shop", "projectNumber": NUMBER}]},
            ),
            (r"^/v2/entries:list$", lambda *_: {"entries": []}),
            (r"builds:submit$", self._build),
            (r"^/storage/v1/b$", self._bucket),
            (r"/apis/serving.knative.dev/v1/namespaces/", self._knative),
        ):
            if re.search(pattern, path):
                found = does(method, path, query, body)
                if found is not None:
                    return 200, found
        return None

    def _policy(self, _method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        place, _, verb = path.partition(":")
        if verb.startswith("set"):
            self.policies[place] = body["policy"]
        return self.policies.get(place, {"etag": "BwX=", "version": 1})

    def _enable(self, _method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        for name in body.get("serviceIds") or [path.rpartition("/")[2].partition(":")[0]]:
            place = f"/v1/projects/shop-123/services/{name}"
            self.resources[place] = {"name": place[4:], "config": {"name": name}, "state": "ENABLED"}
        return {"name": "operations/acat.1", "done": True, "response": {"@type": "x"}}

    def _locations(self, *_: Any) -> Any:
        return {"locations": [{"locationId": each, "name": f"projects/shop-123/locations/{each}"} for each in _REGIONS]}

    def _account(self, _method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        mail = f"{body['accountId']}@shop-123.iam.gserviceaccount.com"
        self.resources[f"{path}/{mail}"] = {"name": f"projects/shop-123/serviceAccounts/{mail}", "email": mail}
        return self.resources[f"{path}/{mail}"]

    def _read(self, _method: str, path: str, *_: Any) -> Any:
        secret, _, number = path.removesuffix(":access").rpartition("/")
        versions = [each for each in self.resources if each.startswith(f"{secret}/")]
        place = max(versions) if number == "latest" else f"{secret}/{number}"
        return {"name": place[4:], "payload": {"data": self.resources[place]["data"]}}

    def _repository(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if method != "POST":
            return None
        kept = self._keep(method, path, query, body)
        operation = {"name": "projects/shop-123/locations/europe-west1/operations/r-1", "done": True}
        self.resources[f"/v1/{operation['name']}"] = operation | {"response": {"@type": "x", **kept}}
        return operation

    def _version(self, _method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        secret = path.partition(":")[0]
        number = 1 + len([each for each in self.resources if each.startswith(f"{secret}/versions/")])
        place = f"{secret}/versions/{number}"
        made: dict[str, Any] = {
            "name": place[4:],
            "state": "ENABLED",
            "clientSpecifiedPayloadChecksum": True,
            "createTime": f"2026-01-01T00:00:0{number}Z",
        }
        self.resources[place] = made | {"data": body["payload"]["data"]}
        return made

    def _build(self, *_: Any) -> Any:
        build = {"id": "b-1", "name": "projects/shop-123/locations/europe-west1/builds/b-1", "projectId": "shop-123"}
        kind = "type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata"
        image = "europe-west1-docker.pkg.dev/shop-123/cloud-run-source-deploy/promosheet"
        result = {"results": {"images": [{"name": image, "digest": "sha256:" + "a" * 64}]}, "status": "SUCCESS"}
        operation = {
            "name": "projects/shop-123/locations/europe-west1/operations/b-1",
            "metadata": {"@type": kind, "build": build},
        }
        done = {
            "done": True,
            "response": {"@type": "type.googleapis.com/google.devtools.cloudbuild.v1.Build", **build, **result},
        }
        self.resources["/v1/projects/shop-123/locations/europe-west1/operations/b-1"] = operation | done
        return {
            "buildOperation": operation,
            "baseImageUri": "europe-west1-docker.pkg.dev/serverless-runtimes/google-22/runtimes/python313",
        }

    def _bucket(self, method: str, _path: str, _query: dict[str, str], body: Any) -> Any:
        if method == "GET":
            return {
                "items": [each for place, each in self.resources.items() if re.fullmatch(r"/storage/v1/b/[^/]+", place)]
            }
        self.resources[f"/storage/v1/b/{body['name']}"] = body | {"id": body["name"], "projectNumber": NUMBER}
        return self.resources[f"/storage/v1/b/{body['name']}"]

    def _knative(self, method: str, path: str, _query: dict[str, str], body: Any) -> Any:
        if method not in {"POST", "PUT"}:
            return None
        ready = [{"type": each, "status": "True"} for each in ("Ready", "ConfigurationsReady", "RoutesReady")]
        meta = body["metadata"]
        generation = (
            self.resources.get(f"{path.removesuffix('/promosheet')}/promosheet", {})
            .get("metadata", {})
            .get("generation", 0)
            + 1
        )
        meta |= {
            "generation": generation,
            "resourceVersion": "r1",
            "uid": "u",
            "creationTimestamp": "2026-01-01T00:00:00Z",
        }
        url = f"https://promosheet-{NUMBER}.europe-west1.run.app"
        revision = f"promosheet-0000{generation}"
        status = {
            "observedGeneration": generation,
            "conditions": ready,
            "url": url,
            "latestReadyRevisionName": revision,
        }
        status |= {
            "latestCreatedRevisionName": revision,
            "traffic": [{"percent": 100, "revisionName": revision, "latestRevision": True}],
        }
        self.resources[f"{path.removesuffix('/promosheet')}/promosheet"] = body | {"status": status}
        return body | {"status": status}


class _Handler(BaseHTTPRequestHandler):
    server: FakeGoogle
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = unquote(parts.path).replace("/projects/-/", "/projects/shop-123/")
        if "/upload/" in path or "upload_id" in query:
            status, answer, headers = self._upload(path, query, raw)
        else:
            status, answer = self.server.answer(self.command, path, query, json.loads(raw) if raw.strip() else {})
            headers = {}
        body = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server calls them so

    def _upload(self, path: str, query: dict[str, str], raw: bytes) -> tuple[int, Any, dict[str, str]]:
        name = query.get("name", "source.zip")
        boundary = re.search(r"boundary=['\"]?([^'\";]+)", self.headers.get("Content-Type", ""))
        if boundary:  # multipart: what it is, and the file
            raw = raw[raw.index(b"PK\x03\x04") : raw.rindex(b"\n--" + boundary[1].encode())]
        made = {"bucket": "run-sources-shop-123-europe-west1", "name": name, "generation": "1", "size": str(len(raw))}
        if query.get("uploadType") == "resumable" and "upload_id" not in query:
            return 200, {}, {"Location": f"http://fakegcp.test{path}?upload_id=1"}
        self.server.uploads.append(raw)
        return 200, made, {}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing on the terminal."""


@contextmanager
def running() -> Iterator[FakeGoogle]:
    with FakeGoogle() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def decoded(version: dict[str, Any]) -> str:
    """The value of a secret's version."""
    return base64.b64decode(version["data"]).decode()
