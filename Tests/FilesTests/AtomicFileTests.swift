import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("model.onnx")
    }

    private var entries: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    @Test func `no file that was written before is of a later second than the time of files`() throws {
        for number in 0..<2000 {
            try writeFile(path, [UInt8(truncatingIfNeeded: number)])
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mtim.tv_sec <= fileTime())
        }
    }

    @Test func `a committed file holds the bytes and has the mode, whatever the umask`() throws {
        try writeFile(path, [1, 2, 3], mode: 0o640)
        #expect(try readFile(path, limit: 10) == [1, 2, 3])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(entries == ["model.onnx"])
    }

    @Test func `a file that is not committed leaves the old one, and nothing else`() throws {
        try writeFile(path, [1])
        do {
            let file = try AtomicFile(path: path)
            try file.write([2, 2])
        }
        #expect(try readFile(path, limit: 10) == [1])
        #expect(entries == ["model.onnx"])
    }

    @Test func `a missing folder is named`() {
        let path = folder.file("no/model.onnx")
        #expect {
            try writeFile(path, [1])
        } throws: {
            "\($0)" == "`\(path)`: creating: no such file or directory"
        }
    }

    @Test func `a link stays, and what it leads to is replaced`() throws {
        try writeFile(path, [1])
        let link = folder.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try writeFile(link, [2])
        #expect(try readFile(path, limit: 10) == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    @Test func `a device is not replaced`() {
        #expect {
            try writeFile("/dev/null", [1])
        } throws: {
            "\($0)" == "`/dev/null`: writing: not a regular file"
        }
    }

    @Test func `a file above the limit is refused`() throws {
        try writeFile(path, [1, 2, 3])
        #expect {
            try readFile(path, limit: 2)
        } throws: {
            "\($0)" == "`\(path)`: the file is too large, expected at most 2 bytes"
        }
    }

    @Test func `a folder is not a file`() {
        #expect {
            try readFile(folder.path, limit: 2)
        } throws: {
            "\($0)" == "`\(folder.path)`: reading: is a directory"
        }
    }
}
