import Diagnostics
import ServingCore

/// Where the columns of a table belong in the inputs of a model.
enum ColumnLayout {
    /// Each column is an input: the one with this index.
    case inputs([Int])
    /// The columns are the elements of a row of the only input; each belongs at this place, in its own order when `nil`.
    case row(places: [Int]?)

    /// The most columns of a table.
    static let columnLimit = 1 << 16

    /// The layout of columns with names: those of the inputs, or those that the only input's columns have.
    ///
    /// Where the model says no names of columns, any will do.
    ///
    /// *Throws*: `input` for a column that the model has not, and for one that it has and the table has not.
    init(_ names: [String], of model: ServedModel) throws(ServingError) {
        try Self.check(names.count)
        let inputs = model.inputs.map(\.name)
        if inputs.count == 1, !names.contains(inputs[0]) || names.count > 1 {
            guard !model.featureNames.isEmpty else {
                self = Self.ofOnlyInput(names.count, model)
                return
            }
            let places = try Self.places(of: names, among: model.featureNames)
            self = .row(places: places == Array(places.indices) ? nil : places)
        } else {
            self = .inputs(try Self.places(of: names, among: inputs))
        }
    }

    /// The layout of columns without names: they stand in the order of the inputs, or of the only input's columns.
    ///
    /// *Throws*: `input` when there are not as many as inputs.
    init(count: Int, of model: ServedModel) throws(ServingError) {
        try Self.check(count)
        guard model.inputs.count != 1 else {
            self = Self.ofOnlyInput(count, model)
            return
        }
        guard count == model.inputs.count else {
            throw ServingError(
                .input,
                "there are \(count) columns without names, expected \(nameList(model.inputs.map(\.name))) in this order"
            )
        }
        self = .inputs(Array(model.inputs.indices))
    }

    /// One column of a model whose rows are elements is the input; columns of any other model are elements of a row.
    private static func ofOnlyInput(_ count: Int, _ model: ServedModel) -> ColumnLayout {
        count == 1 && model.inputs.first?.dimensions?.count == 1 ? .inputs([0]) : .row(places: nil)
    }

    private static func check(_ count: Int) throws(ServingError) {
        guard count <= columnLimit else {
            throw ServingError(.input, "there are \(count) columns, expected at most \(columnLimit)")
        }
    }

    private static func places(of names: [String], among wanted: [String]) throws(ServingError) -> [Int] {
        let indices = Dictionary(wanted.enumerated().map { ($1, $0) }) { first, _ in first }
        var places: [Int] = []
        for name in names {
            guard let place = indices[name] else {
                throw ServingError(
                    .input,
                    "the model has no column `\(name)`, expected \(nameList(wanted))",
                    hint: suggestion(for: name, among: wanted).map { "did you mean `\($0)`?" }
                )
            }
            places.append(place)
        }
        let given = Set(places)
        guard given.count == places.count else {
            throw ServingError(.input, "a column is given twice, expected each of \(nameList(wanted)) once")
        }
        let missing = wanted.indices.filter { !given.contains($0) }.map { wanted[$0] }
        guard missing.isEmpty else {
            throw ServingError(.input, "not all columns are given, expected also \(nameList(missing))")
        }
        return places
    }
}
