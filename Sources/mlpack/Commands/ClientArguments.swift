import ArgumentParser
import Glibc
import ServingClient

/// How commands ask a server.
struct ClientArguments: ParsableArguments {
    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A field that goes with each request, as metadata over gRPC.", valueName: "name: value")
    )
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "What `authorization: Bearer` is to carry (default: the environment's MLPACK_SERVER_KEY).",
            valueName: "key"
        )
    )
    var key: String?

    @Option(help: ArgumentHelp("How long a request may take.", valueName: "seconds"))
    var timeout = 60.0

    func validate() throws {
        guard timeout >= 0.001, timeout <= 86_400 else {
            throw ValidationError("`--timeout` is \(timeout), expected 0.001 to 86400")
        }
        for field in header where Self.parts(of: field) == nil {
            throw ValidationError("`--header` is `\(field)`, expected `NAME: VALUE`")
        }
    }

    var options: ClientOptions {
        var headers = header.compactMap(Self.parts)
        let key = key ?? getenv("MLPACK_SERVER_KEY").map { String(cString: $0) }
        if let key, !key.isEmpty { headers.append(("authorization", "Bearer \(key)")) }
        return ClientOptions(timeout: Int(timeout * 1000), headers: headers)
    }

    private static func parts(of field: String) -> (name: String, value: String)? {
        guard let colon = field.firstIndex(of: ":"), colon > field.startIndex,
            field.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        let value = field[field.index(after: colon)...].drop { $0 == " " }
        return (field[..<colon].lowercased(), String(value))
    }
}
