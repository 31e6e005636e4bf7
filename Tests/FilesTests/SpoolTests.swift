import Files
import Foundation
import Testing

struct SpoolTests {
    @Test func contentsStandWhereTheRangesSay() throws {
        let spool = try Spool()
        let first = try spool.add { write in
            try Array("one".utf8).span.bytes.withUnsafeBytes { try write($0) }
            try Array("two".utf8).span.bytes.withUnsafeBytes { try write($0) }
        }
        let empty = try spool.add { _ in }
        let second = try spool.add { write in
            try Array("three".utf8).span.bytes.withUnsafeBytes { try write($0) }
        }
        #expect(try text(first) == "onetwo")
        #expect(try text(empty) == "")
        #expect(try text(second) == "three")
    }

    @Test func nothingStaysBehind() throws {
        let path = try Spool().add { _ in }.path
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    private func text(_ range: FileRange) throws -> String {
        var bytes: [UInt8] = []
        try readFileInPieces(range.path, offset: range.offset, byteCount: range.byteCount) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
