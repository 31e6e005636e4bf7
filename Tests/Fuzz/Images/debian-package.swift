import Archives
import ContentStore
import DebianPackages
import Diagnostics
import Files
import ImageBuilder
import OCIArchive
import OCIImage

/// One input of libFuzzer as a Debian package, from its archive to the layers that it becomes: it may be refused, it may
/// not crash, and its layers have no faults.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let path = InputFile.path(inputBytes(start, count))
    var limits = DebianPackage.Limits()
    limits.byteCount = 1 << 20
    limits.controlByteCount = 1 << 20
    guard let spool = try? Spool(), let package = try? DebianPackage(path: path, into: spool, limits: limits) else {
        return 0
    }
    _ = try? package.skippedScripts(allowing: [])
    _ = try? package.skippedScripts(allowing: [package.name])
    // What the items hold is there as long as the spool.
    withExtendedLifetime(spool) {
        for mergesUsr in [true, false] { build(package, mergesUsr: mergesUsr) }
    }
    return 0
}

/// Changes one member of an archive, as what changes its head mostly ends the reading of it.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    replace(data, size, limit) { bytes in
        guard seed & 15 != 0, let members = try? readAr(InputFile.path(bytes)), !members.isEmpty else { return nil }
        let place = Int(seed >> 8) % members.count
        var changed = Array("!<arch>\n".utf8)
        for (number, member) in members.enumerated() {
            var content = Array(bytes[member.range])
            if number == place { content = mutatedTar(content, content.count + 2048, seed) }
            changed += header(member.name, content.count) + content + (content.count % 2 == 0 ? [] : [0x0A])
        }
        return changed
    }
}

private func header(_ name: String, _ count: Int) -> [UInt8] {
    func field(_ text: String, _ width: Int) -> [UInt8] {
        Array(text.utf8.prefix(width)) + [UInt8](repeating: 0x20, count: max(0, width - text.utf8.count))
    }
    return field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("100644", 8)
        + field(String(count), 10) + [0x60, 0x0A]
}

private func build(_ package: DebianPackage, mergesUsr: Bool) {
    var root = RootFilesystem(architecture: "amd64")
    root.mergesUsr = mergesUsr
    guard (try? root.add(package)) != nil, let layers = try? root.merged().layers(budget: 2) else { return }
    var made: [ImageLayer] = []
    for (_, tree) in layers {
        guard let bytes = try? tree.tar.bytes(limit: 1 << 22) else { return }
        let digest = Digest(of: bytes)
        made.append(
            ImageLayer(
                descriptor: Descriptor(mediaType: .layer, digest: digest, byteCount: bytes.count),
                diffID: digest,
                history: ImageConfig.History(createdBy: "fuzz"),
                blob: MemoryBlob(bytes)
            )
        )
    }
    // Links are as the package has them, whose kernel stays at the root.
    let faults = Result {
        try findings(in: Image(config: ImageConfig(), layers: made)).filter { !$0.words.contains("climbs out") }
    }
    hold((try? faults.get()) == [], "layers of ours have faults: \(faults)")
}
