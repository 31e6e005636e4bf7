import Testing

@Suite struct ModuleMapTests {
    @Test func `the map has a row for each target and for nothing else`() {
        #expect(Set(ModuleMap.rows.map(\.target)) == SourceTree.targets)
    }

    @Test(arguments: ModuleMap.rows.map(\.target))
    func `the map names what a target imports of this package`(target: String) {
        let written = ModuleMap.rows.first { $0.target == target }?.imports
        let swift = SourceTree.localImports[target] ?? []
        let isC = !SourceTree.swiftFiles.contains { $0.target == target }
        #expect(isC || written == swift, "docs/architecture.md, row `\(target)`")
    }

    @Test func `the manifest declares what is imported, and nothing else`() {
        #expect(PackageManifest.dependencies.count > 20)
        for (target, declared) in PackageManifest.dependencies {
            #expect(declared == SourceTree.localImports[target] ?? [], "Package.swift, `\(target)`")
        }
    }

    @Test func `arrows point to rows further up`() {
        for (index, row) in ModuleMap.rows.enumerated() {
            let above = ModuleMap.rows[..<index]
            for name in row.imports {
                #expect(above.contains { $0.target == name && $0.layer <= row.layer }, "\(row.target) → \(name)")
            }
        }
    }

    @Test func `a C target is imported by one Swift target`() {
        let cTargets = SourceTree.targets.filter { target in !SourceTree.swiftFiles.contains { $0.target == target } }
        #expect(!cTargets.isEmpty)
        for cTarget in cTargets {
            let importers = SourceTree.localImports.filter { $0.value.contains(cTarget) }.keys.sorted()
            #expect(importers.count <= 1, "\(cTarget) is imported by \(importers)")
        }
    }

    @Test(arguments: SourceTree.targets.filter { $0.hasSuffix("Importer") || $0 == "Importers" }.sorted())
    func `importers do not know the engine`(target: String) {
        #expect(!SourceTree.closure(of: target).contains("InferenceEngine"))
    }

    @Test func `importers do not know one another`() {
        for target in SourceTree.targets where target.hasSuffix("Importer") {
            let others = SourceTree.closure(of: target).filter { $0.hasSuffix("Importer") && $0 != target }
            #expect(others.isEmpty, "\(target) → \(others)")
        }
    }

    @Test func `the serving core knows no protocol`() {
        let foreign = SourceTree.closure(of: "ServingCore").flatMap { SourceTree.foreignImports[$0] ?? [] }
        #expect(foreign.allSatisfy { !$0.contains("NIO") && !$0.contains("HTTP") && !$0.contains("GRPC") })
    }

    @Test func `images know neither libarchive nor HTTP`() {
        #expect(SourceTree.closure(of: "OCIImage").isDisjoint(with: ["Archives", "CArchive", "CCurl", "Downloads"]))
    }

    @Test func `the server executable is lean`() {
        let linked = SourceTree.closure(of: "mlpack-serve")
        let heavy = [
            "COnnxChecker", "COnnxProto", "CProtobufC", "CArchive", "CCurl", "CCrypto", "CImageCodecs", "ModelImport",
        ]
        #expect(linked.isDisjoint(with: heavy))
        for target in linked {
            let foreign = SourceTree.foreignImports[target] ?? []
            #expect(foreign.isDisjoint(with: ["Foundation", "FoundationEssentials", "ArgumentParser"]), "\(target)")
        }
    }
}
