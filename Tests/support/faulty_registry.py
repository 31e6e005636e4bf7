#!/usr/bin/env python3
"""A registry on the loopback that breaks in the ways that registries do; the standard library alone.

    faulty_registry.py STATE [FAULT…]

Writes its address into STATE/address and a line for each request into STATE/log: method, path, status, bytes of the body,
`auth` when there was an Authorization header. Blobs, manifests and tags live in memory; STATE/control, when it is there, is
read before each request and replaces the faults, one a line. Faults:

    token[=SECONDS]        wants a Bearer token, from /token, which knows user `ada` with password `secret-word` (anonymous
                           may pull), and refresh token `refresh-word`; tokens live SECONDS
    basic                  wants Basic, the same user
    busy=N[,SECONDS]       answers 429 to the first N requests on blobs and manifests, with Retry-After
    broken=N               answers 503 to the first N
    cut-get=N              ends the connection in the middle of the first N blobs that it sends
    cut-put=N              ends the connection in the middle of the first N bodies that it gets
    lose=N                 takes the first N blobs and ends the connection before the answer
    range=N                answers 416 to the first N chunks
    forget=N               forgets the upload at the first N chunks
    no-chunks              answers 405 to every PATCH
    chunk-min=N            announces OCI-Chunk-Min-Length
    redirect=URL           redirects every GET of a blob to URL/<digest>
    plain-redirect         redirects every GET of a blob to http://192.0.2.1/
    lie-blob               sends blobs with a byte changed
    lie-manifest           sends manifests with a byte changed
    long-blob              sends a byte more than the blob has
    short-blob             sends a byte less
    huge-manifest          sends manifests of 5 MiB
    lie-digest             names another digest in Docker-Content-Digest
    no-mount               answers 202 to every mount
    referrers              has the referrers API
    pages=N                sends N tags a page
    with-stdin             ends when its standard input does
    unseen                 answers 403 to HEAD and GET in a repository without blobs
    echo-auth              answers 403 with the Authorization header in its message
"""

import base64
import hashlib
import http.server
import json
import os
import re
import sys
import threading
import time
import urllib.parse

USER, PASSWORD, REFRESH = "ada", "secret-word", "refresh-word"


class State:
    def __init__(self, folder, faults):
        self.folder = folder
        self.lock = threading.Lock()
        self.blobs = {}  # (repository, digest) -> bytes
        self.manifests = {}  # (repository, reference) -> (type, bytes)
        self.uploads = {}  # id -> bytearray
        self.tokens = {}  # token -> (expiry, scopes)
        self.upload_count = 0
        self.faults = self.parse(faults)
        self.control = None

    @staticmethod
    def parse(words):
        return {name: value for name, _, value in (word.partition("=") for word in words)}

    def refresh(self):
        path = os.path.join(self.folder, "control")
        if not os.path.exists(path):
            return
        with open(path) as file:
            text = file.read()
        if text != self.control:
            self.control = text
            self.faults = self.parse(text.split())

    def take(self, name):
        """Whether a counted fault is due; counts it down."""
        with self.lock:
            value = self.faults.get(name)
            if value is None:
                return False
            count = int(value.split(",")[0])
            if count <= 0:
                return False
            rest = value.split(",")[1:]
            self.faults[name] = ",".join([str(count - 1)] + rest)
            return True


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *_):
        pass

    # ---- answers

    def answer(self, status, body=b"", headers=()):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers) and status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, message="", headers=()):
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.answer(status, body, [("Content-Type", "application/json"), *headers])

    def note(self, status):
        auth = " auth" if self.headers.get("Authorization") else ""
        with self.state.lock, open(os.path.join(self.state.folder, "log"), "a") as log:
            log.write(f"{self.command} {self.path} {status} {getattr(self, 'taken', 0)}{auth}\n")

    def cut(self):
        self.note(0)
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)

    # ---- requests

    def body(self):
        count = int(self.headers.get("Content-Length") or 0)
        cut = count > 1 and self.command in ("PUT", "PATCH") and "/blobs/" in self.path and self.state.take("cut-put")
        data = self.rfile.read(count // 2 if cut else count)
        self.taken = len(data)
        return data, cut

    def handle_any(self):
        self.taken = 0
        self.state.refresh()
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.scopes = urllib.parse.parse_qs(url.query).get("scope", [])
        data, is_cut = self.body()
        if url.path == "/token":
            return self.token(data)
        if not self.authorised(url.path):
            return None
        if url.path == "/v2/":
            return self.answer(200)
        if "echo-auth" in self.state.faults:
            return self.error(403, "DENIED", "no entry with " + self.headers.get("Authorization", ""))
        parts = url.path.split("/")
        if "unseen" in self.state.faults and self.command in ("HEAD", "GET") and "uploads" not in parts:
            if not any(repository == "/".join(parts[2:-2]) for repository, _ in self.state.blobs):
                return self.error(403, "DENIED", "requested access to the resource is denied")
        if self.state.take("busy"):
            seconds = (self.state.faults["busy"].split(",") + ["0"])[1]
            return self.error(429, "TOOMANYREQUESTS", "slow down", [("Retry-After", seconds)])
        if self.state.take("broken"):
            return self.error(503, "UNAVAILABLE")
        for pattern, method in (
            (r"/v2/(.+)/blobs/uploads/$", self.open_upload),
            (r"/v2/(.+)/blobs/uploads/([0-9]+)$", self.upload),
            (r"/v2/(.+)/blobs/(sha256:[0-9a-f]+)$", self.blob),
            (r"/v2/(.+)/manifests/(.+)$", self.manifest),
            (r"/v2/(.+)/tags/list$", self.tags),
            (r"/v2/(.+)/referrers/(sha256:[0-9a-f]+)$", self.referrers),
        ):
            match = re.fullmatch(pattern, url.path)
            if match:
                return method(*match.groups(), data, is_cut)
        return self.error(404, "NAME_UNKNOWN")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    # ---- who asks

    def is_user(self, header):
        return header == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def authorised(self, path):
        header = self.headers.get("Authorization", "")
        if "basic" in self.state.faults and not self.is_user(header):
            self.error(401, "UNAUTHORIZED", "who are you", [("WWW-Authenticate", 'Basic realm="faulty, registry"')])
            return False
        if "token" not in self.state.faults:
            return True
        repository = re.match(r"/v2/(.+)/(blobs|manifests|tags|referrers)/", path)
        wanted = "pull" if self.command in ("GET", "HEAD") else "push"
        with self.state.lock:
            expiry, scopes = self.state.tokens.get(header.removeprefix("Bearer "), (0, ()))
        is_granted = not repository or f"{repository[1]}:{wanted}" in scopes
        if expiry > time.monotonic() and is_granted:
            return True
        realm = f"http://{self.headers['Host']}/token"
        challenge = f'Bearer realm="{realm}",service="faulty"'
        if repository:
            challenge += f',scope="repository:{repository[1]}:{"pull" if wanted == "pull" else "pull,push"}"'
        self.error(401, "UNAUTHORIZED", "", [("WWW-Authenticate", challenge)])
        return False

    def token(self, data):
        scopes = self.scopes
        header = self.headers.get("Authorization", "")
        is_known = self.is_user(header)
        if self.command == "POST":
            form = urllib.parse.parse_qs(data.decode())
            if form.get("grant_type") != ["refresh_token"] or form.get("refresh_token") != [REFRESH]:
                return self.error(401, "UNAUTHORIZED")
            scopes, is_known = form.get("scope", [""])[0].split(" "), True
        elif header and not is_known:
            return self.error(401, "UNAUTHORIZED")
        granted = set()
        for scope in scopes:
            _, repository, actions = scope.split(":")
            granted |= {f"{repository}:{action}" for action in actions.split(",") if action == "pull" or is_known}
        token = f"token-{len(self.state.tokens)}-{os.urandom(4).hex()}"
        seconds = int(self.state.faults.get("token") or 300)
        with self.state.lock:
            self.state.tokens[token] = (time.monotonic() + seconds, granted)
        name = "access_token" if self.command == "POST" else "token"
        return self.answer(200, json.dumps({name: token, "expires_in": seconds}).encode())

    # ---- blobs

    def blob(self, repository, digest, _data, _cut):
        data = self.state.blobs.get((repository, digest))
        if data is None:
            return self.error(404, "BLOB_UNKNOWN")
        faults = self.state.faults
        if self.command == "HEAD":
            return self.answer(200, b"", [("Content-Length", str(len(data)))])
        if faults.get("redirect"):
            return self.answer(307, b"", [("Location", f"{faults['redirect']}/{digest}")])
        if "plain-redirect" in faults:
            return self.answer(307, b"", [("Location", f"http://192.0.2.1/{digest}")])
        if "lie-blob" in faults and data:
            data = bytes([data[0] ^ 1]) + data[1:]
        if "long-blob" in faults:
            data = data + b"x"
        if "short-blob" in faults:
            data = data[:-1]
        start, status, headers = 0, 200, []
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if match:
            start = int(match[1])
            if start >= len(data):
                return self.error(416, "RANGE_INVALID")
            status, headers = 206, [("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")]
        part = data[start:]
        if len(part) > 1 and self.state.take("cut-get"):
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(part)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(part[: len(part) // 2])
            return self.cut()
        return self.answer(status, part, headers)

    def open_upload(self, repository, _data, _cut):
        mount, source = self.query.get("mount"), self.query.get("from")
        if mount and source and "no-mount" not in self.state.faults and (source, mount) in self.state.blobs:
            self.state.blobs[repository, mount] = self.state.blobs[source, mount]
            return self.answer(201, b"", [("Location", f"/v2/{repository}/blobs/{mount}")])
        with self.state.lock:
            self.state.upload_count += 1
            name = str(self.state.upload_count)
            self.state.uploads[name] = bytearray()
        headers = [("Location", f"/v2/{repository}/blobs/uploads/{name}?state=a%2Fb"), ("Range", "0-0")]
        if self.state.faults.get("chunk-min"):
            headers.append(("OCI-Chunk-Min-Length", self.state.faults["chunk-min"]))
        return self.answer(202, b"", headers)

    def upload(self, repository, name, data, is_cut):
        upload = self.state.uploads.get(name)
        location = [("Location", f"/v2/{repository}/blobs/uploads/{name}?state=a%2Fb")]
        if upload is None or self.query.get("state") != "a/b":
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        if self.command == "GET":
            return self.answer(204, b"", [*location, ("Range", f"0-{max(len(upload) - 1, 0)}")])
        if is_cut:
            upload += data
            return self.cut()
        if self.command == "PATCH":
            if "no-chunks" in self.state.faults:
                return self.error(405, "UNSUPPORTED")
            if self.state.take("forget"):
                del self.state.uploads[name]
                return self.error(404, "BLOB_UPLOAD_UNKNOWN")
            start = int(self.headers.get("Content-Range", "0-").split("-")[0])
            if start != len(upload) or self.state.take("range"):
                return self.error(416, "BLOB_UPLOAD_INVALID", "", [*location, ("Range", f"0-{max(len(upload) - 1, 0)}")])
        upload += data
        if self.command == "PATCH":
            return self.answer(202, b"", [*location, ("Range", f"0-{len(upload) - 1}")])
        digest = self.query.get("digest", "")
        if digest_of(upload) != digest:
            return self.error(400, "DIGEST_INVALID")
        self.state.blobs[repository, digest] = bytes(upload)
        del self.state.uploads[name]
        if self.state.take("lose"):
            return self.cut()
        return self.answer(201, b"", [("Location", f"/v2/{repository}/blobs/{digest}")])

    # ---- manifests

    def manifest(self, repository, reference, data, _cut):
        if self.command == "PUT":
            kind = self.headers.get("Content-Type", "")
            digest = digest_of(data)
            if reference.startswith("sha256:") and reference != digest:
                return self.error(400, "DIGEST_INVALID")
            document = json.loads(data)
            parts = [document["config"], *document["layers"]] if "layers" in document else []
            for part in parts:
                if (repository, part["digest"]) not in self.state.blobs:
                    return self.error(400, "MANIFEST_BLOB_UNKNOWN", part["digest"])
            for name in (reference, digest):
                self.state.manifests[repository, name] = (kind, data)
            headers = [("Docker-Content-Digest", digest), ("Location", f"/v2/{repository}/manifests/{digest}")]
            if "subject" in document and "referrers" in self.state.faults:
                headers.append(("OCI-Subject", document["subject"]["digest"]))
            return self.answer(201, b"", headers)
        kind, data = self.state.manifests.get((repository, reference), (None, None))
        if kind is None or kind not in ",".join(self.headers.get_all("Accept") or []):
            return self.error(404, "MANIFEST_UNKNOWN", f"no manifest {reference}")
        digest = digest_of(data)
        if "lie-manifest" in self.state.faults:
            data = data.replace(b":2", b": 2", 1)
        if "huge-manifest" in self.state.faults:
            data += b" " * (5 << 20)
        if "lie-digest" in self.state.faults:
            digest = digest_of(b"other")
        headers = [("Content-Type", kind), ("Docker-Content-Digest", digest), ("Content-Length", str(len(data)))]
        return self.answer(200, data, headers)

    def tags(self, repository, _data, _cut):
        tags = sorted({name for place, name in self.state.manifests if place == repository and ":" not in name})
        if not tags:
            return self.error(404, "NAME_UNKNOWN")
        count = int(self.state.faults.get("pages") or 1000)
        page = [tag for tag in tags if tag > self.query.get("last", "")]
        headers = []
        if len(page) > count:
            page = page[:count]
            headers = [("Link", f'</v2/{repository}/tags/list?last={page[-1]}&n={count}>; rel="next"')]
        return self.answer(200, json.dumps({"name": repository, "tags": page}).encode(), headers)

    def referrers(self, repository, digest, _data, _cut):
        if "referrers" not in self.state.faults:
            return self.error(404, "NOT_FOUND")
        found = {}
        for (place, _), (kind, data) in self.state.manifests.items():
            document = json.loads(data)
            if place == repository and document.get("subject", {}).get("digest") == digest:
                found[digest_of(data)] = {
                    "mediaType": kind,
                    "digest": digest_of(data),
                    "size": len(data),
                    "artifactType": document.get("artifactType", ""),
                }
        index = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [found[name] for name in sorted(found)],
        }
        return self.answer(200, json.dumps(index).encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(0 if "--help" in sys.argv else 2)
    Handler.state = State(sys.argv[1], sys.argv[2:])
    server = Server(("127.0.0.1", 0), Handler)
    path = os.path.join(sys.argv[1], "address")
    with open(path + ".new", "w") as file:
        file.write(f"127.0.0.1:{server.server_address[1]}")
    os.rename(path + ".new", path)
    if "with-stdin" in sys.argv:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.buffer.read()
    else:
        server.serve_forever()


if __name__ == "__main__":
    main()
