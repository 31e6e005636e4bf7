"""What cosign keeps, read and written by others: PyNaCl for keys, cryptography for signatures, securesystemslib for envelopes.

    cosign_check.py key KEY PUB PASSWORD                   the private key opens, and belongs to the public one
    cosign_check.py make-key KEY PUB PASSWORD              makes a pair in cosign's form
    cosign_check.py signature REGISTRY REPOSITORY DIGEST PUB IDENTITY
                                                           one signature under the tag, and one among the referrers, is by
                                                           the key over the digest and the identity
    cosign_check.py attestation REGISTRY REPOSITORY DIGEST PUB TYPE
                                                           the same for an attestation
    cosign_check.py sign REGISTRY REPOSITORY DIGEST KEY PASSWORD IDENTITY
                                                           signs an image under the tag, in cosign's layout

The forms are those of cosign 2: SIGNATURE_SPEC.md and ATTESTATION_SPEC.md of sigstore/cosign.
"""
import base64
import hashlib
import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

import nacl.secret
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def scrypt(password, salt, cost):
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=8, p=1, maxmem=1 << 28, dklen=32)


def pem_body(text):
    return base64.b64decode("".join(line for line in text.splitlines() if not line.startswith("-----")))


def open_key(path, password):
    text = pathlib.Path(path).read_text()
    assert text.startswith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"), text
    data = json.loads(pem_body(text))
    assert data["kdf"]["name"] == "scrypt" and data["cipher"]["name"] == "nacl/secretbox", data
    key = scrypt(password, base64.b64decode(data["kdf"]["salt"]), data["kdf"]["params"]["N"])
    box = nacl.secret.SecretBox(key)
    plain = box.decrypt(base64.b64decode(data["ciphertext"]), base64.b64decode(data["cipher"]["nonce"]))
    return serialization.load_der_private_key(plain, None)


def public_pem(key):
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def make_key(path, public_path, password):
    key = ec.generate_private_key(ec.SECP256R1())
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    salt, nonce = os.urandom(32), os.urandom(24)
    sealed = nacl.secret.SecretBox(scrypt(password, salt, 32768)).encrypt(plain, nonce).ciphertext
    text = base64.b64encode(json.dumps({
        "kdf": {"name": "scrypt", "params": {"N": 32768, "r": 8, "p": 1}, "salt": base64.b64encode(salt).decode()},
        "cipher": {"name": "nacl/secretbox", "nonce": base64.b64encode(nonce).decode()},
        "ciphertext": base64.b64encode(sealed).decode(),
    }).encode()).decode()
    lines = [text[start:start + 64] for start in range(0, len(text), 64)]
    name = "ENCRYPTED SIGSTORE PRIVATE KEY"
    pathlib.Path(path).write_text("\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----", ""]))
    pathlib.Path(public_path).write_bytes(public_pem(key.public_key()))


class Repository:
    def __init__(self, registry, name):
        self.base = f"{registry}/v2/{name}"

    def get(self, path, missing=None):
        request = urllib.request.Request(f"{self.base}/{path}", headers={"Accept": f"{MANIFEST}, {INDEX}"})
        try:
            return urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return missing
            raise

    def blob(self, digest):
        data = self.get(f"blobs/{digest}")
        assert "sha256:" + hashlib.sha256(data).hexdigest() == digest
        return data

    def put_blob(self, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        opened = urllib.request.urlopen(
            urllib.request.Request(f"{self.base}/blobs/uploads/", method="POST", data=b""))
        location = opened.headers["Location"]
        if location.startswith("/"):
            location = self.base.split("/v2/")[0] + location
        separator = "&" if "?" in location else "?"
        urllib.request.urlopen(urllib.request.Request(
            f"{location}{separator}digest={digest}", method="PUT", data=data,
            headers={"Content-Type": "application/octet-stream"}))
        return {"digest": digest, "size": len(data)}

    def put_manifest(self, reference, manifest):
        urllib.request.urlopen(urllib.request.Request(
            f"{self.base}/manifests/{reference}", method="PUT", data=json.dumps(manifest).encode(),
            headers={"Content-Type": MANIFEST}))

    def tagged(self, digest, suffix):
        data = self.get(f"manifests/{digest.replace(':', '-')}.{suffix}")
        return [json.loads(data)] if data else []

    def referrers(self, digest):
        data = self.get(f"referrers/{digest}") or self.get(f"manifests/{digest.replace(':', '-')}")
        manifests = []
        for entry in json.loads(data)["manifests"]:
            manifest = json.loads(self.get(f"manifests/{entry['digest']}"))
            assert manifest["subject"]["digest"] == digest, manifest
            assert entry["artifactType"] == manifest["artifactType"], entry
            manifests.append(manifest)
        return manifests


def is_signature(key, payload, signature):
    try:
        key.verify(base64.b64decode(signature), payload, ec.ECDSA(hashes.SHA256()))
        return True
    except Exception:
        return False


def check_signature(registry, name, digest, public_path, identity):
    repository = Repository(registry, name)
    key = serialization.load_pem_public_key(pathlib.Path(public_path).read_bytes())
    referring = [m for m in repository.referrers(digest)
                 if m["artifactType"] == "application/vnd.dev.cosign.artifact.sig.v1+json"]
    for manifests in (repository.tagged(digest, "sig"), referring):
        found = 0
        for manifest in manifests:
            config = json.loads(repository.blob(manifest["config"]["digest"]))
            assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]], config
            for layer in manifest["layers"]:
                assert layer["mediaType"] == SIMPLE, layer
                payload = repository.blob(layer["digest"])
                if not is_signature(key, payload, layer["annotations"]["dev.cosignproject.cosign/signature"]):
                    continue
                critical = json.loads(payload)["critical"]
                assert critical["type"] == "cosign container image signature", critical
                assert critical["image"]["docker-manifest-digest"] == digest, critical
                found += critical["identity"]["docker-reference"] == identity
        assert found == 1, f"{found} signatures for {identity}, expected 1"


def check_attestation(registry, name, digest, public_path, predicate_type):
    repository = Repository(registry, name)
    key = SSlibKey.from_crypto(serialization.load_pem_public_key(pathlib.Path(public_path).read_bytes()))
    referring = [m for m in repository.referrers(digest) if m["artifactType"] == "application/vnd.in-toto+json"]
    for manifests in (repository.tagged(digest, "att"), referring):
        found = 0
        for layer in (layer for manifest in manifests for layer in manifest["layers"]):
            if layer["mediaType"] != DSSE or layer["annotations"]["predicateType"] != predicate_type:
                continue
            data = json.loads(repository.blob(layer["digest"]))
            # securesystemslib finds keys by their name, which cosign leaves empty.
            assert [signature["keyid"] for signature in data["signatures"]] == [""], data
            data["signatures"][0]["keyid"] = key.keyid
            envelope = Envelope.from_dict(data)
            envelope.verify([key], 1)
            statement = json.loads(envelope.payload)
            assert statement["_type"] == "https://in-toto.io/Statement/v1", statement
            assert statement["predicateType"] == predicate_type, statement
            assert statement["subject"][0]["digest"]["sha256"] == digest.split(":")[1], statement
            found += 1
        assert found == 1, f"{found} attestations of {predicate_type}, expected 1"


def config_of(layers):
    return json.dumps({
        "architecture": "", "created": "0001-01-01T00:00:00Z", "os": "", "config": {},
        "history": [{"created": "0001-01-01T00:00:00Z"} for _ in layers],
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]},
    }).encode()


def put_tagged(repository, digest, layers):
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", **repository.put_blob(config_of(layers))}
    repository.put_manifest(digest.replace(":", "-") + ".sig", {
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers})


def sign(registry, name, digest, key_path, password, identity):
    repository = Repository(registry, name)
    key = open_key(key_path, password)
    payload = json.dumps({
        "critical": {
            "identity": {"docker-reference": identity}, "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature"},
        "optional": {"by": "another"}}).encode()
    signature = base64.b64encode(key.sign(payload, ec.ECDSA(hashes.SHA256()))).decode()
    put_tagged(repository, digest, [{
        "mediaType": SIMPLE, **repository.put_blob(payload),
        "annotations": {"dev.cosignproject.cosign/signature": signature}}])


def check_key(path, public_path, password):
    public = pathlib.Path(public_path).read_bytes()
    assert public_pem(open_key(path, password).public_key()) == public, public


commands = {
    "attestation": check_attestation, "key": check_key, "make-key": make_key, "sign": sign, "signature": check_signature,
}
commands[sys.argv[1]](*sys.argv[2:])
