import ContentStore
import Diagnostics
import Foundation
import JSON
import SupplyChain
import TestSupport
import Testing

/// The interpreter with other projects' readers of these documents, which `Tests/run` sets up.
private let oracle = repositoryRoot + "/.build/oracles/bin/python"

private func hasOracle() -> Bool {
    (try? runTool("\"$1\" -c 'import cyclonedx, in_toto_attestation, packageurl, spdx_tools'", [oracle]).status == 0)
        ?? false
}

@Suite struct InventoryDocumentTests {
    @Test(.enabled(if: hasOracle())) func `the documents are valid to the schemas and to the tools of their projects`()
        throws
    {
        let folder = try TemporaryFolder()
        let empty = Inventory(subject: sampleInventory.subject)
        var provenance = sampleProvenance
        provenance.lockDigest = nil
        provenance.base = nil
        provenance.finishedOn = "2026-01-02T03:04:05Z"
        for (name, inventory) in [("sample", sampleInventory), ("empty", empty)] {
            let statements = [sampleProvenance, provenance].map { $0.statement(of: inventory).json }
            let named = [
                ("spdx", inventory.spdx.value), ("cdx", inventory.cycloneDX.value), ("slsa", statements[0]),
                ("timed", statements[1]),
            ]
            for (form, json) in named {
                let path = folder.file("\(name).\(form).json")
                try Data(json.serialized(.pretty)).write(to: URL(fileURLWithPath: path))
            }
        }
        let script = repositoryRoot + "/Tests/support/documents.py"
        let result = try runTool("\"$1\" \"$2\" \"$3\"/*.json", [oracle, script, folder.path])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test func `the order of the parts and how often they are made change nothing`() {
        var turned = sampleInventory
        turned.components = turned.components.reversed() + turned.components
        #expect(turned.spdx.value.text == sampleInventory.spdx.value.text)
        #expect(turned.cycloneDX.value.text == sampleInventory.cycloneDX.value.text)
    }

    @Test func `another image is another document`() {
        var other = sampleInventory
        other.subject.digest = Digest(of: [])
        #expect(other.spdx.value["documentNamespace"] != sampleInventory.spdx.value["documentNamespace"])
        #expect(other.cycloneDX.value["serialNumber"] != sampleInventory.cycloneDX.value["serialNumber"])
    }

    @Test func `packages have the names that scanners look for`() {
        let urls = sampleInventory.components.compactMap { PackageURL($0)?.description }
        #expect(
            urls == [
                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12&upstream=glibc",
                "pkg:deb/debian/libgcc-s1@1:12.2.0-14~x?arch=amd64&distro=debian-12&upstream=gcc-12",
                "pkg:pypi/typing-extensions@4.15.0", "pkg:pypi/numpy@2.4.6%2Blocal", "pkg:pypi/numpy@2.4.6%2Blocal",
            ]
        )
    }

    @Test(arguments: [
        ("MIT", "MIT"), ("mit", "MIT"), ("Expat", "MIT"), ("GPL-2+", "GPL-2.0-or-later"),
        ("apache-2.0 OR mit", "Apache-2.0 OR MIT"), ("(MIT and BSD-3-clause) or ISC", "(MIT AND BSD-3-Clause) OR ISC"),
        ("Zlib+", "Zlib+"), ("GPL-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("BSD", "LicenseRef-"), ("MIT OR", "LicenseRef-"), ("(MIT", "LicenseRef-"), ("", "LicenseRef-"),
        (String(repeating: "(", count: 1000) + "MIT", "LicenseRef-"),
    ])
    func `licences are expressions where they can be, and words where not`(text: String, expected: String) {
        let inventory = Inventory(
            subject: sampleInventory.subject,
            components: [.init("a", kind: .python, licenses: [text])]
        )
        let got = inventory.spdx.value["packages"]?.array?.last?["licenseDeclared"]?.string ?? ""
        #expect(got == expected || expected == "LicenseRef-" && got.hasPrefix(expected), "\(got)")
    }
}
