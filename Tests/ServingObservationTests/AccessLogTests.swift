import Foundation
import ServingObservation
import TestSupport
import Testing

@Suite struct AccessLogTests {
    private let folder = try? TemporaryFolder()

    private func path(_ name: String) throws -> String { "\(try #require(folder).path)/\(name)" }

    private func lines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .ascii).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func head(_ path: String = "/v2?a=b", userAgent: String = "test/1") -> RequestRecord.Head {
        RequestRecord.Head(
            protocolName: "HTTP/1.1",
            method: "POST",
            target: path,
            peer: "[::1]:5",
            userAgent: userAgent,
            byteCount: 7
        )
    }

    @Test func `a line says what is known of a request`() throws {
        let path = try path("a.log")
        let observer = try #require(RequestObserver(accessLog: try AccessLog(path: path), tracer: nil))
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let record = observer.begin(head(), id: "id", parents: [parent], states: [])
        record.setModel(RequestRecord.Model(name: "iris", version: "3"))
        record.setTimes(
            RequestRecord.Times(queued: 0, started: 1000, read: 3000, computed: 6000, written: 10_000)
        )
        record.end(status: 200, byteCount: 9)
        observer.begin(head(), id: nil, parents: [parent, parent]).end(status: 200, grpcStatus: 5, byteCount: 0)
        observer.flush()
        let lines = try lines(path)
        #expect(lines.count == 2)
        for (key, value) in [
            "protocol": "HTTP/1.1", "method": "POST", "path": "/v2", "model": "iris", "version": "3",
            "request_id": "id", "trace_id": "0af7651916cd43dd8448eb211c80319c", "peer": "[::1]:5",
            "user_agent": "test/1",
        ] {
            #expect(lines[0][key] as? String == value, "\(key)")
        }
        for (key, value) in [
            "status": 200, "bytes_in": 7, "bytes_out": 9, "queue_us": 1, "input_us": 2, "compute_us": 3, "output_us": 4,
        ] {
            #expect(lines[0][key] as? Int == value, "\(key)")
        }
        #expect(lines[0]["grpc_status"] == nil)
        #expect(lines[1]["protocol"] as? String == "gRPC")
        #expect(lines[1]["grpc_status"] as? Int == 5)
        #expect(lines[1]["trace_id"] == nil, "two parents are none")
        #expect((lines[1]["request_id"] as? String)?.count == 32)
    }

    @Test func `what clients make long is cut, and what they make hostile escaped`() throws {
        let path = try path("b.log")
        let observer = try #require(RequestObserver(accessLog: try AccessLog(path: path), tracer: nil))
        let long = "/" + String(repeating: "é\"\n", count: 5000)
        observer.begin(head(long, userAgent: long), id: "id").end(status: 404, byteCount: 0)
        observer.flush()
        let line = try #require(try lines(path).first)
        #expect((line["path"] as? String)?.utf8.count ?? 0 <= 1026)
        #expect((line["user_agent"] as? String)?.utf8.count ?? 0 <= 258)
    }

    @Test func `a file that was moved away is written no further`() throws {
        let path = try path("c.log")
        let file = try LineFile(path: path, mode: 0o600)
        #expect(file.append([Array("1\n".utf8)]) == 0)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        #expect(file.append([Array("2\n".utf8)]) == 0)
        try file.reopen()
        #expect(file.append([Array("3\n".utf8), Array("4\n".utf8)]) == 0)
        #expect(try String(contentsOfFile: path + ".1", encoding: .utf8) == "1\n2\n")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "3\n4\n")
        #expect(file.byteCount == 4)
    }

    @Test func `lines that a full disk does not take are counted`() throws {
        let file = try LineFile(path: "/dev/full", mode: 0o600)
        #expect(file.append([Array("1\n".utf8), Array("2\n".utf8)]) == 2)
    }

    @Test func `a path that cannot be opened is an error`() throws {
        #expect(throws: (any Error).self) { try AccessLog(path: "/nowhere/a.log") }
    }
}
