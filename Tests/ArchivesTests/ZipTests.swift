import Archives
import Diagnostics
import TestSupport
import Testing

@Suite struct ZipTests {
    @Test(arguments: ["stored", "deflated"])
    func `the files of an archive that Python wrote come in its order`(name: String) throws {
        let members = try readZip(try fixture("streams/\(name).zip"), limit: 1 << 20)
        #expect(members.map(\.name) == ["a/data.bin", "grün.txt"])
        #expect(members.map(\.bytes) == [try fixture("streams/data.bin"), Array("ü".utf8)])
    }

    @Test func `a bomb is refused before it has grown`() throws {
        let bytes = try fixture("streams/bomb.zip")
        let error = #expect(throws: ArchiveError.self) { try readZip(bytes, limit: 1000) }
        #expect(error?.description == "member `zeros`: the data grows too large, expected at most 1000 bytes")
    }

    @Test(arguments: ["stored", "deflated"])
    func `an archive cut at any byte is an error or shorter`(name: String) throws {
        let bytes = try fixture("streams/\(name).zip")
        let whole = try readZip(bytes, limit: 1 << 20)
        for count in bytes.indices {
            #expect((try? readZip(Array(bytes[..<count]), limit: 1 << 20)) != whole, "\(count)")
        }
    }

    @Test(arguments: 0..<50)
    func `what is written is read back, and the same files give the same bytes`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let members = (0..<Int.random(in: 0..<5, using: &random)).map { index in
            ZipMember(
                name: "\(index)-ü.npy",
                bytes: (0..<Int.random(in: 0..<70000, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
            )
        }
        let bytes = try writeZip(members)
        #expect(try readZip(bytes, limit: 1 << 20) == members)
        #expect(try writeZip(members) == bytes)
    }
}
