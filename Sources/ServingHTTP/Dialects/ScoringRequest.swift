import Diagnostics
import JSON
import ServingCore

/// A request of the dialects that know no tensors: rows or columns under one of several keys of a JSON object.
struct ScoringRequest {
    /// The forms that data come in, by their keys.
    enum Form: String {
        /// Rows: TensorFlow Serving, KServe v1, Vertex AI, MLflow.
        case instances
        /// Rows without a key around them: SageMaker's containers.
        case array = "[…]"
        /// Whole tensors by the names of the inputs, or the one of the only input: TensorFlow Serving, MLflow.
        case inputs
        /// A data frame as `columns` and `data`: MLflow.
        case split = "dataframe_split"
        /// A data frame as an object for each row: MLflow.
        case records = "dataframe_records"
        /// Rows: Azure ML's first scripts.
        case data
        /// A data frame, rows, or columns: Azure ML for models of MLflow.
        case inputData = "input_data"
        /// Rows in an object: Azure's automated ML and designer.
        case namedInputs = "Inputs"
    }

    private(set) var form: Form
    /// The request without what only the dialect is concerned with.
    var core: InferenceRequest
    /// How many rows the request has; `nil` when its tensors are whole, and the answer's are.
    private(set) var rowCount: Int?

    /// Rows of a table.
    init(_ table: TableRows) throws(ServingError) {
        form = .split
        core = InferenceRequest(inputs: try table.tensors())
        rowCount = table.count
    }

    /// The request in a JSON document.
    ///
    /// *Parameter* forms: the forms that the dialect has.
    /// *Throws*: `request` for a document that has none of them, or several, or one that does not fit the model.
    /// *Source*: TensorFlow Serving, RESTful API; MLflow, scoring server protocol.
    init(_ body: [UInt8], _ forms: [Form], for model: ServedModel) throws(ServingError) {
        var limits = JSONLimits(depth: 32, acceptsNonFiniteLiterals: true, acceptsNonFiniteStrings: true)
        limits.readsNullAsNaN = true
        do throws(JSONError) {
            var reader = ScoringReader(model)
            var cursor = try JSONCursor(body, limits: limits)
            let found = try Self.read(&cursor, forms, into: &reader)
            try cursor.finish()
            guard let found else {
                let words = forms.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw cursor.error(.type, "the request has no data, expected one of \(words)")
            }
            form = found
            core = InferenceRequest(inputs: reader.tensors)
            rowCount = reader.rowCount
        } catch {
            throw ServingError(.request, at: error.place, error.message, hint: error.hint)
        }
    }

    /// Reads the data of a document; the form that they have, `nil` where there are none.
    private static func read(
        _ cursor: inout JSONCursor,
        _ forms: [Form],
        into reader: inout ScoringReader
    ) throws(JSONError) -> Form? {
        if forms.contains(.array), try cursor.peek() == .array {
            try reader.read(.array, &cursor)
            return .array
        }
        var found: Form?
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            guard let form = Form(rawValue: key), form != .array, forms.contains(form) else {
                try skip(key, &cursor)
                continue
            }
            guard found == nil else {
                throw cursor.error(.type, "the request has `\(key)` beside other data, expected one of them")
            }
            found = form
            try reader.read(form, &cursor)
        }
        return found
    }

    /// Passes over what models of ONNX have no use for, in its form.
    private static func skip(_ key: String, _ cursor: inout JSONCursor) throws(JSONError) {
        let kind = try cursor.peek()
        let expected: JSONKind? =
            switch key {
            case "params", "GlobalParameters": .object
            case "signature_name": .string
            default: nil
            }
        guard expected == nil || kind == expected || kind == .null else {
            throw cursor.error(.type, "`\(key)` is \(kind), expected \(expected ?? .object)")
        }
        try cursor.skip()
    }
}
