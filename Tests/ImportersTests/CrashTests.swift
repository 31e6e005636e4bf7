import Foundation
import TestSupport
import Testing

/// What `Tests/Fuzz/ModelFormats` found in importers, imported again.
@Suite struct CrashTests {
    @Test func `what ended an importer once gives a model or an error`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: fixturePath("crashes"))
        #expect(!names.isEmpty)
        for name in names.sorted() {
            importEveryWay(try fixture("crashes/\(name)"), path: name)
        }
    }
}
