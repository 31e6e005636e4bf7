import ContentStore
import Downloads
import Foundation
import PythonPackages
import TestSupport

/// An index on the loopback, with a store for what is fetched from it.
final class TestIndex {
    let server: FileServer
    let folder: TemporaryFolder
    let downloader: Downloader
    private var files: [String: [String]] = [:]

    init() throws {
        server = try FileServer()
        folder = try TemporaryFolder()
        downloader = Downloader(store: try ContentStore(root: folder.file("store")))
    }

    /// Offers a wheel in a page of JSON.
    ///
    /// *Parameter* more: further members of the file's object.
    func add(_ wheel: TestWheel, _ more: String = "") throws {
        let bytes = try wheel.bytes
        server.serve("/files/\(wheel.file)", bytes)
        let file = """
            {"filename": "\(wheel.file)", "url": "../../files/\(wheel.file)", "size": \(bytes.count),
             "hashes": {"sha256": "\(Digest(of: bytes).hex)"}\(more.isEmpty ? "" : ", " + more)}
            """
        addFile(file, of: wheel.name)
    }

    /// Offers a file by its object in a page of JSON.
    func addFile(_ file: String, of project: String) {
        files[project, default: []].append(file)
        let page = """
            {"meta": {"api-version": "1.1"}, "name": "\(project)", "files": [\(files[project, default: []].joined(separator: ", "))]}
            """
        server.serve("/simple/\(project)/", Array(page.utf8), type: "application/vnd.pypi.simple.v1+json")
    }

    var indexes: PackageIndexes {
        get throws {
            var indexes = try PackageIndexes(indexes: [server.address + "/simple"])
            indexes.retries.firstDelay = 0
            return indexes
        }
    }

    static func target(_ version: String = "3.11.2") throws -> PythonTarget {
        try PythonTarget(version: version, architecture: .x86, glibc: "2.36")
    }

    /// What a resolution chooses: `name version`.
    func resolve(_ requirements: String..., provided: [String: String] = [:], stepLimit: Int = 1000) throws -> [String]
    {
        try PythonPackages.resolve(
            requirements.map { try PythonRequirement(parsing: $0) },
            for: Self.target(),
            provided: provided,
            from: indexes,
            downloader,
            stepLimit: stepLimit
        ).map { "\($0.name) \($0.version)" }
    }
}
