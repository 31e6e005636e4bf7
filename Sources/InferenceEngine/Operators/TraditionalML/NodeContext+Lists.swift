import Diagnostics
import OnnxIR
import Tensors

extension NodeContext {
    /// Integers, as many as something else has elements.
    ///
    /// *Throws*: `attribute`.
    func ints(_ name: String, count: Int) throws(EngineError) -> [Int] { try Self.list(name, ints(name), count) }

    /// Numbers, as many as something else has elements.
    ///
    /// *Throws*: `attribute`.
    func doubles(_ name: String, count: Int) throws(EngineError) -> [Double] {
        try Self.list(name, doubles(name), count)
    }

    /// Numbers as `floats`, or as a tensor under the same name with `_as_tensor`.
    func doubles(_ name: String) throws(EngineError) -> [Double]? {
        if let floats = try floats(name), !floats.isEmpty { return floats.map { Double($0) } }
        return try tensorDoubles(name + "_as_tensor")
    }

    /// The numbers of a tensor.
    func tensorDoubles(_ name: String) throws(EngineError) -> [Double]? {
        guard let tensor = try tensor(name) else { return nil }
        switch tensor.elementType {
        case .float: return try tensor.array(of: Float.self).map { Double($0) }
        case .float16: return try tensor.array(of: Float16.self).map { Double($0) }
        default: return try tensor.array(of: Double.self)
        }
    }

    /// For each node whether a missing feature makes its comparison true; for none unless it is given.
    func missingTracks(count: Int) throws(EngineError) -> [Bool] {
        let name = "nodes_missing_value_tracks_true"
        let tracks = try ints(name) ?? []
        guard !tracks.isEmpty else { return [Bool](repeating: false, count: count) }
        return try Self.list(name, tracks, count).map { $0 != 0 }
    }

    static func list<Element>(_ name: String, _ values: [Element]?, _ count: Int) throws(EngineError) -> [Element] {
        guard let values, values.count == count else {
            throw EngineError(.attribute, "attribute `\(name)` has \(values?.count ?? 0) elements, expected \(count)")
        }
        return values
    }
}
