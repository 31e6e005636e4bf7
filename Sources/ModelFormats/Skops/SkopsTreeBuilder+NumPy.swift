import Archives
import Diagnostics
import JSON
import Tensors

extension SkopsTreeBuilder {
    /// An array, or a NumPy scalar, which skops saves as an array without axes.
    mutating func array(_ node: JSONValue) throws(ModelFormatError) -> Int {
        switch node["type"]?.string {
        case "json": return try objectArray(node)
        case "numpy": break
        default:
            let type = node["type"]?.string ?? ""
            throw ModelFormatError(.malformed, "an array has the type `\(type)`, expected `numpy` or `json`")
        }
        let array = try npyMember(node)
        guard array.shape.rank == 0, node["__class__"]?.string != "ndarray" else { return try add(.array(array)) }
        let scalar = try global("numpy._core.multiarray", "scalar", isImplied: true)
        return try call(scalar, [try dtype(array.type), try add(.bytes(array.bytes))])
    }

    private mutating func npyMember(_ node: JSONValue) throws(ModelFormatError) -> NumPyArray {
        let name = node["file"]?.string ?? ""
        if let array = arrays[name] { return array }
        let bytes = try member(node)
        let array = try locating(.item("member", name)) { () throws(ModelFormatError) in try readNpyArray(bytes) }
        arrays[name] = array
        return array
    }

    /// An array of objects: lists in lists, as deep as it has axes.
    private mutating func objectArray(_ node: JSONValue) throws(ModelFormatError) -> Int {
        guard let extents = node["shape"] else {
            throw ModelFormatError(.malformed, "an array of objects has no `shape`")
        }
        let shapeIndex = try value(extents)
        let dimensions = PickleValue(tree: tree, index: shapeIndex).elements?.map(\.int) ?? []
        guard !dimensions.isEmpty, dimensions.allSatisfy({ $0 != nil }),
            let shape = Shape(dimensions.compactMap(\.self)), shape.rank <= 32
        else { throw ModelFormatError(.unsupported, "arrays of objects without axes are not supported") }
        var elements: [Int] = []
        try flatten(try content(node), rank: shape.rank, into: &elements)
        guard elements.count == shape.elementCount else {
            throw ModelFormatError(.malformed, "array \(shape) of objects has \(elements.count) elements of data")
        }
        let state = try add(
            .tuple([
                try add(.int(1)), shapeIndex, try dtype(.object), try add(.bool(false)), try add(.list(elements)),
            ])
        )
        return try call(try global("numpy._core.multiarray", "_reconstruct", isImplied: true), [], state: state)
    }

    private mutating func flatten(
        _ content: JSONValue,
        rank: Int,
        into elements: inout [Int]
    ) throws(ModelFormatError) {
        guard let nodes = content.array else {
            throw mismatch(content, of: "an array of objects", expected: .array)
        }
        for node in nodes {
            if rank == 1 {
                elements.append(try value(node))
            } else {
                try flatten(try self.content(node), rank: rank - 1, into: &elements)
            }
        }
    }

    /// A type of elements, which skops saves as an empty array of them.
    mutating func dtype(_ node: JSONValue) throws(ModelFormatError) -> Int {
        let example = try content(node)
        return try dtype(example["type"]?.string == "json" ? .object : try npyMember(example).type)
    }

    private mutating func dtype(_ type: NumPyType) throws(ModelFormatError) -> Int {
        try call(try global("numpy", "dtype", isImplied: true), [try add(.string(type.shortName))])
    }

    /// A sparse matrix, whose arrays are a `.npz` member; its attributes are named as in a pickle.
    ///
    /// *Source*: `scipy.sparse.save_npz`: `format`, `shape`, `data`, and by format `indices`, `indptr`, `row`, `col`,
    /// `offsets`.
    mutating func sparseMatrix(_ node: JSONValue) throws(ModelFormatError) -> Int {
        let name = node["file"]?.string ?? ""
        if let state = sparseStates[name] { return try call(try global(node), [], state: state) }
        let bytes = try member(node)
        let state = try locating(.item("member", name)) { () throws(ModelFormatError) in try sparseState(bytes) }
        sparseStates[name] = state
        return try call(try global(node), [], state: state)
    }

    private mutating func sparseState(_ bytes: [UInt8]) throws(ModelFormatError) -> Int {
        let parts: [ZipMember]
        do {
            parts = try readZip(bytes, limit: min(byteCount, max(1 << 26, 256 * bytes.count)))
        } catch {
            throw ModelFormatError(error)
        }
        var entries: [(key: Int, value: Int)] = []
        for part in parts {
            guard part.name.hasSuffix(".npy") else { continue }
            let name = String(part.name.dropLast(4))
            let array = try locating(.item("member", part.name)) { () throws(ModelFormatError) in
                try readNpyArray(part.bytes)
            }
            switch name {
            case "format", "_is_array": continue
            case "shape":
                let extents = try array.integers()
                guard extents.count <= 32 else {
                    throw ModelFormatError(.malformed, "a sparse matrix has \(extents.count) axes, expected 2")
                }
                var dimensions: [Int] = []
                for extent in extents { dimensions.append(try add(.int(extent))) }
                entries.append((try add(.string("_shape")), try add(.tuple(dimensions))))
            default: entries.append((try add(.string(name)), try add(.array(array))))
            }
        }
        return try add(.dict(entries))
    }
}
