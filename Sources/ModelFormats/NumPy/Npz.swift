import Archives
import Diagnostics
package import Tensors

/// An array of an npz file by name.
package typealias NamedTensor = (name: String, tensor: Tensor)

/// Reads the tensors of an npz file in its order; together they may take at most `limit` bytes.
///
/// *Throws*: `malformed` for a damaged archive, `tooLarge`, and what `readNpy` throws, placed in its member.
package func readNpz(_ bytes: [UInt8], limit: Int = 1 << 34) throws(ModelFormatError) -> [NamedTensor] {
    let members: [ZipMember]
    do {
        members = try readZip(bytes, limit: limit)
    } catch {
        throw ModelFormatError(error)
    }
    var tensors: [NamedTensor] = []
    for member in members {
        let tensor = try locating(.item("member", member.name)) { () throws(ModelFormatError) in
            try readNpy(member.bytes)
        }
        let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
        tensors.append((name, tensor))
    }
    return tensors
}

/// An npz file, not compressed, with the same bytes whenever it holds the same tensors.
///
/// *Throws*: `unsupported` for element types that NumPy does not know.
package func writeNpz(_ tensors: [NamedTensor]) throws(ModelFormatError) -> [UInt8] {
    var members: [ZipMember] = []
    for (name, tensor) in tensors {
        let bytes = try locating(.item("output", name)) { () throws(ModelFormatError) in try writeNpy(tensor) }
        members.append(ZipMember(name: name + ".npy", bytes: bytes))
    }
    do {
        return try writeZip(members)
    } catch {
        throw ModelFormatError(error)
    }
}

extension DiagnosticError<ModelFormatCode> {
    init(_ error: ArchiveError) {
        let code: ModelFormatCode =
            switch error.code {
            case .malformed: .malformed
            case .tooLarge: .tooLarge
            case .unsupported: .unsupported
            case .refused: .memory
            }
        self.init(code, at: error.place, error.message, hint: error.hint)
    }
}
