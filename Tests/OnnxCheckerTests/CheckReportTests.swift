import Diagnostics
import JSON
import OnnxChecker
import OnnxReader
import TestSupport
import Testing

@Suite struct CheckReportTests {
    private let sound: CheckReport

    init() throws {
        sound = CheckReport(try readModel(path: fixturePath("rules/sound.onnx")), path: "m.onnx")
    }

    @Test(
        arguments: [
            ("exit 0", 120, []),
            ("echo one; echo two; exit 1", 120, ["one", "two"]),
            ("exit 1", 120, ["libonnx ended with status 1, expected 0 or 1"]),
            ("echo so far; exit 7", 120, ["so far", "libonnx ended with status 7, expected 0 or 1"]),
            ("kill -SEGV $$", 120, ["libonnx ended by signal 11, expected an answer"]),
            ("exec sleep 1000", 0, ["libonnx gave no answer, expected one within 0 s"]),
        ] as [(String, Int, [String])]
    )
    func `however a child ends, it is a finding and nothing more`(script: String, seconds: Int, found: [String]) throws
    {
        var report = sound
        try report.run(.libonnx, arguments: ["-c", script], executable: "/bin/sh", seconds: seconds)
        #expect(report.findings.map { "\($0.diagnostic)" } == found.map { "cross-check `libonnx`: \($0)" })
        #expect(report.verdict == (found.isEmpty ? .valid : .invalid))
    }

    @Test func `what a child writes is read to the end, and kept up to a megabyte`() throws {
        let child = try ChildProcess(["-c", "head -c 3000000 /dev/zero"], executable: "/bin/sh", seconds: 60)
        #expect(child.end == .exited(0))
        #expect(child.output.count == 1 << 20)
    }

    @Test func `a child has no standard input and no standard error`() throws {
        let child = try ChildProcess(["-c", "echo out; echo err >&2; cat"], executable: "/bin/sh", seconds: 60)
        #expect(String(decoding: child.output, as: UTF8.self) == "out\n")
    }

    @Test func `a program that is not there is said`() {
        #expect {
            try ChildProcess([], executable: "/no/such", seconds: 1)
        } throws: {
            "\($0)" == "starting `/no/such`: no such file or directory"
        }
    }

    @Test func `a report names findings, checks and the verdict`() throws {
        let path = fixturePath("rules/unknown-attribute.onnx")
        var report = CheckReport(try readModel(path: path), path: "m.onnx")
        report.skip(.libonnx, because: "as asked")
        #expect(
            report.text == """
                error: `m.onnx`: node `a` (Softmax, opset 17): unknown attribute `axes`
                hint: did you mean `axis`?
                checked: rules
                not checked: libonnx, as asked
                `m.onnx`: invalid, 1 error
                """
        )
        #expect(
            String(decoding: report.json.serialized(.compact), as: UTF8.self)
                == #"{"model":"m.onnx","verdict":"invalid","findings":[{"severity":"error","#
                + #""code":"unknownAttribute","place":"node `a` (Softmax, opset 17)","#
                + #""message":"unknown attribute `axes`","hint":"did you mean `axis`?"}],"#
                + #""checks":[{"name":"rules","ran":true,"reason":null},"#
                + #"{"name":"libonnx","ran":false,"reason":"as asked"}]}"#
        )
    }

    @Test(
        arguments: [
            ("sound", .valid), ("output-twice", .valid), ("order", .invalid), ("foreign-domain", .unsupported),
        ] as [(String, CheckReport.Verdict)]
    )
    func `warnings leave a model valid`(name: String, verdict: CheckReport.Verdict) throws {
        let model = try readModel(path: fixturePath("rules/\(name).onnx"))
        #expect(CheckReport(model, path: "m.onnx").verdict == verdict)
    }
}
