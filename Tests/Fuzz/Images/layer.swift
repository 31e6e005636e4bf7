import ContentStore
import Diagnostics
import Glibc
@testable import ImageBuilder
import OCIArchive
import OCIImage

/// One input of libFuzzer as the layers of an image: it may be refused, it may not crash, and nothing of it may be written
/// outside of the folder that it is extracted to.
///
/// The line `next layer` between two bytes of 255, in a block of its own, parts one layer from the next.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let image = Image(config: ImageConfig(), layers: layers(inputBytes(start, count)).map(layer))
    let findings = try? findings(in: image)
    if let files = try? ImageFiles(image) {
        try? files.read(["d/a", "d/l", "etc/os-release"], of: image) { _, read in try read { _ in } }
    }
    for path in ["", "d"] { extract(image, below: path, isClean: findings?.isEmpty ?? false) }
    if let outline = try? RootOutline(image) { use(outline) }
    _ = try? ImageDifference(image, Image(config: ImageConfig(), layers: []))
    return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    replace(data, size, limit) { bytes in seed & 15 == 0 ? nil : mutatedTar(bytes, limit, seed) }
}

private let separator = Array("\u{FF}next layer\u{FF}".unicodeScalars.map { UInt8($0.value) })

private func layers(_ bytes: [UInt8]) -> [[UInt8]] {
    var layers: [[UInt8]] = [[]]
    for start in stride(from: 0, to: bytes.count, by: 512) {
        let block = bytes[start..<min(start + 512, bytes.count)]
        if block.starts(with: separator) { layers.append([]) } else { layers[layers.count - 1] += block }
    }
    return Array(layers.prefix(4))
}

private func layer(_ bytes: [UInt8]) -> ImageLayer {
    let digest = Digest(of: bytes)
    return ImageLayer(
        descriptor: Descriptor(mediaType: .layer, digest: digest, byteCount: bytes.count),
        diffID: digest,
        history: ImageConfig.History(createdBy: "fuzz"),
        blob: MemoryBlob(bytes)
    )
}

/// A folder in memory that has one file and room for what is extracted.
private let folder: String = {
    var template = Array("/dev/shm/mlpack-fuzz.XXXXXX".utf8CString)
    hold(mkdtemp(&template) != nil, "there is no folder to extract to")
    let folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    hold(symlink("untouched", folder + "/secret") == 0, "there is no room in `\(folder)`")
    return folder
}()

private func extract(_ image: Image, below path: String, isClean: Bool) {
    let target = folder + "/target"
    defer { remove(target) }
    guard let extraction = try? ImageExtraction(image, below: path, to: target) else { return }
    _ = try? extraction.run()
    hold(Set(names(folder)).isSubset(of: ["secret", "target"]), "something stands in `\(folder)` that should not")
    var buffer = [CChar](repeating: 0, count: 64)
    hold(readlink(folder + "/secret", &buffer, 63) == 9, "something changed beside the folder")
    checkLinks(target)
}

/// No link that was extracted may lead out of the folder.
private func checkLinks(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: for name in names(path) { checkLinks("\(path)/\(name)") }
    case S_IFLNK:
        guard let real = realpath(path, nil) else { return }
        defer { free(real) }
        let words = String(cString: real)
        hold(words == folder + "/target" || words.hasPrefix(folder + "/target/"), "`\(path)` leads to `\(words)`")
    default: break
    }
}

private func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

private func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        unlink(path)
        return
    }
    for name in names(path) { remove("\(path)/\(name)") }
    rmdir(path)
}

/// Puts files above what the layers have, and reads the outline that a cache would note.
private func use(_ outline: RootOutline) {
    hold(RootOutline(outline.json) == outline, "the outline is read another way")
    var tree = LayerTree()
    for path in ["d/a", "e/b", "etc/passwd", "l/x"] {
        let content = LayerTree.Content.file(MemoryBlob([0x61]), byteCount: 1)
        try? outline.add(path, content, mode: 0o644, to: &tree)
    }
    let bytes = (try? tree.tar.bytes(limit: 1 << 20)) ?? []
    let made = Image(config: ImageConfig(), layers: [layer(bytes)])
    hold((try? findings(in: made)) == [], "a layer of ours has faults")
}
