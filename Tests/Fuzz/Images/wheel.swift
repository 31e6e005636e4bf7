import Archives
import ContentStore
import Diagnostics
import Files
import OCIArchive
import OCIImage
@testable import PythonPackages

/// One input of libFuzzer as a wheel, from its archive to the files that it becomes: it may be refused, it may not crash,
/// and all its files stand below the folders of the installation.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let path = InputFile.path(inputBytes(start, count))
    let limits = Wheel.Limits(memberCount: 1000, byteCount: 1 << 20)
    guard let scheme, let spool = try? Spool(),
        let wheel = try? Wheel(path: path, name: "a-1-py3-none-any.whl", limits: limits),
        let files = try? wheel.install(into: spool, scheme, isRequested: true)
    else { return 0 }
    var tree = LayerTree()
    for file in files {
        let isBelow = ["site/", "bin/", "include/", "data/"].contains { file.path.utf8.starts(with: $0.utf8) }
        hold(isBelow && (try? archivePath(file.path)) == file.path, "`\(file.path)` stands outside")
        do {
            let content = LayerTree.Content.file(FileRangeBlob(file.content), byteCount: file.content.byteCount)
            try tree.add(file.path, content, mode: file.mode)
        } catch {
            // No other file of wheels is refused by layers.
            hold(file.path.utf8.split(separator: 0x2F).contains { $0.starts(with: ".wh.".utf8) }, "\(error)")
        }
    }
    let bytes = withExtendedLifetime(spool) { try? tree.tar.bytes(limit: 1 << 22) }
    hold(bytes != nil, "the files make no layer")
    return 0
}

private let scheme = try? InstallationScheme(
    site: "site",
    scripts: "bin",
    headers: "include",
    data: "data",
    interpreter: "/usr/bin/python3"
)

/// Changes one member, and mostly the list of them with it, as others than the list says are refused.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    replace(data, size, limit) { bytes in
        guard seed & 15 != 0, var members = try? readZip(bytes, limit: 1 << 20), !members.isEmpty else { return nil }
        let place = Int(seed >> 8) % members.count
        let member = members[place]
        if seed & 16 == 0 {
            let name = String(decoding: mutated(Array(member.name.utf8), limit: 128), as: UTF8.self)
            members[place] = ZipMember(name: name.replacing("\0", with: ""), bytes: member.bytes)
        } else {
            members[place].bytes = mutated(member.bytes, limit: member.bytes.count + 256)
        }
        if seed & 32 == 0 { list(&members) }
        return try? writeZip(members)
    }
}

private func list(_ members: inout [ZipMember]) {
    guard let place = members.firstIndex(where: { $0.name.hasSuffix("/RECORD") }) else { return }
    let rows = members.map { member in
        let hash = member.name == members[place].name ? "" : WheelRecord.hash(Digest(of: member.bytes))
        return WheelRecord.Row(path: member.name, hash: hash, byteCount: hash.isEmpty ? nil : member.bytes.count)
    }
    members[place].bytes = WheelRecord.text(of: rows)
}
