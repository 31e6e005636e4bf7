import Files
import Tensors

/// When the weights of a model are written into a file beside it.
package enum ExternalDataPolicy: Sendable, Hashable {
    /// Never; a model above 2 GiB cannot be written then.
    case never
    /// Initializers of at least this many bytes.
    case initializers(ofAtLeast: Int)
    /// Initializers of at least 1024 bytes, when the model with them has more than this many bytes.
    case whenModelExceeds(byteCount: Int)

    /// External data where protobuf's limit of 2 GiB asks for it.
    package static let automatic = ExternalDataPolicy.whenModelExceeds(byteCount: largestMessageByteCount)
}

/// The most bytes that a protobuf message may have.
let largestMessageByteCount = 0x7FFF_FFFF

/// The file beside the model that initializers go to, and what lies where in it.
final class ExternalDataPlan {
    /// SPEC: `TensorProto.external_data`, offsets should be multiples of the page size, for mapping.
    private static let alignment = 4096

    let location: String
    let minimumByteCount: Int
    private var regions: [(offset: Int, region: MemoryRegion)] = []
    private var end = 0

    init(location: String, minimumByteCount: Int) {
        self.location = location
        self.minimumByteCount = minimumByteCount
    }

    var isEmpty: Bool { regions.isEmpty }

    /// Gives `region` a place in the file, and says where.
    func append(_ region: MemoryRegion) -> Int {
        let offset = (end + Self.alignment - 1) / Self.alignment * Self.alignment
        regions.append((offset, region))
        end = offset + region.bytes.count
        return offset
    }

    /// Writes the regions with zeros between them.
    func write(to file: AtomicFile) throws(FileError) {
        var position = 0
        for (offset, region) in regions {
            try file.write([UInt8](repeating: 0, count: offset - position))
            try file.write(region.bytes)
            position = offset + region.bytes.count
        }
    }
}
