import Diagnostics
package import JSON

extension ReferenceStatistics {
    /// The statistics as they stand in a model's metadata.
    package var json: JSONValue {
        let inputs = inputs.map { input -> JSONValue in
            ["name": .string(input.name), "features": .array(input.features.map(\.json))]
        }
        return ["version": 1, "inputs": .array(inputs)]
    }

    /// Reads the text of a model's metadata.
    ///
    /// *Throws*: `type` for another form, `limit` for more features and edges than are kept, and what JSON itself throws.
    package init(parsing text: String) throws(JSONError) {
        let document = try JSONValue.parse(Array(text.utf8))
        guard document["version"]?.number?.int == 1, let list = document["inputs"]?.array else {
            throw JSONError(.type, "the statistics have another form, expected `version` 1 and `inputs`")
        }
        var inputs: [Input] = []
        var featureCount = 0
        for value in list {
            guard let name = value["name"]?.string, let features = value["features"]?.array else {
                throw JSONError(.type, "an input of the statistics has no `name` or no `features`")
            }
            featureCount += features.count
            guard featureCount <= Self.featureLimit else {
                throw JSONError(.limit, "there are too many features, expected at most \(Self.featureLimit)")
            }
            var read: [Feature] = []
            for feature in features {
                read.append(
                    try locating(.item("feature", feature["name"]?.string ?? "\(read.count)")) { () throws(JSONError) in
                        try Feature(feature, number: read.count)
                    }
                )
            }
            inputs.append(Input(name: name, features: read))
        }
        self.init(inputs: inputs)
    }
}

extension ReferenceStatistics.Feature {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name),
            "count": .number(JSONNumber(summary.count)),
            "missing": .number(JSONNumber(summary.missing)),
        ]
        if summary.count > 0 {
            object["mean"] = JSONValue(summary.mean)
            object["variance"] = JSONValue(summary.variance)
            object["minimum"] = JSONValue(summary.minimum)
            object["maximum"] = JSONValue(summary.maximum)
        }
        if !counts.isEmpty {
            object["edges"] = .array(edges.map { JSONValue($0) })
            object["counts"] = .array(counts.map { .number(JSONNumber($0)) })
        }
        return .object(object)
    }

    fileprivate init(_ value: JSONValue, number: Int) throws(JSONError) {
        let whole = { (key: String) in value[key]?.number?.int ?? 0 }
        let real = { (key: String) in value[key]?.number?.double ?? 0 }
        let edges = (value["edges"]?.array ?? []).map { $0.number?.double ?? .nan }
        let counts = (value["counts"]?.array ?? []).map { $0.number?.int ?? -1 }
        guard edges.count <= ReferenceStatistics.edgeLimit else {
            throw JSONError(.limit, "there are too many edges, expected at most \(ReferenceStatistics.edgeLimit)")
        }
        let isSorted = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 } && edges.allSatisfy(\.isFinite)
        guard isSorted, counts.allSatisfy({ 0...(1 << 50) ~= $0 }), counts.isEmpty || counts.count == edges.count + 1
        else {
            throw JSONError(.type, "`edges` or `counts` have another form, expected ascending edges and one more count")
        }
        let summary = FeatureSummary(
            count: max(0, min(whole("count"), 1 << 50)),
            missing: max(0, min(whole("missing"), 1 << 50)),
            mean: real("mean"),
            variance: max(0, real("variance")),
            minimum: real("minimum"),
            maximum: real("maximum")
        )
        self.init(
            name: value["name"]?.string ?? "\(number)",
            summary: summary,
            edges: edges,
            counts: counts
        )
    }
}
