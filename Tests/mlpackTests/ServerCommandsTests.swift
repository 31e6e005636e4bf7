import Foundation
import JSON
import TestSupport
import Testing

/// The commands that ask a server.
@Suite struct ServerCommandsTests {
    private let server: RunningServer
    private let http: String
    private let grpc: String
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let written = try runExecutable("mlpack", ["conformance", "--write-models", folder.file("models")])
        try #require(written.status == 0, "\(written.errors)")
        let words = ["--host", "127.0.0.1", "--http-port", "auto", "--json", "--model-control", "explicit"]
        server = try RunningServer([folder.file("models")] + words)
        let ready = try JSONValue.parse(Array(server.readyLine.utf8))
        http = try #require(ready["http"]?.array?.first?.string)
        grpc = try #require(ready["grpc"]?.array?.first?.string)
    }

    private func mlpack(_ arguments: [String], input: String = "") throws -> CommandResult {
        try runExecutable("mlpack", arguments, input: Array(input.utf8), folder: folder.path)
    }

    @Test func `the server passes every case of the protocol`() throws {
        let result = try mlpack(["conformance", "--server", http, "--grpc", grpc])
        let bad = result.output.split(separator: "\n").filter { !$0.hasSuffix("  pass") }
        #expect(
            bad.count == 1
                && bad.last?.hasSuffix(" passed, 0 failed, 0 failed that are not required, 0 skipped") == true
        )
        #expect(result.status == 0, "\(bad) \(result.errors)")
    }

    @Test func `a server that does otherwise fails`() throws {
        let result = try mlpack([
            "conformance", "--server", http, "--grpc", String(http.dropFirst("http://".count)), "--filter",
            "grpc/health/server is live",
        ])
        #expect(result.status == 1)
        #expect(result.output.contains("FAIL\n    Open Inference Protocol, grpc_predict_v2.proto, ServerLive\n"))
    }

    @Test func `rows come as a table`() throws {
        let rows = "a,b,c,d\n1,2,3,4\n5,6,7,8\n"
        for address in [
            "\(http)/v2/models/conformance_versions/versions/1",
            "grpc://\(grpc)/v2/models/conformance_versions/versions/1",
        ] {
            let result = try mlpack(["predict", address], input: rows)
            #expect(
                result.output == """
                    OUTPUT0[0]  OUTPUT0[1]  OUTPUT0[2]  OUTPUT0[3]
                    2.0         3.0         4.0         5.0
                    6.0         7.0         8.0         9.0

                    """,
                "\(result.errors)"
            )
        }
    }

    @Test(arguments: [
        ["--input", "INPUT0=[[1,2,3,4]]", "--input", "INPUT1=[[4,3,2,1]]"], ["values.json"], ["records.json"],
        ["request.json"], ["--rows-per-request", "1", "values.json"], ["--json-tensors", "values.json"],
    ])
    func `values come in many forms`(arguments: [String]) throws {
        let forms = [
            "values.json": "{\"INPUT0\":[[1,2,3,4]],\"INPUT1\":[[4,3,2,1]]}",
            "records.json": "[{\"INPUT0\":[1,2,3,4],\"INPUT1\":[4,3,2,1]}]",
            "request.json": """
            {"inputs":[{"name":"INPUT0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]},\
            {"name":"INPUT1","shape":[1,4],"datatype":"FP32","data":[4,3,2,1]}]}
            """,
        ]
        for (name, text) in forms { try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8) }
        let result = try mlpack(
            ["predict", http, "--model", "conformance_add_sub", "--json", "--outputs", "SUM"] + arguments
        )
        #expect(result.output == "{\"SUM\":[[5.0,5.0,5.0,5.0]]}\n", "\(result.errors)")
    }

    @Test func `outputs are written as files`() throws {
        let rows = "1,2,3,4\n"
        for name in ["y.npz", "y.npy", "y.csv", "y.json"] {
            let words = ["predict", http, "--model", "conformance_identity_fp32", "--output", name]
            #expect(try mlpack(words, input: rows).status == 0)
        }
        let csv = try String(contentsOfFile: folder.file("y.csv"), encoding: .utf8)
        #expect(csv == "OUTPUT0[0],OUTPUT0[1],OUTPUT0[2],OUTPUT0[3]\n1.0,2.0,3.0,4.0\n")
        #expect(
            try String(contentsOfFile: folder.file("y.json"), encoding: .utf8) == "{\"OUTPUT0\":[[1.0,2.0,3.0,4.0]]}\n"
        )
    }

    @Test(
        arguments: [
            (
                ["--model", "conformance_add_sub", "--input", "INPUT0=[[1,2,3,4]]"], 1,
                "error: input `INPUT1`: there is no value, expected `FP32` [-1, 4]\n"
            ),
            (
                ["--model", "conformance_identity_fp32", "--input", "INPUT0=[[1,2,3]]"], 1,
                "error: input `INPUT0`: the shape is [1, 3], expected [-1, 4]\n"
            ),
            (
                ["--model", "conformance_identity_fp32", "--input", "INPUT=[[1,2,3,4]]"], 2,
                "error: the model has no input `INPUT`, expected `INPUT0`\nhint: did you mean `INPUT0`?\n"
            ),
            (
                ["--model", "conformance_identity_int8", "--input", "INPUT0=[[1,2,3,400]]"], 1,
                "error: input `INPUT0`: element `[0][3]`: `400` is no `int8`\n"
            ),
        ] as [([String], Int32, String)]
    )
    func `what the model does not take is said`(arguments: [String], status: Int32, errors: String) throws {
        let result = try mlpack(["predict", http] + arguments)
        #expect(result.errors == errors)
        #expect(result.status == status)
    }

    @Test func `a model that is not served ends with 1`() throws {
        let result = try mlpack(["predict", "\(http)/v2/models/nobody"], input: "1\n")
        #expect(
            result.errors.hasPrefix(
                "error: `\(http)/v2/models/nobody`: the server answers 404: the model `nobody` is not "
            )
        )
        #expect(result.status == 1)
        let none = try mlpack(["predict", "http://127.0.0.1:1/v2/models/nobody"], input: "1\n")
        #expect(none.errors == "error: `http://127.0.0.1:1`: couldn't connect to server\n")
        #expect(none.status == 1)
    }

    @Test(arguments: [["--rates", "200,400", "--arrivals", "fixed"], ["--concurrency", "4"]], [true, false])
    func `load is measured`(arguments: [String], isGRPC: Bool) throws {
        let address = isGRPC ? "grpc://\(grpc)" : http
        let words = ["--model", "conformance_add_sub", "--duration", "0.2", "--warm-up", "0", "--json"]
        let result = try mlpack(["bench", "serve", address, "--histogram", "times.hgrm"] + words + arguments)
        let runs = try #require(try JSONValue.parse(Array(result.output.utf8)).array, "\(result.errors)")
        #expect(runs.count == (arguments.count == 4 ? 2 : 1))
        for run in runs {
            #expect(run["errors"] == .object([:]))
            #expect(try #require(run["answered"]?.number?.int) > 0)
            #expect(run["answered"] == run["requests"])
            #expect(try #require(run["latency_us"]?["p50"]?.number?.double) > 0)
        }
        if arguments.count == 4 { #expect(runs.map { $0["requests"]?.number?.int } == [40, 80]) }
        #expect(try String(contentsOfFile: folder.file("times.hgrm"), encoding: .utf8).contains("1/(1-Percentile)"))
    }
}
