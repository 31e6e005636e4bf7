import Diagnostics
import ServingCore
import ServingTransport

/// The form of the body of a request, by its content type.
enum ScoringMediaType {
    case json
    case csv(CSVHeader?)

    /// The form of a request; JSON when it does not say.
    ///
    /// *Throws*: `encoding` for another content type, charset or parameter.
    /// *Source*: RFC 9110, section 8.3; RFC 4180, section 3.
    init(_ request: HTTPRequest) throws(ServingError) {
        let text = request.values(of: "content-type").first ?? "application/json"
        let parts = text.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        var header: CSVHeader?
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" } }
            switch (pair.first, pair.last) {
            case ("charset", "utf-8"), ("charset", "utf8"), ("charset", "us-ascii"): break
            case ("header", let value?) where parts[0] == "text/csv" && CSVHeader(rawValue: value) != nil:
                header = CSVHeader(rawValue: value)
            default:
                throw ServingError(
                    .encoding,
                    "the content type has `\(parameter)`, expected `charset=utf-8`, or `header=present` or `header=absent`"
                )
            }
        }
        switch parts.first {
        case "application/json": self = .json
        case "text/csv": self = .csv(header)
        default:
            throw ServingError(
                .encoding,
                "the content type `\(text)` is not supported, expected `application/json` or `text/csv`"
            )
        }
    }

    /// The request in a body.
    func request(_ body: [UInt8], for model: ServedModel) throws(ServingError) -> ScoringRequest {
        switch self {
        case .json: try ScoringRequest(body, [.split, .records, .instances, .inputs, .array], for: model)
        case .csv(let header): try ScoringRequest(csv: body, header: header, for: model)
        }
    }
}
