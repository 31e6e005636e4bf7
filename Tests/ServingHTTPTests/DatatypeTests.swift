import JSON
import ServingCore
import ServingHTTP
import ServingTransport
import Testing

/// Each datatype through a model that gives back what it gets.
@Suite struct DatatypeTests {
    private func infer(
        _ datatype: String,
        json: String,
        binary: [UInt8] = [],
        length: String? = nil
    ) throws -> HTTPResponse {
        let router = try servedModels(["echo_\(datatype)"])
        let json = Array(json.utf8)
        let headers =
            binary.isEmpty && length == nil
            ? [] : [(name: "Inference-Header-Content-Length", value: length ?? "\(json.count)")]
        return router.answer(
            HTTPRequest("POST", "/v2/models/echo_\(datatype)/infer", headers: headers, body: json + binary)
        )
    }

    private static let extremes: [(datatype: String, data: String)] = [
        ("BOOL", "[true,false]"),
        ("UINT8", "[0,255]"),
        ("UINT16", "[0,65535]"),
        ("UINT32", "[0,4294967295]"),
        ("UINT64", "[0,18446744073709551615]"),
        ("INT8", "[-128,127]"),
        ("INT16", "[-32768,32767]"),
        ("INT32", "[-2147483648,2147483647]"),
        ("INT64", "[-9223372036854775808,9223372036854775807]"),
        ("FP32", "[1e-45,3.4028235e+38]"),
        ("FP32", #"["NaN","-Infinity"]"#),
        ("FP64", "[5e-324,1.7976931348623157e+308]"),
        ("FP64", #"[0.1,"Infinity"]"#),
        ("BYTES", #"["","é\n\"😀"]"#),
    ]

    @Test(arguments: extremes)
    func `the ends of each range go through JSON`(datatype: String, data: String) throws {
        let request = #"{"inputs":[{"name":"in","shape":[1,2],"datatype":"\#(datatype)","data":\#(data)}]}"#
        let response = try infer(datatype, json: request)
        #expect(response.status == .ok)
        let output = try JSONValue.parse(response.body)["outputs"]?.array?.first
        #expect(output?["datatype"] == .string(datatype))
        #expect(output?["shape"] == [1, 2])
        #expect(String(decoding: output?["data"]?.serialized() ?? [], as: UTF8.self) == data)
    }

    private static let outside: [(datatype: String, data: String)] = [
        ("BOOL", "[1,0]"), ("BOOL", #"["true",false]"#), ("UINT8", "[0,256]"), ("UINT8", "[-1,0]"),
        ("UINT16", "[0,65536]"), ("UINT32", "[0,4294967296]"), ("UINT64", "[0,18446744073709551616]"),
        ("INT8", "[-129,0]"), ("INT16", "[0,32768]"), ("INT32", "[0,2147483648]"), ("INT32", "[0,1.5]"),
        ("INT32", "[0,true]"), ("INT64", "[0,9223372036854775808]"), ("INT64", #"["NaN",0]"#), ("FP32", "[0,3.5e38]"),
        ("FP32", "[0,null]"), ("FP64", "[0,1e309]"), ("BYTES", "[1,2]"), ("BYTES", #"["a",["b"]]"#),
        ("FP16", "[1,2]"), ("BF16", "[1,2]"),
    ]

    @Test(arguments: outside)
    func `what is outside the range or of another kind is refused`(datatype: String, data: String) throws {
        let request = #"{"inputs":[{"name":"in","shape":[1,2],"datatype":"\#(datatype)","data":\#(data)}]}"#
        #expect(try infer(datatype, json: request).status == .badRequest)
    }

    private static let binaries: [(datatype: String, bytes: [UInt8])] = [
        ("BOOL", [1, 0]), ("UINT8", [0, 255]), ("UINT16", [1, 2, 3, 4]), ("UINT32", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("UINT64", Array(0..<16)), ("INT8", [0, 255]), ("INT16", [1, 2, 3, 4]), ("INT32", Array(0..<8)),
        ("INT64", Array(0..<16)), ("FP16", [0, 0x3C, 0, 0xFC]), ("FP32", [0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF]),
        ("FP64", Array(0..<16)), ("BF16", [0x80, 0x3F, 0x80, 0xFF]),
        ("BYTES", [0, 0, 0, 0, 2, 0, 0, 0, 0xC3, 0xA9]),
    ]

    @Test(arguments: binaries)
    func `bytes go through as they are`(datatype: String, bytes: [UInt8]) throws {
        let request = #"""
            {"parameters":{"binary_data_output":true},"inputs":[{"name":"in","shape":[1,2],"datatype":"\#(datatype)",\#
            "parameters":{"binary_data_size":\#(bytes.count)}}]}
            """#
        let response = try infer(datatype, json: request, binary: bytes)
        #expect(response.status == .ok)
        #expect(response.header("content-type") == "application/octet-stream")
        let length = try #require(response.header("inference-header-content-length").flatMap { Int($0) })
        #expect(Array(response.body[length...]) == bytes)
        let output = try JSONValue.parse(Array(response.body[..<length]))["outputs"]?.array?.first
        #expect(output?["parameters"]?["binary_data_size"] == .number(JSONNumber(bytes.count)))
        #expect(output?["data"] == nil)
    }

    @Test func `a datatype without a form in JSON is not forced into it`() throws {
        let json = #"{"inputs":[{"name":"in","shape":[1,2],"datatype":"FP16","parameters":{"binary_data_size":4}}]}"#
        let response = try infer("FP16", json: json, binary: [0, 0, 0, 0])
        #expect(response.status == .badRequest)
        #expect(
            response.error
                == "output `out`: the datatype `FP16` has no form in JSON, "
                + "expected `binary_data` or `binary_data_output` to be true"
        )
    }

    @Test func `an output says for itself how it is wanted`() throws {
        let request = #"""
            {"parameters":{"binary_data_output":true},"outputs":[{"name":"out","parameters":{"binary_data":false}}],\#
            "inputs":[{"name":"in","shape":[1,1],"datatype":"FP32","data":[0.5]}]}
            """#
        let response = try infer("FP32", json: request)
        #expect(response.header("content-type") == "application/json")
        #expect(response.text.contains(#""data":[0.5]"#))
    }

    @Test func `a body without JSON is the only input`() throws {
        let bytes: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
        let response = try infer("FP32", json: "", binary: bytes, length: "0")
        #expect(response.status == .ok)
        #expect(response.text.contains(#""shape":[1,2]"#))
        #expect(Array(response.body.suffix(8)) == bytes)
        let cut = try infer("FP32", json: "", binary: Array(bytes.dropLast()), length: "0")
        #expect(cut.status == .badRequest)
        #expect(cut.error == "input `in`: data of `float` [1, 1] has 7 bytes, expected 4")
    }

    private static func binary(size: String, datatype: String = "FP32", shape: String = "[1,1]") -> String {
        #"{"inputs":[{"name":"in","shape":\#(shape),"datatype":"\#(datatype)","parameters":{"binary_data_size":\#(size)}}]}"#
    }

    private static let refused: [(json: String, bytes: [UInt8], length: String?, error: String)] = [
        (
            binary(size: "-1"), [0], nil,
            "line 1:70: input `in`: the parameter `binary_data_size` is out of range, expected a count of bytes"
        ),
        (
            binary(size: "1e3"), [0], nil,
            "line 1:70: input `in`: the parameter `binary_data_size` is out of range, expected a count of bytes"
        ),
        (
            binary(size: "99999999999999999999"), [0], nil,
            "line 1:70: input `in`: the parameter `binary_data_size` is out of range, expected a count of bytes"
        ),
        (
            binary(size: "8"), [0, 0, 0, 0], nil,
            "input `in`: the body ends early, expected 8 bytes of `binary_data_size`, got 4"
        ),
        (binary(size: "3"), [0, 0, 0], nil, "input `in`: data of `float` [1, 1] has 3 bytes, expected 4"),
        (binary(size: "4"), [0, 0, 0, 0, 0], nil, "the body has 1 bytes behind the last input, expected none"),
        ("{}", [0], "-1", "the header `inference-header-content-length` is out of range, expected 0 to 3, got `-1`"),
        ("{}", [0], "abc", "the header `inference-header-content-length` is out of range, expected 0 to 3, got `abc`"),
        ("{}", [0], "+2", "the header `inference-header-content-length` is out of range, expected 0 to 3, got `+2`"),
        ("{}", [0], "4", "the header `inference-header-content-length` is out of range, expected 0 to 3, got `4`"),
        (
            "{}", [0], "99999999999999999999",
            "the header `inference-header-content-length` is out of range, expected 0 to 3, got `99999999999999999999`"
        ),
    ]

    @Test(arguments: refused)
    func `lengths that lie are refused`(json: String, bytes: [UInt8], length: String?, error: String) throws {
        let response = try infer("FP32", json: json, binary: bytes, length: length)
        #expect(response.status == .badRequest)
        #expect(response.error == error)
    }

    private static let brokenStrings: [(bytes: [UInt8], error: String)] = [
        ([1, 0, 0], "input `in`: a length of `BYTES` is cut off, expected 4 bytes, got 3"),
        ([2, 0, 0, 0, 65], "input `in`: an element of `BYTES` is cut off, expected 2 bytes, got 1"),
        ([255, 255, 255, 255], "input `in`: an element of `BYTES` is cut off, expected 4294967295 bytes, got 0"),
        ([1, 0, 0, 0, 0xFF], "input `in`: element 0 of `BYTES` is not UTF-8"),
        ([0, 0, 0, 0, 0, 0, 0, 0], "input `in`: shape [1, 1] has 1 elements, got 2 strings"),
    ]

    @Test(arguments: brokenStrings)
    func `lengths of strings that lie are refused`(bytes: [UInt8], error: String) throws {
        let response = try infer("BYTES", json: Self.binary(size: "\(bytes.count)", datatype: "BYTES"), binary: bytes)
        #expect(response.status == .badRequest)
        #expect(response.error == error)
    }

    @Test func `a length that is given twice is refused`() throws {
        let header = (name: "inference-header-content-length", value: "2")
        let response = try servedModels(["linear"]).answer(
            HTTPRequest("POST", "/v2/models/linear/infer", headers: [header, header], body: Array("{}".utf8))
        )
        #expect(response.error == "the header `inference-header-content-length` is given twice")
    }
}
