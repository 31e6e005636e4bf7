package import ContentStore
package import JSON
import ModelFormats

/// What a saved model holds, told without converting it.
package struct ModelOutline: Sendable {
    /// The file that was read.
    package var path: String
    package var digest: Digest
    /// The format of the file: `pickle`, `JSON`.
    package var format: String
    /// The framework whose importer recognises the content; `nil` where none does.
    package var framework: String?
    /// What the directory of MLflow says that the file lies in; `nil` for a file alone.
    package var mlflow: MLflowModel?
    package var root: OutlineValue

    /// The outline of a file; `nil` for content that is of no framework.
    ///
    /// *Parameter* framework: the one whose importer recognises the content; for a pickle, its class says more.
    /// *Parameter* limits: how much of it is told.
    package init?(of file: ModelFile, framework: String?, mlflow: MLflowModel? = nil, limits: OutlineLimits = .default)
    {
        path = file.path
        digest = file.digest
        format = file.content.formatName
        self.mlflow = mlflow
        var builder = OutlineBuilder(limits: limits)
        if case .pickle(let tree) = file.content {
            let package = tree.root.className?.prefix { $0 != "." } ?? ""
            self.framework = frameworkNames[String(package)]
            root = builder.value(tree.root, depth: 0)
        } else if case .json(let document) = file.content {
            self.framework = framework
            root = builder.value(document, depth: 0)
        } else if case .ubjson(let document) = file.content {
            self.framework = framework
            root = builder.value(document, depth: 0)
        } else {
            guard let framework else { return nil }
            self.framework = framework
            root = .text("a model of \(framework)")
        }
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "path": .string(path), "sha256": .string(digest.hex), "format": .string(format),
            "framework": framework.map { .string($0) } ?? .null,
        ]
        if let mlflow { object["mlflow"] = mlflow.json }
        object["model"] = root.json
        return .object(object)
    }
}

/// The frameworks by the packages of Python that their classes are in.
private let frameworkNames = [
    "catboost": "CatBoost", "lightgbm": "LightGBM", "sklearn": "scikit-learn", "xgboost": "XGBoost",
]

/// How much of a model an outline tells.
package struct OutlineLimits: Sendable {
    /// Elements of a list or an array.
    package var elementCount: Int
    /// Values in all.
    package var valueCount: Int
    /// Values inside one another.
    package var depth = 48
    /// Characters of a text.
    package var textLength: Int

    /// The first eight elements of each list.
    package static let `default` = OutlineLimits(elementCount: 8, valueCount: 20_000, textLength: 200)
    /// As good as all.
    package static let wide = OutlineLimits(elementCount: 100_000, valueCount: 1_000_000, textLength: 100_000)
}

/// A value of a saved model, as far as it is told.
package indirect enum OutlineValue: Sendable, Hashable {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// What is told in words: a function by its name, what lies too deep.
    case text(String)
    /// The first elements of an array, with its type and extents.
    case array(type: String, shape: [Int], elements: [OutlineValue])
    /// The first elements of a list, tuple or set, and how many it has.
    case list([OutlineValue], count: Int)
    /// The first entries of a dictionary by the texts of their keys, and how many it has.
    case entries([Entry], count: Int)
    /// An object by its class, with attributes by name.
    case object(className: String, attributes: [Entry])

    /// A value by name.
    package struct Entry: Sendable, Hashable {
        package var name: String
        package var value: OutlineValue
    }
}
