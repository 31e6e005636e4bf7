import Foundation

/// An empty folder that is removed with everything in it when the value goes.
package final class TemporaryFolder {
    /// The absolute path, without a slash at the end.
    package let path: String

    /// Makes a folder below the system's temporary folder.
    package init() throws {
        path = NSTemporaryDirectory() + "mlpack-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder, which need not exist.
    package func file(_ name: String) -> String { path + "/" + name }
}
