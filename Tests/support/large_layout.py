#!/usr/bin/env python3
"""Makes a layout of an image with one plain layer of random bytes: large_layout.py TARGET MEBIBYTES."""

import hashlib
import io
import json
import os
import sys
import tarfile


class RandomFile(io.RawIOBase):
    def __init__(self, byte_count):
        self.rest = byte_count

    def read(self, count=-1):
        count = min(count, self.rest)
        self.rest -= count
        return os.urandom(count)


def main():
    target, size = sys.argv[1], int(sys.argv[2]) << 20
    blobs = os.path.join(target, "blobs", "sha256")
    os.makedirs(blobs)

    def add(document):
        data = json.dumps(document).encode()
        name = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, name), "wb") as file:
            file.write(data)
        return "sha256:" + name, len(data)

    layer = os.path.join(target, "layer")
    with tarfile.open(layer, "w") as tar:
        entry = tarfile.TarInfo("models/large/1/model.bin")
        entry.size = size
        tar.addfile(entry, RandomFile(size))
    running = hashlib.sha256()
    with open(layer, "rb") as file:
        while piece := file.read(1 << 20):
            running.update(piece)
    layer_digest, layer_size = running.hexdigest(), os.path.getsize(layer)
    os.rename(layer, os.path.join(blobs, layer_digest))
    kind = "application/vnd.oci.image."
    diff_ids = {"type": "layers", "diff_ids": ["sha256:" + layer_digest]}
    config, config_size = add({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": diff_ids})
    manifest, manifest_size = add(
        {
            "schemaVersion": 2,
            "config": {"mediaType": kind + "config.v1+json", "digest": config, "size": config_size},
            "layers": [
                {"mediaType": kind + "layer.v1.tar", "digest": "sha256:" + layer_digest, "size": layer_size}
            ],
        }
    )
    entry = {"mediaType": kind + "manifest.v1+json", "digest": manifest, "size": manifest_size}
    with open(os.path.join(target, "index.json"), "w") as file:
        json.dump({"schemaVersion": 2, "manifests": [entry]}, file)
    with open(os.path.join(target, "oci-layout"), "w") as file:
        file.write('{"imageLayoutVersion":"1.0.0"}')


if __name__ == "__main__":
    main()
