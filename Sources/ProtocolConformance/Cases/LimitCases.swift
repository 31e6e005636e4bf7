import Glibc
import JSON
import ServingClient

/// What is out of all measure, and must not end the server.
let limitCases: [ProtocolCase] = [
    limit("arrays 100000 deep", String(repeating: "[", count: 100_000)),
    limit("a shape whose product overflows", input("[4611686018427387904,4611686018427387904]")),
    limit("a shape of 100000 axes", input("[" + String(repeating: "1,", count: 99_999) + "1]")),
    limit("an extent of 10^30", input("[1000000000000000000000000000000,4]")),
    limit("an extent that the data does not have", input("[1000000000000,4]")),
    limit("a number of 100000 digits", input("[1,4]", data: "[1,2,3," + String(repeating: "9", count: 100_000) + "]")),
    limit("a name of a million characters", input("[1,4]", name: String(repeating: "n", count: 1_000_000))),
    .http("limit/a name of 65536 characters in the path", .advised, clause) { server in
        let answer = try server.get("/v2/models/" + String(repeating: "a", count: 65_536))
        try expect((400...499).contains(answer.status), "status 400 to 499", got: answer.words)
        try server.expectAlive()
    },
    .http("limit/a name that climbs", .advised, clause) { server in
        let answer = try server.get("/v2/models/..%2F..%2Fetc%2Fpasswd")
        try expect((400...499).contains(answer.status), "status 400 to 499", got: answer.words)
    },
]

private let clause = "RFC 9110, 15.5: what a client gets wrong is answered 4xx"

private func limit(_ name: String, _ json: String) -> ProtocolCase {
    .http("limit/\(name)", .advised, clause, models: [identityFP32]) { server in
        let answer = try server.infer(identityFP32, json)
        try server.expectAlive()
        try server.expectError(answer, 400...499)
    }
}

private func input(_ shape: String, name: String = "INPUT0", data: String = "[1,2,3,4]") -> String {
    "{\"inputs\":[{\"name\":\"\(name)\",\"shape\":\(shape),\"datatype\":\"FP32\",\"data\":\(data)}]}"
}

/// Waits.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
