/// What the inputs of a model looked like when it was made: a summary of each feature.
///
/// It stands in a model's metadata under `metadataKey` as JSON; schemas/reference.schema.json describes it.
package struct ReferenceStatistics: Sendable, Hashable {
    /// The features of an input.
    package struct Input: Sendable, Hashable {
        /// The input's name.
        package let name: String
        /// The features in the order of the columns.
        package let features: [Feature]

        /// An input.
        package init(name: String, features: [Feature]) {
            self.name = name
            self.features = features
        }
    }

    /// What is known of a feature.
    package struct Feature: Sendable, Hashable {
        /// The name of the column; its number where it has none.
        package let name: String
        package let summary: FeatureSummary
        /// Bounds in ascending order.
        package let edges: [Double]
        /// How many values lie below or at the first edge, above that and below or at the second, …, above the last: one
        /// more than there are edges, or none.
        package let counts: [Int]

        /// A feature.
        package init(name: String, summary: FeatureSummary, edges: [Double], counts: [Int]) {
            self.name = name
            self.summary = summary
            self.edges = edges
            self.counts = counts
        }
    }

    package let inputs: [Input]

    /// The key in a model's metadata.
    package static let metadataKey = "mlpack.reference"
    /// The most features of a model, and edges of a feature.
    package static let featureLimit = 4096
    package static let edgeLimit = 64

    /// The features of inputs.
    package init(inputs: [Input]) { self.inputs = inputs }
}
