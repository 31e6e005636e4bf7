import Diagnostics
import ServerCommand
import ServingHTTP
import Testing

@Suite struct CloudEnvironmentTests {
    private func configuration(
        _ arguments: [String],
        _ variables: [String: String]
    ) throws -> ServeConfiguration {
        try ServeConfiguration(arguments: arguments) { variables[$0] }
    }

    @Test func `ports and paths of clouds are taken, and options win`() throws {
        let vertex = [
            "AIP_HTTP_PORT": "8080", "AIP_HEALTH_ROUTE": "/health-check", "AIP_PREDICT_ROUTE": "/predict",
            "SAGEMAKER_BIND_TO_PORT": "",
        ]
        let configured = try configuration(["m"], vertex)
        #expect(configured.httpPort == .number(8080))
        #expect(configured.vertexPaths.health == "/health-check")
        #expect(configured.vertexPaths.predict == "/predict")
        #expect(try configuration(["m"], ["SAGEMAKER_BIND_TO_PORT": "9000"]).httpPort == .number(9000))
        #expect(try configuration(["m", "--http-port", "1"], vertex).httpPort == .number(1))
    }

    @Test func `behind the word of SageMaker there need be no path`() throws {
        let configured = try configuration(["serve"], [:])
        #expect(configured.paths.count == 1)
        #expect(configured.httpPort == .number(8080))
        #expect(try configuration(["serve", "m"], [:]).paths == ["m"])
        #expect(try configuration(["serve"], ["SAGEMAKER_BIND_TO_PORT": "1234"]).httpPort == .number(1234))
        #expect(try configuration(["m", "serve"], [:]).paths == ["m", "serve"])
    }

    @Test(arguments: [
        ("AIP_HTTP_PORT", "auto", "`AIP_HTTP_PORT` is out of range, expected 1 to 65535, got `auto`"),
        ("SAGEMAKER_BIND_TO_PORT", "0", "`SAGEMAKER_BIND_TO_PORT` is out of range, expected 1 to 65535, got `0`"),
        ("AIP_HEALTH_ROUTE", "health", "`AIP_HEALTH_ROUTE` is no path, expected a slash at its start, got `health`"),
    ])
    func `variables of another form are refused`(name: String, value: String, error: String) {
        #expect {
            try configuration(["m"], [name: value])
        } throws: {
            "\($0)" == error && ($0 as? any Diagnostic)?.kind == .usage
        }
    }
}
