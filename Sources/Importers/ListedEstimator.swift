import CatBoostImporter
import LightGBMImporter
import ScikitLearnImporter
import XGBoostImporter

/// Something that `mlpack export` reads.
package struct ListedEstimator: Sendable {
    /// What a framework tells its models apart by.
    package enum Kind: String, Sendable {
        case estimatorClass = "class"
        case objective
    }

    package let framework: String
    package let kind: Kind
    package let name: String
    /// What of it is refused or differs, as a sentence of Markdown without a stop; `nil` for nothing.
    package let limits: String?

    /// All of them: each framework's in alphabetical order.
    package static let all: [ListedEstimator] =
        objectives(CatBoostImporter().framework, CatBoostImporter.objectiveNames)
        + objectives(LightGBMImporter().framework, LightGBMImporter.objectiveNames)
        + estimatorClassNames.map { name in
            ListedEstimator(
                framework: ScikitLearnImporter().framework,
                kind: .estimatorClass,
                name: name,
                limits: estimatorLimits[name]
            )
        }
        + objectives(XGBoostImporter().framework, XGBoostImporter.objectiveNames)

    private static func objectives(_ framework: String, _ names: [String]) -> [ListedEstimator] {
        names.map { ListedEstimator(framework: framework, kind: .objective, name: $0, limits: nil) }
    }
}
