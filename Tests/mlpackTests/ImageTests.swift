import Foundation
import JSON
import TestSupport
import Testing

/// The commands of images, with an environment that needs nothing from the network.
@Suite struct ImageTests {
    private let folder: TemporaryFolder
    private let model = repositoryRoot + "/Tests/OnnxCheckerTests/Fixtures/rules/sound.onnx"

    init() throws {
        folder = try TemporaryFolder()
        let made = try runTool(
            """
            set -e
            mkdir -p environments/empty out
            sed -e '/^  debian:/,/^    bundle:/d' -e 's/^name: .*/name: empty/' "$1/images/onnx-serve/environment.yaml" \
                >environments/empty/environment.yaml
            printf '{"schema": "mlpack.dev/environment-lock/v2", "manifest": "sha256:%s", "files": [], "platforms": []}' \
                "$(sha256sum <environments/empty/environment.yaml | cut -d' ' -f1)" \
                >environments/empty/environment.lock.json
            """,
            [repositoryRoot],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        // Headers of a static executable: 64 bits, x86-64, one loaded segment.
        var elf = [UInt8](repeating: 0, count: 120)
        elf.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
        for (offset, value) in [(16, 2), (18, 62), (32, 64), (54, 56), (56, 1), (64, 1)] { elf[offset] = UInt8(value) }
        try Data(elf).write(to: URL(fileURLWithPath: folder.file("mlpack-serve")))
    }

    private func build(
        _ options: [String] = [],
        model: String? = nil,
        output: String = "iris.tar",
        tag: String = "iris:1",
        environment: String = "empty",
        shell: String = "",
        variables: [String: String] = [:]
    ) throws -> CommandResult {
        try runExecutable(
            "mlpack",
            [
                "image", "build", "--model", model ?? self.model, "--environment", environment, "--environments-dir",
                "environments",
                "--tag", tag, "-o", output, "--server", "mlpack-serve",
            ] + options,
            folder: folder.path,
            environment: variables.merging(["XDG_CACHE_HOME": folder.file("cache")]) { given, _ in given },
            shell: shell
        )
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file(path)).sorted()
    }

    @Test func `an image is one line: its name, its digest, its file`() throws {
        let result = try build()
        #expect(result.status == 0, "\(result.errors)")
        let words = result.output.split(separator: " ")
        #expect(words.first == "iris:1" && words.last == "iris.tar\n")
        let digest = try runTool("tar -xOf iris.tar index.json | jq -r '.manifests[0].digest'", folder: folder.path)
        #expect(words[1] == digest.output.dropLast())
    }

    @Test func `the same bytes come from every umask, time zone, locale and cache`() throws {
        for (index, mask) in ["022", "077", "000"].enumerated() {
            let result = try build(
                output: "out/\(index).tar",
                shell: "umask \(mask);",
                variables: [
                    "TZ": ["UTC", "Pacific/Kiritimati", "America/St_Johns"][index],
                    "LC_ALL": ["C", "C.UTF-8", "tr_TR"][index],
                    "XDG_CACHE_HOME": folder.file("cache-\(index)"),
                ]
            )
            #expect(result.status == 0, "\(result.errors)")
        }
        let sums = try runTool("sha256sum out/*.tar | cut -d' ' -f1 | sort -u | wc -l", folder: folder.path)
        #expect(sums.output == "1\n")
    }

    @Test func `the report is JSON where a script asks for it`() throws {
        _ = try build()
        let report = try JSONValue.parse(Array(build(["--json"]).output.utf8))
        #expect(report["names"] == ["iris:1"])
        let platform = report["platforms"]?.array?.first
        #expect(platform?["architecture"] == "amd64")
        #expect(platform?["layers"]?.array?.map { $0["reused"] } == [true, true, false])
    }

    @Test func `a full disk leaves nothing half-written`() throws {
        _ = try build()
        let result = try build(output: "out/full.tar", shell: "ulimit -f 2;")
        #expect(result.status == 1)
        #expect(result.errors.hasSuffix("error: `out/full.tar`: writing: file too large\n"))
        #expect(try names("out") == [])
    }

    @Test func `what stood there before stays when a build fails`() throws {
        try Data("before".utf8).write(to: URL(fileURLWithPath: folder.file("out/old.tar")))
        #expect(try build(output: "out/old.tar", shell: "ulimit -f 2;").status == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("out/old.tar"))) == Data("before".utf8))
    }

    @Test func `verify looks at the images for all platforms, and names the root`() throws {
        let built = try build(["--format", "oci-layout"], output: "layout")
        #expect(built.status == 0, "\(built.errors)")
        func index(change: String) throws -> String {
            let made = try runTool(
                """
                set -e
                put() {
                    digest=$(sha256sum <part | cut -d' ' -f1)
                    jq -c -n --arg d "sha256:$digest" --argjson s "$(wc -c <part)" --arg t "$1" --arg a "$2" \
                        '{mediaType: $t, digest: $d, size: $s, platform: {os: "linux", architecture: $a}}'
                    mv part "layout/blobs/sha256/$digest"
                }
                [ -e first.json ] || cp layout/index.json first.json
                cp "layout/blobs/sha256/$(jq -r '.manifests[0].digest' first.json | cut -d: -f2)" manifest
                type=application/vnd.oci.image
                cp manifest part; amd64=$(put $type.manifest.v1+json amd64)
                jq -c "$1" manifest >part; arm64=$(put $type.manifest.v1+json arm64)
                echo "$amd64$arm64" | jq -c -s --arg t $type.index.v1+json \
                    '{schemaVersion: 2, mediaType: $t, manifests: .}' >part
                root=$(put $type.index.v1+json any)
                echo "$root" | jq -c '{schemaVersion: 2, manifests: [.]}' >layout/index.json
                echo "$root" | jq -r .digest
                """,
                [change],
                folder: folder.path
            )
            try #require(made.status == 0, "\(made.errors)")
            return String(made.output.dropLast())
        }
        let root = try index(change: ".annotations.a = \"b\"")
        let valid = try runExecutable("mlpack", ["image", "verify", "layout"], folder: folder.path)
        #expect(valid.status == 0, "\(valid.errors)")
        #expect(valid.output.hasSuffix("`layout`: valid, \(root), 2 platforms\n"))
        #expect(valid.output.split(separator: "\n").count == 3)
        _ = try index(change: ".layers[0].size += 1")
        let broken = try runExecutable("mlpack", ["image", "verify", "layout"], folder: folder.path)
        #expect(broken.status == 1)
        #expect(broken.errors.contains("the bytes are others"))
        let one = ["image", "verify", "layout", "--platform", "linux/amd64"]
        #expect(try runExecutable("mlpack", one, folder: folder.path).status == 0)
    }

    @Test func `a name that is none is a mistake of usage`() throws {
        let result = try build(tag: "Iris:1")
        #expect(result.status == 2)
        #expect(
            result.errors == "error: image name `Iris:1`: the repository has another form, expected lower-case letters "
                + "and digits, separated by `.`, `_`, `-`, `/`\n"
        )
    }

    @Test func `an unknown format is a mistake of usage`() throws {
        let result = try build(["--format", "zip"])
        #expect(result.status == 2)
        let words = "unknown format `zip`, expected `archive`, `docker-archive`, `oci-archive` or `oci-layout`"
        #expect(result.errors.contains(words))
    }

    @Test func `an unknown environment hints at the closest`() throws {
        let result = try build(environment: "empti")
        #expect(result.status == 1)
        #expect(
            result.errors.hasPrefix(
                "error: environment `empti`: there is no environment of this name in `environments`"
            )
        )
        #expect(result.errors.hasSuffix("hint: did you mean `empty`?\n"))
    }

    @Test func `a model that is none is not packed`() throws {
        let broken = folder.file("broken.onnx")
        try Data([0xFF, 0xFF]).write(to: URL(fileURLWithPath: broken))
        let result = try runExecutable(
            "mlpack",
            [
                "image", "build", "--model", broken, "--environment", "empty", "--environments-dir", "environments",
                "--tag",
                "iris:1", "-o", "iris.tar", "--server", "mlpack-serve",
            ],
            folder: folder.path,
            environment: ["XDG_CACHE_HOME": folder.file("cache")]
        )
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: `\(broken)`: "))
        #expect(!FileManager.default.fileExists(atPath: folder.file("iris.tar")))
    }

    @Test func `a model that the server refuses is not packed`() throws {
        let unserved = repositoryRoot + "/Tests/ServingCoreTests/Fixtures/unserved/image.onnx"
        let result = try runExecutable(
            "mlpack",
            [
                "image", "build", "--model", unserved, "--environment", "empty", "--environments-dir", "environments",
                "--tag", "iris:1", "-o", "iris.tar", "--server", "mlpack-serve",
            ],
            folder: folder.path,
            environment: ["XDG_CACHE_HOME": folder.file("cache")]
        )
        #expect(result.status == 3)
        #expect(
            result.errors == """
                error: `\(unserved)`: node `decode` (ImageDecoder, opset 20): operator `ImageDecoder` of domain `ai.onnx` \
                is not supported without an image decoder
                hint: `mlpack run` and `mlpack serve` have one, the static `mlpack-serve` has none

                """
        )
        #expect(!FileManager.default.fileExists(atPath: folder.file("iris.tar")))
    }

    @Test func `a saved model says what makes ONNX of it`() throws {
        let made = try runTool("printf '\\200\\004}.' >iris.joblib", folder: folder.path)
        try #require(made.status == 0)
        let result = try build(model: "iris.joblib")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: `iris.joblib`: "), "\(result.errors)")
        let words =
            "hint: environment `empty` serves ONNX: `mlpack export --onnx iris.joblib -o model.onnx` makes it of a saved model\n"
        #expect(result.errors.hasSuffix(words), "\(result.errors)")
    }

    @Test func `links of an added folder stay links`() throws {
        let made = try runTool(
            "mkdir -p app/sub && echo 1 >app/sub/file && ln -s sub/file app/link && ln -s sub app/folder",
            folder: folder.path
        )
        try #require(made.status == 0)
        #expect(try build(["--add", "app=/app"]).status == 0)
        let extracted = try runExecutable(
            "mlpack",
            ["image", "extract", "iris.tar", "--path", "/app", "-o", "out/app"],
            folder: folder.path
        )
        #expect(extracted.status == 0, "\(extracted.errors)")
        let compared = try runTool("diff -r --no-dereference app out/app", folder: folder.path)
        #expect(compared.status == 0, "\(compared.output)")
    }

    @Test func `a Docker archive is named by the image ID that it holds`() throws {
        let result = try build(["--format", "docker-archive"])
        let names = try runTool("tar -xOf iris.tar manifest.json | jq -r '.[0].Config'", folder: folder.path)
        let id = names.output.replacingOccurrences(of: ".json\n", with: "")
        #expect(result.output == "iris:1  image id sha256:\(id)  iris.tar\n", "\(result.errors)")
        let json = try JSONValue.parse(Array(build(["--format", "docker-archive", "--json"]).output.utf8))
        #expect(json["digest"]?.isNull == true)
        #expect(json["imageID"] == .string("sha256:\(id)"))
    }

    @Test(arguments: ["show own", "list"]) func `texts of environments steer no terminal`(command: String) throws {
        let made = try runTool(
            """
            set -e
            mkdir environments/own
            sed -e 's/^name: .*/name: own/' -e 's/^description: .*/description: "a\\\\e[2Jb"/' \
                environments/empty/environment.yaml >environments/own/environment.yaml
            """,
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let words = command.split(separator: " ").map(String.init)
        let shown = try runExecutable(
            "mlpack",
            ["environment"] + words + ["--environments-dir", "environments"],
            folder: folder.path
        )
        #expect(shown.output.contains("a\\u{1b}[2Jb\n"), "\(shown.errors)")
    }

    @Test func `environments are listed and shown`() throws {
        let list = try runExecutable(
            "mlpack",
            ["environment", "list", "--environments-dir", repositoryRoot + "/images"],
            folder: folder.path
        )
        #expect(list.output.contains("onnx-serve  1  ONNX models behind the Open Inference Protocol\n"))
        let show = try runExecutable(
            "mlpack",
            ["environment", "show", "onnx-serve", "--json", "--environments-dir", repositoryRoot + "/images"],
            folder: folder.path
        )
        let json = try JSONValue.parse(Array(show.output.utf8))
        let platforms = try #require(json["platforms"]?.array)
        #expect(platforms.map { $0["architecture"] } == ["amd64", "arm64"])
        #expect(platforms.allSatisfy { $0["packages"]?.array?.first?["name"] == "ca-certificates" })
    }
}
