import Foundation
import OnnxChecker
import OnnxReader
import TestSupport
import Testing

/// The models of Debian's libonnx-testdata, where the package is installed.
private let folder = "/usr/share/libonnx-testdata/data"
private let isInstalled = FileManager.default.fileExists(atPath: folder)

@Suite(.enabled(if: isInstalled, "libonnx-testdata is not installed"))
struct PublishedModelsTests {
    @Test func `nothing is found in the models that ONNX publishes`() throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".onnx") }
        #expect(paths.count > 1000)
        for path in paths {
            #expect(lines(checkModel(try readModel(path: folder + "/" + path))) == [], "\(path)")
        }
    }
}
