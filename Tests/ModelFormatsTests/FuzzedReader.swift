import Archives
import ModelFormats

/// A reader that `Tests/Fuzz/ModelFormats` has a target for, under the same name; the fuzzer compiles this file as well.
enum FuzzedReader: String {
    case npy, pickle, skops, ubjson

    /// Reads bytes, and asks for each meaning of what they hold.
    ///
    /// What is refused is passed over.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .npy:
            if let tensor = try? readNpy(bytes) { _ = try? writeNpy(tensor) }
            _ = try? readNpz(bytes, limit: 1 << 24)
        case .pickle:
            _ = looksLikePickle(bytes)
            visit(try? readPickle(bytes, limits: Self.limits))
        case .skops:
            visit(try? readSkops(bytes, limits: Self.limits))
            if let archive = Self.archive(bytes) { visit(try? readSkops(archive, limits: Self.limits)) }
        case .ubjson:
            let document = try? readUBJSON(bytes)
            _ = document?["learner"]?["gradient_booster"]?.elements?.count
        }
    }

    private static let limits = PickleLimits(byteCount: 1 << 24, nodeCount: 1 << 16, memoCount: 1 << 16)

    /// The archive of a schema, a zero and the one array that the schema may refer to.
    ///
    /// The checksums of an archive would keep most changes away from the reader.
    private static func archive(_ bytes: [UInt8]) -> [UInt8]? {
        let end = bytes.firstIndex(of: 0) ?? bytes.count
        return try? writeZip([
            ZipMember(name: "0.npy", bytes: Array(bytes[min(end + 1, bytes.count)...])),
            ZipMember(name: "schema.json", bytes: Array(bytes[..<end])),
        ])
    }

    private func visit(_ tree: PickleTree?) {
        guard let tree else { return }
        for index in tree.nodes.indices.prefix(256) { visit(PickleValue(tree: tree, index: index)) }
    }

    private func visit(_ value: PickleValue) {
        if let array = try? value.numPyArray() {
            _ = try? array.tensor()
            _ = try? array.doubles()
        }
        _ = (value.bool, value.int, value.double, value.string, value.bytes, value.className, value.attributes.count)
        _ = (try? value.objects(), try? value.texts(), try? value.numPyType())
    }
}
