import Foundation

/// The path of a file beside the test that asks: `Fixtures/<name>` in the folder of the calling source file.
package func fixturePath(_ name: String, of file: String = #filePath) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// The bytes of a file beside the test that asks.
package func fixture(_ name: String, of file: String = #filePath) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixturePath(name, of: file))))
}

/// The root of the repository.
package var repositoryRoot: String {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
}
