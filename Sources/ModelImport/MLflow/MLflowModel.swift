import Diagnostics
import Files
package import JSON
import YAML

/// What the `MLmodel` file of a model directory of MLflow says.
///
/// *Source*: MLflow 1.0 to 3.17: `flavors`, `signature`, `mlflow_version`, `saved_input_example_info`.
package struct MLflowModel: Sendable {
    /// The flavor by which the model is read: `sklearn`.
    package var flavor: String
    /// The file of the model, relative to the directory.
    package var file: String
    /// The version of the framework; `nil` where the flavor does not say.
    package var frameworkVersion: String?
    package var mlflowVersion: String?
    package var signature: MLflowSignature?
    /// The file of the rows that were saved as an example, relative to the directory; `nil` where there is none.
    package var exampleFile: String?

    /// The name of the file that makes a directory a model of MLflow.
    package static let fileName = "MLmodel"

    /// Reads the `MLmodel` file of a directory.
    ///
    /// *Throws*: `notFound` when there is none, `malformed`, and `unsupported` for directories of other flavors.
    package init(folder: String) throws(ModelImportError) {
        let path = "\(folder)/\(Self.fileName)"
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: YAMLLimits().byteCount)
        } catch {
            guard error.code == .notFound else { throw ModelImportError(error) }
            throw ModelImportError(
                .unknownFormat,
                at: .file(folder),
                "the directory has no `\(Self.fileName)`, expected a model directory of MLflow or a file"
            )
        }
        self = try locating(.file(path)) { () throws(ModelImportError) in try MLflowModel(bytes) }
    }

    /// Reads the content of an `MLmodel` file.
    package init(_ bytes: [UInt8]) throws(ModelImportError) {
        do throws(YAMLError) {
            let document = try YAMLMapping(parseYAML(bytes))
            let flavors = try document["flavors"].map { node throws(YAMLError) in try YAMLMapping(node) }
            guard let flavors else { throw YAMLError(.missingKey, "the key `flavors` is missing") }
            let (flavor, mapping) = try Self.flavor(of: flavors)
            guard let file = try flavor.fileKeys.lazy.compactMap({ mapping[$0] }).first?.text() else {
                let keys = flavor.fileKeys.map { "`\($0)`" }.joined(separator: " or ")
                throw YAMLError(.missingKey, "flavor `\(flavor.name)` names no file, expected \(keys)")
            }
            self.flavor = flavor.name
            self.file = file
            frameworkVersion = try flavor.versionKey.flatMap { mapping[$0] }?.text()
            mlflowVersion = try document["mlflow_version"]?.text()
            signature = try document["signature"].map { node throws(YAMLError) in
                try MLflowSignature(YAMLMapping(node))
            }
            let example = try document["saved_input_example_info"].map { node throws(YAMLError) in
                try YAMLMapping(node)
            }
            exampleFile = try example?["artifact_path"]?.text()
        } catch {
            let code: ModelImportCode = error.code == .unknownKey ? .unsupported : .malformed
            throw ModelImportError(code, at: error.place, error.message, hint: error.hint)
        }
        for file in [file, exampleFile ?? file] {
            let components = file.split(separator: "/", omittingEmptySubsequences: false)
            guard !file.isEmpty, !components.contains(where: { ["", ".."].contains($0) }) else {
                throw ModelImportError(.malformed, "a file is named `\(file)`, expected a path inside of the directory")
            }
        }
    }

    private static func flavor(of flavors: YAMLMapping) throws(YAMLError) -> (MLflowFlavor, YAMLMapping) {
        for flavor in MLflowFlavor.all {
            if let node = flavors[flavor.name] { return (flavor, try YAMLMapping(node)) }
        }
        // Where only the generic flavor is there, its module says which framework loads the file.
        var loader = ""
        if let node = flavors["python_function"] {
            let generic = try YAMLMapping(node)
            let module = try generic["loader_module"]?.text() ?? ""
            loader = " of `\(module)`"
            if let flavor = MLflowFlavor.all.first(where: { "mlflow.\($0.name)" == module }) {
                let keys = ["model_path", "data"]
                return (MLflowFlavor(name: flavor.name, fileKeys: keys, versionKey: nil), generic)
            }
        }
        let names = flavors.keys.filter { $0 != "python_function" }
        let shown = names.isEmpty ? "`python_function`\(loader)" : names.map { "`\($0)`" }.joined(separator: ", ")
        let known = MLflowFlavor.all.map { "`\($0.name)`" }.joined(separator: ", ")
        throw YAMLError(
            .unknownKey,
            "flavor \(shown) of MLflow is not supported, expected one of \(known)"
        )
    }

    /// What was read, as a script reads it.
    package var json: JSONValue {
        var object: JSONObject = [
            "flavor": .string(flavor), "file": .string(file),
            "mlflow_version": mlflowVersion.map { .string($0) } ?? .null,
        ]
        if let signature { object["signature"] = signature.json }
        return .object(object)
    }
}

/// How a framework's models lie in a directory of MLflow.
private struct MLflowFlavor {
    let name: String
    /// The keys that may hold the path of the model's file; the first that is there counts.
    let fileKeys: [String]
    let versionKey: String?

    /// The flavors that importers can read, in alphabetical order.
    static let all = [
        MLflowFlavor(name: "catboost", fileKeys: ["data"], versionKey: "catboost_version"),
        MLflowFlavor(name: "lightgbm", fileKeys: ["data"], versionKey: "lgb_version"),
        MLflowFlavor(name: "sklearn", fileKeys: ["pickled_model"], versionKey: "sklearn_version"),
        MLflowFlavor(name: "xgboost", fileKeys: ["data"], versionKey: "xgb_version"),
    ]
}

/// A mapping of YAML whose other keys are of no interest.
struct YAMLMapping {
    private let pairs: [YAMLNode.Pair]

    init(_ node: YAMLNode) throws(YAMLError) { pairs = try node.pairs() }

    var keys: [String] { pairs.map(\.key) }

    /// The value of a key; `nil` when it is absent or holds nothing.
    subscript(key: String) -> YAMLNode? {
        pairs.first { $0.key == key }.flatMap { $0.value.isNull ? nil : $0.value }
    }
}
