import Archives
import ContentStore

/// A small wheel for indexes of tests.
struct TestWheel {
    var name: String
    var version: String
    var requires: [String] = []
    var fields: [String] = []
    var tag = "py3-none-any"

    /// The name of the file.
    var file: String { "\(name.replacing("-", with: "_"))-\(version)-\(tag).whl" }

    var metadata: [UInt8] {
        let lines =
            ["Metadata-Version: 2.1", "Name: \(name)", "Version: \(version)"] + fields
            + requires.map { "Requires-Dist: \($0)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The bytes of the file.
    var bytes: [UInt8] {
        get throws {
            let info = "\(name.replacing("-", with: "_"))-\(version).dist-info"
            var members = [
                ZipMember(name: "\(info)/METADATA", bytes: metadata),
                ZipMember(name: "\(info)/WHEEL", bytes: Array("Wheel-Version: 1.0\n".utf8)),
            ]
            var record = "\(info)/RECORD,,\n"
            for member in members {
                let digest = base64(Digest(of: member.bytes).bytes)
                record += "\(member.name),sha256=\(digest),\(member.bytes.count)\n"
            }
            members.append(ZipMember(name: "\(info)/RECORD", bytes: Array(record.utf8)))
            return try writeZip(members)
        }
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
        return String(
            stride(from: 0, to: bits.count, by: 6).map { start in
                letters[(0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
            }
        )
    }
}
