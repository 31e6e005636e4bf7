import Foundation
import JSON
import TestSupport
import Testing

/// The commands that sign, attest and describe an image, on a layout that stands here word for word.
@Suite struct TrustTests {
    private let folder: TemporaryFolder
    private let digest: String

    init() throws {
        folder = try TemporaryFolder()
        let made = try runTool(
            """
            set -e
            mkdir -p layout/blobs/sha256
            put() { printf '%s' "$1" >blob; sum=$(sha256sum <blob | cut -d' ' -f1); mv blob layout/blobs/sha256/$sum; }
            printf '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
            config='{"architecture":"amd64","os":"linux","config":{"User":"1000","ExposedPorts":{"9000/tcp":{}}},"rootfs":{"type":"layers","diff_ids":[]}}'
            put "$config"
            manifest='{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:'$sum'","size":'${#config}'},"layers":[]}'
            put "$manifest"
            printf '%s' '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'$sum'","size":'${#manifest}',"annotations":{"org.opencontainers.image.ref.name":"1","io.containerd.image.name":"example.org/acme/iris-2:1"}}]}' >layout/index.json
            echo $sum
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        digest = "sha256:" + made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func image(_ arguments: String..., password: String = "secret") throws -> CommandResult {
        try image(arguments, password: password)
    }

    private func image(_ arguments: [String], password: String = "secret") throws -> CommandResult {
        try runExecutable(
            "mlpack",
            ["image"] + arguments,
            folder: folder.path,
            environment: ["COSIGN_PASSWORD": password, "XDG_CACHE_HOME": folder.file("cache")]
        )
    }

    @Test func `an image is signed with a new key, and verified`() throws {
        let made = try image("keygen")
        #expect(made.output == "cosign.key\ncosign.pub\n", "\(made.errors)")
        let again = try image("keygen")
        #expect(again.errors == "error: `cosign.key`: the file is there already, and is not written over\n")
        let unsigned = try image("verify", "layout", "--key", "cosign.pub")
        #expect(unsigned.status == 1)
        #expect(
            unsigned.errors
                == "error: `layout`: there is no signature of `\(digest)`, expected one by `cosign.pub`\n"
                + "hint: signatures stay behind when an image is copied without its referrers\n"
        )
        let signed = try image("sign", "layout", "--key", "cosign.key")
        #expect(signed.output == "example.org/acme/iris-2@\(digest)\n", "\(signed.errors)")
        let verified = try image("verify", "layout", "--key", "cosign.pub", "--json")
        let report = try JSONValue.parse(Array(verified.output.utf8))
        #expect(report["trust"]?["identities"] == ["example.org/acme/iris-2"])
        let elsewhere = try image("verify", "layout", "--key", "cosign.pub", "--identity", "example.org/x")
        #expect(
            elsewhere.errors
                == "error: `layout`: the signature is for another name, expected `example.org/x`, got "
                + "`example.org/acme/iris-2`\nhint: `--identity example.org/acme/iris-2` takes it, such as for a copy in "
                + "another registry\n"
        )
    }

    @Test func `what is signed is called the index or the manifest`() throws {
        let made = try runTool(
            """
            set -e
            size=$(stat -c %s layout/blobs/sha256/${1#sha256:})
            printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s,"platform":{"architecture":"amd64","os":"linux"}}]}' "$1" $size >index
            sum=$(sha256sum <index | cut -d' ' -f1)
            printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:%s","size":%s,"annotations":{"io.containerd.image.name":"example.org/acme/iris-2:1"}}]}' $sum $(stat -c %s index) >layout/index.json
            mv index layout/blobs/sha256/$sum
            printf sha256:$sum
            """,
            [digest],
            folder: folder.path
        )
        let index = made.output
        _ = try image("keygen")
        let name = "example.org/acme/iris-2"
        #expect(try image("sign", "layout", "--key", "cosign.key").output == "\(name)@\(index)\n")
        let whole = try image("verify", "layout", "--key", "cosign.pub")
        #expect(whole.output.hasPrefix("`cosign.pub` signed the index \(index) for `\(name)`\n"), "\(whole.errors)")
        let verify = ["verify", "layout", "--key", "cosign.pub", "--platform", "linux/amd64"]
        #expect(
            try image(verify).errors
                == "error: `layout`: there is no signature of `\(digest)`, expected one by `cosign.pub`\n"
                + "hint: the key signed the index `\(index)` that leads to it: verify without `--platform`\n"
        )
        _ = try image("sign", "layout", "--key", "cosign.key", "--platform", "linux/amd64")
        #expect(try image(verify).output.hasPrefix("`cosign.pub` signed the manifest \(digest) for `\(name)`\n"))
    }

    @Test func `another password, and another file, are errors with the name of the file`() throws {
        _ = try image("keygen")
        let wrong = try image("sign", "layout", "--key", "cosign.key", password: "other")
        #expect(wrong.errors == "error: `cosign.key`: the password is another than that of the key\n")
        #expect(
            try image("sign", "layout", "--key", "cosign.pub").errors
                == "error: `cosign.pub`: the file holds something else, expected a `PRIVATE KEY` in PEM, got `PUBLIC KEY`\n"
        )
        #expect(
            try image("verify", "layout", "--key", "cosign.key").errors
                == "error: `cosign.key`: the file holds something else, expected a `PUBLIC KEY` in PEM, got "
                + "`ENCRYPTED SIGSTORE PRIVATE KEY`\nhint: it is a private key, signatures are held against the public one\n"
        )
        #expect(
            try image("verify", "layout", "--identity", "x").errors
                .hasPrefix("error: `--identity` is given without `--key`\n")
        )
    }

    @Test func `a document is attached, and printed again`() throws {
        let made = try image("sbom", "layout", "--format", "cyclonedx", "-o", "cdx.json")
        #expect(made.status == 0, "\(made.errors)")
        #expect(try image("attest", "layout", "--document", "cdx.json").status == 0)
        let printed = try JSONValue.parse(Array(image("sbom", "layout", "--format", "cyclonedx").output.utf8))
        #expect(printed["bomFormat"] == "CycloneDX")
        #expect(printed["metadata"]?["component"]?["version"]?.string == digest)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder.file("other.json")))
        let refused = try image("attest", "layout", "--document", "other.json")
        #expect(refused.status == 3)
        #expect(
            refused.errors
                == "error: `other.json`: the document is of no form that is known here, expected SPDX 2, CycloneDX or a "
                + "statement of in-toto\n"
        )
        let statement =
            #"{"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "subject": [{"name": "a", "#
            + #""digest": {"sha256": "\#(String(repeating: "0", count: 64))"}}], "predicate": {}}"#
        try Data(statement.utf8).write(to: URL(fileURLWithPath: folder.file("other.json")))
        #expect(
            try image("attest", "layout", "--document", "other.json").errors
                == "error: `other.json`: the statement is of another image, expected `\(digest)`, got "
                + "`sha256:\(String(repeating: "0", count: 64))`\n"
        )
    }

    @Test func `a manifest names the image by its digest, with its port and its user`() throws {
        let compose = try image("manifest", "--compose", "layout", "--port", "80").output
        #expect(
            compose == """
                name: iris-2
                services:
                  iris-2:
                    image: example.org/acme/iris-2@\(digest)
                    user: "1000:1000"
                    read_only: true
                    cap_drop:
                      - ALL
                    security_opt:
                      - no-new-privileges:true
                    tmpfs:
                      - /tmp
                    ports:
                      - "80:9000"
                    restart: unless-stopped
                    deploy:
                      replicas: 1
                      resources:
                        limits:
                          cpus: "1"
                          memory: "1073741824"

                """
        )
        let refused = try image("manifest", "--kubernetes", "layout", "--modelcar")
        #expect(refused.status == 2)
        #expect(refused.errors.hasPrefix("error: `--modelcar` is given without `--kserve`\n"))
    }
}
