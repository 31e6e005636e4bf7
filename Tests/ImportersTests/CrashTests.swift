import Foundation
import Importers
import ModelImport
import TestSupport
import Testing

/// What `Tests/Fuzz/ModelFormats` found in importers, imported again.
@Suite struct CrashTests {
    @Test func `what ended an importer once gives a model or an error`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: fixturePath("crashes"))
        #expect(!names.isEmpty)
        for name in names.sorted() {
            let file = try ModelFile(try fixture("crashes/\(name)"), path: name)
            let importer = try #require(importers.first { $0.recognises(file) })
            _ = try? importer.importModel(file, options: ImportOptions())
        }
    }
}
