import Diagnostics
import ServerCommand
import ServingTransport
import Testing

@Suite struct ObservationOptionsTests {
    @Test func `the options say what is noted`() throws {
        let observation = try ServeConfiguration(arguments: [
            "m", "--access-log", "-", "--otlp-endpoint=http://a:4318", "--trace-rate", "0.25",
        ]).observation
        #expect(observation.accessLog == "-")
        #expect(observation.otlpEndpoint == "http://a:4318")
        #expect(observation.traceRate == 0.25)
    }

    @Test func `nothing is noted by default`() throws {
        #expect(try ServeConfiguration(arguments: ["m"]).observation == ObservationConfiguration())
    }

    @Test(arguments: ["", "-0.1", "1.1", "nan", "x"])
    func `a part is 0 to 1`(text: String) {
        let error = #expect(throws: ServerError.self) {
            try ServeConfiguration(arguments: ["m", "--trace-rate", text])
        }
        #expect(error?.message == "`--trace-rate` is out of range, expected 0 to 1, got `\(text)`")
    }
}
