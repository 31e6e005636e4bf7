import ContentStore
import JSON
import SupplyChain

/// An inventory made by hand, with names and licences as packages have them, and worse ones.
let sampleInventory: Inventory = {
    let image = Digest(of: Array("image".utf8))
    let layer = Digest(of: Array("layer".utf8))
    func digest(_ text: String) -> Digest { Digest(of: Array(text.utf8)) }
    return Inventory(
        subject: Inventory.Subject(name: "ghcr.io/acme/iris", digest: image, architecture: "amd64"),
        components: [
            .init(
                "libc6",
                version: "2.36-9+deb12u14",
                kind: .debian(architecture: "amd64", source: "glibc", distribution: "debian-12"),
                digest: digest("libc6"),
                licenses: ["LGPL-2.1+", "GPL-2"],
                supplier: "GNU Libc Maintainers (all) <debian-glibc@lists.debian.org>",
                dependsOn: ["libgcc-s1", "no-such-package"],
                layer: layer
            ),
            .init(
                "libgcc-s1",
                version: "1:12.2.0-14~x",
                kind: .debian(architecture: "amd64", source: "gcc-12", distribution: "debian-12"),
                licenses: ["GPL-3.0-or-later WITH GCC-exception-3.1"],
                dependsOn: ["libc6"]
            ),
            .init("Typing_Extensions", version: "4.15.0", kind: .python, licenses: ["PSF-2.0"]),
            .init(
                "numpy",
                version: "2.4.6+local",
                kind: .python,
                digest: digest("numpy"),
                licenses: [
                    "BSD-3-Clause AND (MIT OR apache-2.0)", "Copyright (c) 2005, NumPy Developers.\nAll rights <&>",
                ]
            ),
            .init("numpy", version: "2.4.6+local", kind: .python, digest: digest("another"), licenses: []),
            .init("model.onnx", kind: .model, digest: digest("model"), path: "models/iris/1/model.onnx", layer: layer),
            .init("größe \"x\".bin", kind: .file, digest: digest("file"), path: "models/iris/1/größe \"x\".bin"),
            .init("größe 'x'.bin", kind: .file, digest: digest("file"), path: "models/iris/1/größe 'x'.bin"),
            .init(
                "mlpack-serve",
                version: "0.1.0",
                kind: .server,
                digest: digest("server"),
                licenses: ["Apache-2.0"],
                path: "usr/bin/mlpack-serve"
            ),
        ]
    )
}()

/// How the image of the inventory was built.
let sampleProvenance = Provenance(
    environment: "onnx-python",
    environmentVersion: "2026.11.1",
    model: "iris",
    modelDigest: Digest(of: Array("model".utf8)),
    lockDigest: Digest(of: Array("lock".utf8)),
    base: Inventory.Subject(name: "docker.io/library/debian", digest: Digest(of: Array("base".utf8))),
    platform: "linux/amd64",
    tags: ["ghcr.io/acme/iris:latest", "ghcr.io/acme/iris:1"]
)

extension JSONValue {
    /// The text of the value.
    var text: String { String(decoding: serialized(.canonical), as: UTF8.self) }
}
