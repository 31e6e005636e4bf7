import Diagnostics
import ModelFormats
import ModelImport
import Tensors

/// Transformers of some columns each, side by side.
///
/// *Source*: scikit-learn 0.24 to 1.9, `transformers_` (name, transformer, columns by name, place, slice or mask),
/// `transformer_weights`, `n_features_in_`, `feature_names_in_` (1.0; `_feature_names_in` before).
struct ColumnTransformer: Transformer {
    private let branches: [(branch: Branch, columns: [Int])]
    let inputForm: InputForm

    static let entry = EstimatorEntry("sklearn.compose.ColumnTransformer") { object throws(ModelImportError) in
        .transformer(try ColumnTransformer(object))
    }

    init(_ object: EstimatorObject) throws(ModelImportError) {
        let names = try object.featureNames()
        guard let count = try object.featureCount() ?? object.value["_n_features"]?.int else {
            throw ModelImportError(.malformed, "`n_features_in_` is missing, expected an integer")
        }
        guard (0...1 << 24).contains(count) else {
            throw ModelImportError(.malformed, "`_n_features` is \(count), expected a number up to \(1 << 24)")
        }
        let weights = object.value["transformer_weights"]
        var types = [ColumnType](repeating: .unused, count: count)
        var branches: [(branch: Branch, columns: [Int])] = []
        for element in try object.list("transformers_") {
            guard let parts = element.elements, parts.count == 3, let name = parts[0].string else {
                throw ModelImportError(.malformed, "`transformers_` holds something else than its three parts")
            }
            if parts[1].string == "drop" { continue }
            let columns = try locating(.item("transformer", name)) { () throws(ModelImportError) in
                try object.columns(parts[2], names: names, count: count)
            }
            if columns.isEmpty { continue }
            if let column = columns.first(where: { !types.indices.contains($0) }) {
                throw ModelImportError(
                    .malformed,
                    at: .item("transformer", name),
                    "column \(column) is asked for, expected one of 0..<\(count)"
                )
            }
            let branch = try Branch(object, name: name, parts[1], weight: weights?[name]?.double)
            let needed = branch.columnTypes(columns.count)
            guard needed.count == columns.count else {
                throw ModelImportError(
                    .malformed,
                    at: .item("transformer", name),
                    "the transformer takes \(needed.count) columns, expected \(columns.count)"
                )
            }
            for (column, type) in zip(columns, needed) { types[column] = try types[column].merged(with: type) }
            branches.append((branch, columns))
        }
        guard !branches.isEmpty else {
            throw ModelImportError(.unsupported, "a transformer that keeps no column is not supported")
        }
        self.branches = branches
        inputForm = .columns(types, isFrame: names != nil)
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        var parts: [Matrix] = []
        for (branch, columns) in branches { parts += try branch.transform(try input.columns(columns)).parts }
        return Table(parts)
    }
}

/// A named transformer among several, or columns as they are, times a weight.
struct Branch {
    let name: String
    let transformer: (any Transformer)?
    let weight: Double?

    /// *Source*: an estimator, `"passthrough"`, or a `FunctionTransformer` of nothing since 1.6.
    init(
        _ object: EstimatorObject,
        name: String,
        _ value: PickleValue,
        weight: Double?
    ) throws(ModelImportError) {
        self.name = name
        self.weight = weight
        let part = object.nested(value)
        let isIdentity = part.className.hasSuffix(".FunctionTransformer") && (value["func"]?.isNone ?? true)
        guard value.string != "passthrough", !isIdentity else {
            transformer = nil
            return
        }
        guard let transformer = try object.part("transformer", name, part).transformer else {
            throw ModelImportError(
                .malformed,
                at: .item("transformer", name, part.className),
                "the estimator transforms nothing, expected a transformer"
            )
        }
        self.transformer = transformer
    }

    func columnTypes(_ count: Int) -> [ColumnType] {
        switch transformer?.inputForm {
        case .columns(let types, _), .frame(_, let types): types
        case .texts: [ColumnType](repeating: .string, count: count)
        case .vector(let type), .sets(let type): [type]
        case .numbers, nil: [ColumnType](repeating: .number, count: count)
        }
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table {
        try input.graph.scoped(name) { () throws(ModelImportError) in
            let table = try transformer?.transform(input) ?? input
            guard let weight else { return table }
            return try Table(table.doubles() * weight)
        }
    }
}

extension EstimatorObject {
    /// Columns by name, by place from either end, by slice, or by mask.
    fileprivate func columns(_ value: PickleValue, names: [String]?, count: Int) throws(ModelImportError) -> [Int] {
        if value.className?.hasSuffix(".slice") == true, let bounds = value.arguments, bounds.count == 3 {
            return try slice(bounds, names: names, count: count)
        }
        if let name = value.string { return [try place(name, names)] }
        if let place = value.int { return [try wrapped(place, count)] }
        if let texts = try importing({ () throws(ModelFormatError) in try value.texts() }), !texts.isEmpty {
            var places: [Int] = []
            for name in texts { places.append(try place(name, names)) }
            return places
        }
        let array = try importing { () throws(ModelFormatError) in try value.numPyArray() }
        let elements = value.elements ?? []
        if let mask = maskPlaces(elements) { return mask }
        let numbers: [Int]
        if let array {
            numbers = try importing { () throws(ModelFormatError) in try array.integers() }
            if array.type.elementType == .bool { return numbers.indices.filter { numbers[$0] != 0 && $0 < count } }
        } else {
            numbers = elements.compactMap(\.int)
            guard numbers.count == elements.count else {
                throw ModelImportError(.unsupported, "columns that a function selects are not supported")
            }
        }
        var places: [Int] = []
        for number in numbers { places.append(try wrapped(number, count)) }
        return places
    }

    private func maskPlaces(_ elements: [PickleValue]) -> [Int]? {
        let flags = elements.compactMap(\.bool)
        guard !flags.isEmpty, flags.count == elements.count else { return nil }
        return flags.indices.filter { flags[$0] }
    }

    private func place(_ name: String, _ names: [String]?) throws(ModelImportError) -> Int {
        guard let place = names?.firstIndex(of: name) else {
            throw ModelImportError(.malformed, "column `\(name)` is none of `feature_names_in_`")
        }
        return place
    }

    private func wrapped(_ place: Int, _ count: Int) throws(ModelImportError) -> Int {
        let index = place < 0 ? place + count : place
        guard (0..<count).contains(index) else {
            throw ModelImportError(.malformed, "column \(place) is asked for, expected one of 0..<\(count)")
        }
        return index
    }

    /// A slice by places, or by names with its end included.
    private func slice(_ bounds: [PickleValue], names: [String]?, count: Int) throws(ModelImportError) -> [Int] {
        let step = bounds[2].int ?? 1
        guard step > 0 else { throw ModelImportError(.unsupported, "a slice of step \(step) is not supported") }
        func bound(_ value: PickleValue, fallback: Int, isEnd: Bool) throws(ModelImportError) -> Int {
            if let name = value.string { return try place(name, names) + (isEnd ? 1 : 0) }
            guard let number = value.int else { return fallback }
            return min(max(number < 0 ? number + count : number, 0), count)
        }
        let start = try bound(bounds[0], fallback: 0, isEnd: false)
        let end = try bound(bounds[1], fallback: count, isEnd: true)
        return Array(stride(from: start, to: end, by: step))
    }
}
