/// One statement of the protocol about servers, and how it is tried.
package struct ProtocolCase: Sendable {
    /// What follows when a server does otherwise.
    package enum Level: Sendable, Hashable {
        /// The core of the protocol: every server passes.
        case required
        /// An extension: every server that announces it passes.
        case announced(String)
        /// Good manners, of which the protocol says nothing or only "typically".
        case advised

        /// The level as tables show it.
        package var text: String {
            switch self {
            case .required: "required"
            case .announced(let name): name
            case .advised: "advised"
            }
        }
    }

    /// What a case is asked over.
    package enum Transport: String, Sendable {
        case http
        case grpc
    }

    /// The name, by which cases are chosen: `infer/nested data`.
    package let name: String
    package let transport: Transport
    package let level: Level
    /// The clause of the specification or the extension.
    package let clause: String
    /// The models that it asks.
    package let models: [String]
    let run: @Sendable (ProtocolServer) throws -> Void

    /// The name with what it is asked over.
    package var fullName: String { "\(transport.rawValue)/\(name)" }

    static func http(
        _ name: String,
        _ level: Level = .required,
        _ clause: String,
        models: [String] = [],
        _ run: @escaping @Sendable (ProtocolServer) throws -> Void
    ) -> ProtocolCase {
        ProtocolCase(name: name, transport: .http, level: level, clause: clause, models: models, run: run)
    }

    static func grpc(
        _ name: String,
        _ level: Level = .required,
        _ clause: String,
        models: [String] = [],
        _ run: @escaping @Sendable (ProtocolServer) throws -> Void
    ) -> ProtocolCase {
        ProtocolCase(name: name, transport: .grpc, level: level, clause: clause, models: models, run: run)
    }
}

/// All cases, as they are run and listed.
package let protocolCases: [ProtocolCase] =
    healthCases + metadataCases + inferenceCases + datatypeCases + errorCases + strictnessCases + binaryCases
    + classificationCases + statisticsCases + configurationCases + repositoryCases + parameterCases
    + compressionCases + grpcServerCases + grpcInferenceCases + grpcDatatypeCases + grpcErrorCases
    + grpcExtensionCases
    // Those that end some servers come last.
    + limitCases

/// How a case ended.
package enum ProtocolOutcome: Sendable, Equatable {
    case passed
    case failed(expected: String, got: String)
    case skipped(String)
}

/// A server that does otherwise than a case says.
struct Mismatch: Error {
    let expected: String
    let got: String

    init(_ expected: String, got: String) {
        self.expected = expected
        self.got = got
    }
}

/// A case that says nothing of this server.
struct Skip: Error {
    let reason: String
}
