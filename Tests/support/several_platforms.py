#!/usr/bin/env python3
"""Makes a layout of one image for two platforms out of a layout of one: several_platforms.py LAYOUT TARGET.

The index and its manifests are written by hand after image-index.md of the OCI image specification.
"""

import hashlib
import json
import os
import shutil
import sys


def main():
    source, target = sys.argv[1:]
    shutil.copytree(source, target)

    def path(digest):
        return os.path.join(target, "blobs", "sha256", digest.removeprefix("sha256:"))

    def add(document, media_type):
        data = json.dumps(document).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        with open(path(digest), "wb") as file:
            file.write(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    with open(os.path.join(target, "index.json")) as file:
        first = json.load(file)["manifests"][0]
    with open(path(first["digest"])) as file:
        manifest = json.load(file)
    with open(path(manifest["config"]["digest"])) as file:
        config = json.load(file)
    entries = []
    for architecture in ("amd64", "arm64"):
        config["architecture"] = architecture
        manifest["config"] = add(config, manifest["config"]["mediaType"])
        entry = add(manifest, first["mediaType"])
        entry["platform"] = {"architecture": architecture, "os": "linux"}
        entries.append(entry)
    kind = "application/vnd.oci.image.index.v1+json"
    index = add({"schemaVersion": 2, "mediaType": kind, "manifests": entries}, kind)
    index["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    named = {entry["digest"] for entry in entries} | {index["digest"]} | {layer["digest"] for layer in manifest["layers"]}
    for entry in entries:
        with open(path(entry["digest"])) as file:
            named.add(json.load(file)["config"]["digest"])
    for name in os.listdir(os.path.join(target, "blobs", "sha256")):
        if "sha256:" + name not in named:
            os.remove(path(name))
    with open(os.path.join(target, "index.json"), "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [index]}, file)


if __name__ == "__main__":
    main()
