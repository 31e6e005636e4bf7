import Foundation
import TestSupport
import Testing

/// What `Tests/Fuzz/ModelFormats` found in readers, read again.
@Suite struct CrashTests {
    @Test func `what ended a reader once gives a value or an error`() throws {
        // There is no folder while there are no such files.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: fixturePath("crashes"))) ?? []
        for name in names.sorted() {
            let target = String(name.prefix { $0 != "-" })
            let reader = try #require(FuzzedReader(rawValue: target), "no target is called \(target)")
            reader.read(try fixture("crashes/\(name)"))
        }
    }
}
