"""Texts that the targets of readers of texts start from; what is no string is written as JSON."""

ZERO = "sha256:" + "0" * 64
HEX = "0" * 64

DEBIAN = [
    "Package: a\nVersion: 1:2.3~rc1-4+b1\nArchitecture: amd64\nDepends: libc6 (>= 2.34), b | c:any (<< 2~), d [!arm64] <!nocheck>\n"
    f"Provides: e (= 1), f\nFilename: pool/main/a/a_1.deb\nSize: 10\nSHA256: {HEX}\nPriority: required\n\n"
    "Package: b\nVersion: 2\nArchitecture: all\nPre-Depends: a\nConflicts: c\nBreaks: f (<= 1)\nMulti-Arch: allowed\n"
    f"Filename: ./pool/b.deb\nSize: 1\nSHA256: {HEX}\n\n"
    f"Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\nFilename: pool/c.deb\nSize: 1\nSHA256: {HEX}\nSource: glibc (2)\n",
    "Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: bookworm\nDate: Sat, 05 Dec 2026 02:53:00 UTC\n"
    f"Valid-Until: Sat, 12 Dec 2026 02:53:00 UTC\nSHA256:\n {HEX} 100 main/binary-amd64/Packages\n"
    f" {HEX} 10 main/binary-amd64/Packages.xz\n",
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: stable\nSHA256:\n\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: a\n\nmDMEZwAAABYJKwYBBAHaRw8BAQdA\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
    "Sat, 05 Dec 2026 02:53:00 UTC\nThu, 01 Jan 1970 00:00:00 +0000\n",
    "1.0 1.0~ 1.0-1 0:1.0 1.00 1.0+b1\n1.a 1.+ 1~~ 1~~a 1~ 1\n9 10 09a 9a~ 9a 9-0\n",
    "a (>= 1) [amd64 any-arm64] <!stage1> <cross>, b:native | c:arm64 (= 1:2-3)",
    "/usr/share/keyrings/a.gpg,0123456789ABCDEF /etc/b.asc",
]

PYTHON = [
    "1!2.3rc1.post2.dev3+local.4\n1.0.dev1\n1.0a1\n1.0\n1.0.post1\nv1.0-1\n1.0+ubuntu.1\n1.0+1.a\n",
    ">=1.2,!=1.3,<2\n~=2.2\n==1.4.*\n===whatever\n!=1.0.*,>1.0.post1\n",
    "requests[socks,security]>=2.28; python_version >= '3.9' and (sys_platform == \"linux\" or extra == 'test')\n"
    "a @ https://example.org/a.whl\nb(>1)\nc ; 'a' not in platform_version\n",
    "python_full_version ~= '3.11' and implementation_name == 'cpython' or os.name != 'nt'\n",
    "numpy-2.4.6-1b-cp311.cp312-cp311-manylinux_2_28_x86_64.manylinux2014_x86_64.whl\na-1-py2.py3-none-any.whl\n",
    "Metadata-Version: 2.1\nName: a-b.c\nVersion: 1.0\nRequires-Dist: b>=1; extra == 'c'\nProvides-Extra: c\n"
    "Requires-Python: >=3.8\nLicense-Expression: MIT\nClassifier: License :: OSI Approved :: MIT License\nSummary: a\n  b\n\nbody\n",
    "[console_scripts]\na = a.b:main\nb-c = d:e.f [extra]\n; comment\n[gui_scripts]\nx=y:z\n",
    'a/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"a,""b""",,\r\na-1.dist-info/RECORD,,\n',
    "[global]\nindex-url = https://example.org/simple\nextra-index-url =\n    https://a\n    https://b\n[install]\nno_index: yes\n",
]

PAGES = [
    {"meta": {"api-version": "1.1"}, "name": "a", "files": [{
        "filename": "a-1-py3-none-any.whl", "url": "../../files/a-1-py3-none-any.whl#x", "hashes": {"sha256": HEX},
        "size": 10, "requires-python": ">=3.8", "yanked": "why", "core-metadata": {"sha256": HEX}}]},
    f"<!DOCTYPE html><html><head><meta name='pypi:repository-version' content=\"1.0\"><base href=/x/></head><body><!-- c -->\n"
    f"<a href=\"../a-1-py3-none-any.whl#sha256={HEX}&amp;egg=a\" data-requires-python=\"&gt;=3.8\" data-yanked>a</a>\n"
    "<A HREF='https://files.example.org/%61-2.tar.gz?q#f' data-core-metadata=true >a&#x41;&#65;</A></body></html>\n",
]

AZURE = [
    "$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json\nname: a\nversion: 3\ndescription: d\n"
    f"tags: {{a: b}}\nimage: mcr.microsoft.com/a@{ZERO}\nos_type: linux\ninference_config:\n"
    "  liveness_route: {path: /, port: 5001}\n  scoring_route: {path: /score, port: 5001}\n",
    "name: a\nimage: b\nconda_file: conda.yaml\n\0name: c\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n"
    "  - numpy >=1.26, <2\n  - conda-forge::pandas=2.1.*\n  - pip\n  - pip:\n    - a[b]>=1 ; python_version > '3.8'\n",
    "name: &a b\nconda_file:\n  dependencies: [python=3.13.1, 'scipy 1.*', {pip: [*a, \"c\\u00e9\"]}]\n",
    "numpy=1.26\nnumpy 1.26 py311_0\nconda-forge/linux-64::scipy >=1.11,<2\npandas[version='>2']\na==1.0|2.0\nb=*\n",
]

OCI_CONFIG = {
    "created": "2026-01-02T03:04:05Z", "architecture": "arm64", "os": "linux", "variant": "v8", "config": {
        "User": "65532", "ExposedPorts": {"8080/tcp": {}}, "Env": ["PATH=/bin"], "Entrypoint": ["/a"], "Cmd": ["b"],
        "Volumes": {"/data": {}}, "WorkingDir": "/", "Labels": {"a": "b"}, "StopSignal": "SIGTERM", "Healthcheck": {
            "Test": ["CMD", "/a"], "Interval": 1000000000, "Timeout": 1000000000, "StartPeriod": 0, "Retries": 3}},
    "rootfs": {"type": "layers", "diff_ids": [ZERO]},
    "history": [{"created_by": "a", "comment": "b"}, {"created_by": "ENV", "empty_layer": True}],
}
DESCRIPTOR = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": ZERO, "size": 10,
              "annotations": {"org.opencontainers.image.title": "a"}}
CONFIG = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": ZERO, "size": 2}
MANIFEST = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": CONFIG,
            "layers": [DESCRIPTOR], "annotations": {"a": "b"}}

OCI = [
    OCI_CONFIG,
    DESCRIPTOR,
    MANIFEST,
    MANIFEST | {"artifactType": "application/vnd.dev.sigstore.bundle+json", "subject": CONFIG},
    {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": CONFIG | {
        "mediaType": "application/vnd.docker.container.image.v1+json"}, "layers": [
            DESCRIPTOR | {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip"}]},
    {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
        CONFIG | {"platform": {"os": "linux", "architecture": "amd64", "variant": "v2"}, "artifactType": "a"}, CONFIG]},
    f"iris\nghcr.io/acme/iris:1\nlocalhost:5000/a__b-c@{ZERO}\nUpper/a:b.c-d@{ZERO}\ndocker.io/library/a\n",
    "linux/arm/v7\nlinux/amd64\n" + ZERO,
    'Bearer realm="https://auth.example/token",service="a",scope="repository:a:pull" , Basic realm="a\\"b", x=y\n',
]

STATEMENT = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1", "predicate": {
    "a": 1}, "subject": [{"name": "a", "digest": {"sha256": HEX}}, {"digest": {"sha512": ""}}]}

SUPPLY_CHAIN = [
    STATEMENT,
    STATEMENT | {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document"},
    {"payloadType": "application/vnd.in-toto+json", "payload": "eyJfdHlwZSI6ICJhIn0=", "signatures": [{"sig": "MEUCIQ=="}]},
    {"critical": {"identity": {"docker-reference": "a/b"}, "image": {"docker-manifest-digest": ZERO},
                  "type": "cosign container image signature"}, "optional": None},
    {"spdxVersion": "SPDX-2.3", "name": "a", "packages": []},
    {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []},
    {"kdf": {"name": "scrypt", "params": {"N": 32768, "r": 8, "p": 1}, "salt": "AAAA"}, "cipher": {
        "name": "nacl/secretbox", "nonce": "A" * 32}, "ciphertext": "AAAA"},
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEogAIhXovUD/40VKlr+BJzjq7cvw2\n"
    "skZ++lP0SUorMzRBqesRetXahJv4C+C+onSwSf8UJtqXBGIi+R2O61fjfQ==\n-----END PUBLIC KEY-----\n",
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
    "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nSource: b (2)\nMaintainer: c <d@e>\n"
    "Depends: f (>= 1) | g:any, a\n\nPackage: f\nVersion: 1:2~3+4\nName: f-g\nRequires-Dist: a>=1; extra == 'b'\n"
    "License: Apache 2.0\nClassifier: License :: OSI Approved :: MIT License\nAuthor: h\n",
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+ or Expat\n text\n",
    "MIT AND (Apache-2.0 OR GPL-2.0-or-later WITH Classpath-exception-2.0)\nGPL-3+ with OpenSSL exception\nLicenseRef-a\n",
]
