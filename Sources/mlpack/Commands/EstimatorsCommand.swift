import ArgumentParser
import Importers
import JSON

struct EstimatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimators",
        abstract: "List the estimators that `mlpack export` reads.",
        discussion: """
            Of scikit-learn the classes, with what of them is refused or differs; of CatBoost, LightGBM and XGBoost the \
            objectives that a model may have been trained with.
            """
    )

    @Flag(name: .customLong("json"), help: "Print the list as JSON.")
    var printsJSON = false

    func run() throws {
        guard !printsJSON else { return printJSON(.array(ListedEstimator.all.map(\.json))) }
        for estimator in ListedEstimator.all {
            let line = "\(estimator.framework) \(estimator.name)"
            print(estimator.limits.map { "\(line), limits: \($0)" } ?? line)
        }
    }
}

extension ListedEstimator {
    fileprivate var json: JSONValue {
        [
            "framework": .string(framework), "kind": .string(kind.rawValue), "name": .string(name),
            "limits": limits.map { .string($0) } ?? .null,
        ]
    }
}
