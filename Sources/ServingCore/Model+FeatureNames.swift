import JSON
import OnnxIR

extension Model {
    /// The names of the columns that the model was trained on; none where its metadata does not say them.
    ///
    /// `mlpack export` puts them there as a JSON array of distinct strings.
    var featureNames: [String] {
        guard let text = metadata.last(where: { $0.key == "feature_names" })?.value,
            let elements = (try? JSONValue.parse(Array(text.utf8)))?.array
        else { return [] }
        let names = elements.compactMap(\.string)
        return names.count == elements.count && Set(names).count == names.count ? names : []
    }
}
