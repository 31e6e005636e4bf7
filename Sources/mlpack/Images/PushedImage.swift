import Diagnostics
import ContentStore
import JSON
import OCIImage
import OCIRegistry

/// What was pushed to one repository.
struct PushedImage {
    var names: [ImageReference]
    var report: ImagePush.Report

    /// Words for each name on the standard output, and counts on the standard error.
    func show() {
        let counts = [BlobArrival.uploaded, .mounted, .existed].compactMap { arrival -> String? in
            guard let count = report.counts[arrival] else { return nil }
            return "\(count) \(arrival.rawValue) (\(report.byteCounts[arrival] ?? 0) bytes)"
        }
        let words =
            report.changedTags.isEmpty ? "nothing to do" : counts.isEmpty ? "all there" : counts.joined(separator: ", ")
        standardError("blobs: " + words)
        for name in names { print("\(name.familiarName)  \(report.digest)") }
    }

    var json: JSONValue {
        [
            "digest": .string(report.digest.description),
            "names": .array(names.map { .string($0.familiarName) }),
            "changedTags": .array(report.changedTags.map { .string($0) }),
            "blobs": .object(
                JSONObject(
                    [BlobArrival.uploaded, .mounted, .existed].map { arrival in
                        let counts: JSONValue = [
                            "count": .number(JSONNumber(report.counts[arrival] ?? 0)),
                            "size": .number(JSONNumber(report.byteCounts[arrival] ?? 0)),
                        ]
                        return (arrival.rawValue, counts)
                    }
                )
            ),
        ]
    }
}
