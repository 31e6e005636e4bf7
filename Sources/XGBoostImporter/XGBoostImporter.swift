import Diagnostics
import ModelFormats
package import ModelImport

/// Reads boosters that XGBoost saved as JSON or UBJSON, or that are in pickles.
package struct XGBoostImporter: ModelImporter {
    /// The importer.
    package init() {}

    package var framework: String { "XGBoost" }

    /// The objectives that mlpack reads, by name, in alphabetical order.
    package static var objectiveNames: [String] { Objective.listedNames }

    package var knownVersions: ClosedRange<FrameworkVersion>? { FrameworkVersion(1, 0)...FrameworkVersion(3, 2) }

    package func recognises(_ file: ModelFile) -> Bool {
        switch file.content {
        case .json(let document), .ubjson(let document):
            document["learner"]?["gradient_booster"] != nil || document["learner"]?["learner_model_param"] != nil
                || document["Model"]?["learner"] != nil
        case .pickle(let tree): recognises(tree.root)
        case .other(let bytes): isOldBinary(bytes)
        }
    }

    package func importModel(_ file: ModelFile, options: ImportOptions) throws(ModelImportError) -> ImportedModel {
        let estimator: any TabularEstimator
        switch file.content {
        case .json(let document), .ubjson(let document):
            estimator = try BoosterEstimator(try Booster(document["Model"] ?? document))
        case .pickle(let tree):
            try tree.refuseGlobals(outsideOf: [packageName, "sklearn"])
            estimator = try self.estimator(tree.root)
        case .other: throw oldBinaryError
        }
        return try ImportedModel(
            estimator,
            from: file,
            framework: framework,
            format: file.content.formatName,
            options: options
        )
    }
}

/// Whether bytes are of the binary format that versions before 3.1 could write.
///
/// *Source*: XGBoost's `LearnerIO::Save`: `binf`, or nothing before the parameters, which take 136 bytes; the name of the
/// objective follows, with its length before it.
func isOldBinary(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: "binf".utf8) || bytes.starts(with: "bs64".utf8) { return true }
    guard bytes.count > 152, bytes[137..<144].allSatisfy({ $0 == 0 }) else { return false }
    let name = bytes[144...].prefix(Int(bytes[136]))
    return ["binary:", "count:", "multi:", "rank:", "reg:", "survival:"].contains { name.starts(with: $0.utf8) }
}

/// The refusal of the binary format, whose meaning its versions do not agree on.
let oldBinaryError = ModelImportError(
    .unsupported,
    "XGBoost's old binary format is not supported, expected JSON or UBJSON",
    hint: "load it with the version that saved it, and write it again with `booster.save_model(\"model.json\")`"
)
