import ArgumentParser
import Diagnostics
import Downloads
import JSON
import ProtocolConformance
import ServingClient

/// The part of `mlpack conformance` that is about servers.
struct ProtocolArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Run the cases of the Open Inference Protocol against a server.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp("The server's address of gRPC; without it those cases are skipped.", valueName: "address")
    )
    var grpc: String?

    @Flag(help: "List the cases of the protocol.")
    var listCases = false

    @Option(
        help: ArgumentHelp("Write the models that the cases ask, as a model repository.", valueName: "folder"),
        completion: .directory
    )
    var writeModels: String?

    @OptionGroup var client: ClientArguments

    /// Whether the command is about servers.
    var isGiven: Bool { server != nil || listCases || writeModels != nil }

    func validate() throws {
        if grpc != nil, server == nil { throw ValidationError("`--grpc` needs `--server`") }
    }

    func run(filter: String?, json: Bool) throws {
        let cases = protocolCases.filter { filter.map($0.fullName.contains) ?? true }
        if let writeModels {
            let names = try writeConformanceModels(to: writeModels)
            if json { printJSON(.array(names.map { .string($0) })) } else { print(names.joined(separator: "\n")) }
        }
        if listCases { list(cases, json: json) }
        guard let server else { return }
        guard !cases.isEmpty else { throw ValidationError("no case has `\(filter ?? "")` in its name") }
        let report = try report(on: server, cases)
        if json { printJSON(report.json) } else { print(report.text) }
        guard report.failures.isEmpty else { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }

    private func report(on server: String, _ cases: [ProtocolCase]) throws -> ProtocolReport {
        let address = try ServerAddress(parsing: server)
        guard address.transport == .http else {
            throw ValidationError("`--server` is `\(server)`, expected an address of HTTP; `--grpc` takes the other")
        }
        let calls = try grpc.map { text in
            let address = try ServerAddress(parsing: text.contains("://") ? text : "grpc://" + text)
            guard address.transport == .grpc else {
                throw ValidationError("`--grpc` is `\(text)`, expected `host:8001` or `grpc://host:8001`")
            }
            return try GRPCCaller(address, client.options)
        }
        var progress = ProgressLine()
        defer { progress.finish() }
        // libcurl never sends a head of more than 64 KiB over HTTP/2, and waits for its answer until the time is over.
        let target = try ProtocolServer(try HTTPCaller(address, client.options, version: .http1), grpc: calls)
        return runProtocolCases(cases, on: target) { progress.show("asking", $0, of: cases.count) }
    }

    private func list(_ cases: [ProtocolCase], json: Bool) {
        guard !json else { return printJSON(.array(cases.map { .object($0.json) })) }
        let width = cases.reduce(0) { max($0, $1.fullName.count) }
        let levels = cases.reduce(0) { max($0, $1.level.text.count) }
        for test in cases {
            print(padded(test.fullName, width) + "  " + padded(test.level.text, levels) + "  " + test.clause)
        }
    }
}
