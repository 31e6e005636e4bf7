import Diagnostics
import InferenceEngine
import NIOCore
import Scheduling
import ServerCommand
import ServingCore
import ServingTransport
import Testing

@Suite struct ServeConfigurationTests {
    @Test func `paths and options come in any order, with a space or an equals sign`() throws {
        let configuration = try ServeConfiguration(arguments: [
            "a.onnx", "--host", "::", "--http-port=auto", "--grpc-port", "0", "--metrics-port=9", "--json", "--threads",
            "3", "--queue", "0", "--max-body",
            "10", "--max-connections=7", "--idle-timeout", "1", "--receive-timeout", "2", "--drain-timeout", "0", "b",
            "--max-memory", "1000", "--max-trips=5", "--precision", "bf16", "--model-control=explicit", "--max-wait",
            "20", "--",
            "--c",
        ])
        #expect(configuration.paths == ["a.onnx", "b", "--c"])
        #expect(configuration.host == "::")
        #expect(configuration.httpPort == .free)
        #expect(configuration.grpcPort == .off)
        #expect(configuration.metricsPort == .number(9))
        #expect(configuration.modelControl == .explicit)
        #expect(configuration.limits.work.wait == .fixed(20_000_000))
        #expect(configuration.printsJSON)
        #expect(configuration.limits.work.runCount == 3)
        #expect(configuration.limits.work.waitingCount == 0)
        #expect(configuration.limits.bodyByteCount == 10)
        #expect(configuration.limits.connectionCount == 7)
        #expect(configuration.limits.idleTimeout == .seconds(1))
        #expect(configuration.limits.receiveTimeout == .seconds(2))
        #expect(configuration.limits.drainTimeout == .seconds(0))
        #expect(configuration.inferenceLimits.totalByteCount == 1000)
        #expect(configuration.inferenceLimits.tensorByteCount == 1000)
        #expect(configuration.inferenceLimits.loopTripCount == 5)
        #expect(configuration.precision == .bf16)
    }

    @Test func `what is not said is as help says`() throws {
        let configuration = try ServeConfiguration(arguments: ["m"])
        #expect(configuration.host == "0.0.0.0" && configuration.httpPort == .number(8000) && !configuration.printsJSON)
        let limits: [(name: String, value: Int64)] = [
            ("--queue", Int64(configuration.limits.work.waitingCount)),
            ("--max-body", Int64(configuration.limits.bodyByteCount)),
            ("--max-memory", Int64(configuration.inferenceLimits.totalByteCount)),
            ("--max-trips", Int64(configuration.inferenceLimits.loopTripCount)),
            ("--max-connections", Int64(configuration.limits.connectionCount)),
            ("--idle-timeout", configuration.limits.idleTimeout.nanoseconds / 1_000_000_000),
            ("--receive-timeout", configuration.limits.receiveTimeout.nanoseconds / 1_000_000_000),
            ("--send-timeout", configuration.limits.sendTimeout.nanoseconds / 1_000_000_000),
            ("--drain-timeout", configuration.limits.drainTimeout.nanoseconds / 1_000_000_000),
        ]
        for (name, value) in limits {
            #expect(serveOptions.first { $0.name == name }?.defaultText == "\(value)", "\(name)")
        }
        #expect(configuration.limits.work.runCount >= 1)
    }

    private static let refused: [(arguments: [String], error: String)] = [
        ([], "no model is named, expected the path of an ONNX file or of a folder of models"),
        (["--json"], "no model is named, expected the path of an ONNX file or of a folder of models"),
        (["m", "--hots", "x"], "unknown option `--hots`"),
        (["m", "--json=1"], "`--json` takes no value"),
        (["m", "--host"], "`--host` has no value, expected `ADDRESS`"),
        (["m", "--http-port", "65536"], "`--http-port` is out of range, expected 0 to 65535 or `auto`, got `65536`"),
        (["m", "--http-port", "-1"], "`--http-port` is out of range, expected 0 to 65535 or `auto`, got `-1`"),
        (
            ["m", "--precision", "fp8"],
            "`--precision` is unknown, expected one of `fp32`, `bf16`, `int8`, got `fp8`"
        ),
        (["m", "--http-port=0", "--grpc-port=0"], "the ports of HTTP and gRPC are 0, expected one that is not"),
        (
            ["m", "--model-control", "all"],
            "`--model-control` is unknown, expected one of `none`, `explicit`, `poll`, `watch`, got `all`"
        ),
        (["m", "--threads", "0"], "`--threads` is out of range, expected 1 to 1024, got `0`"),
        (["m", "--max-body="], "`--max-body` is out of range, expected 1 to 2147483648, got ``"),
    ]

    @Test(arguments: refused)
    func `wrong words are refused`(arguments: [String], error: String) {
        #expect {
            try ServeConfiguration(arguments: arguments)
        } throws: {
            "\($0)" == error && ($0 as? any Diagnostic)?.kind == .usage
        }
    }

    @Test func `help names every option`() {
        let help = serveHelp(program: "mlpack-serve")
        for option in serveOptions {
            let line = help.split(separator: "\n").first { $0.hasPrefix("  \(option.name) ") }
            #expect(line?.contains(option.help) == true && line.map { $0.count <= 120 } == true, "\(option.name)")
        }
    }
}
