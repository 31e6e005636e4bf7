import JSON
import ServingHTTP
import ServingTransport
import Testing

@Suite struct ModelInferTests {
    private let router: Router

    init() throws { router = try servedModels(["linear"]) }

    private func infer(_ body: String, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        router.answer(HTTPRequest("POST", "/v2/models/linear/infer", headers: headers, body: Array(body.utf8)))
    }

    /// A request for `X` whose members are those given.
    private static func input(_ members: String) -> String { "{\"inputs\":[{\"name\":\"X\",\(members)}]}" }

    private static let accepted: [String] = [
        input(#""shape":[1,4],"datatype":"FP32","data":[1,0,0,0]"#),
        input(#""shape":[1,4],"datatype":"FP32","data":[[1,0,0,0]]"#),
        input(#""data":[[1,0,0,0]],"datatype":"FP32","shape":[1,4]"#),
        input(#""datatype":"FP32","shape":[1,4],"parameters":{"a":1,"b":"c","d":true},"data":[1e0,-0,0.0,0]"#),
        #" { "extra" : {"a":[1]}, "parameters":{"priority":1}, "outputs":[], "inputs":[{"name":"X","shape":[1,4],"#
            + #""datatype":"FP32","data":[1,0,0,0]}] } "#,
    ]

    @Test(arguments: accepted)
    func `the forms that the protocol leaves open are all read`(body: String) throws {
        let response = infer(body)
        #expect(response.status == .ok)
        let outputs = try #require(try JSONValue.parse(response.body)["outputs"]?.array)
        #expect(outputs.map { $0["name"] } == ["Y", "S"])
        #expect(outputs[0]["shape"] == [1, 3])
        #expect(outputs[0]["data"]?.array?.compactMap { $0.number?.float } == [1, 2.1, 3.2])
    }

    private static let refused: [(body: String, error: String)] = [
        ("", "line 1:1: the text ends early, expected a value"),
        ("[]", "line 1:1: the value is an array, expected an object"),
        ("{}", "line 1:3: the request has no `inputs`"),
        (#"{"inputs":[]}"#, "not all inputs are given, expected also `X`"),
        (#"{"inputs":[1]}"#, "line 1:12: the value is a number, expected an object"),
        (#"{"inputs":[{}]}"#, "line 1:13: the input has no `name`"),
        (#"{"id":1,"inputs":[]}"#, "line 1:7: the value is a number, expected a string"),
        (#"{"inputs":[],"inputs":[]}"#, "line 1:14: the object has the key `inputs` twice"),
        (input(#""shape":[1,4],"data":[]"#), "line 1:13: input `X`: the input has no `datatype`"),
        (input(#""datatype":"FP32","data":[]"#), "line 1:13: input `X`: the input has no `shape`"),
        (input(#""shape":[1,4],"datatype":"FP32""#), "line 1:13: input `X`: the input has no `data`"),
        (
            input(#""shape":[1,4],"datatype":"FP33","data":[]"#),
            "line 1:49: input `X`: the datatype `FP33` is unknown, expected one of `BOOL`, `UINT8`, `UINT16`, "
                + "`UINT32`, `UINT64`, `INT8`, `INT16`, `INT32`, `INT64`, `FP16`, `FP32`, `FP64`, `BF16`, `BYTES`"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP64","data":[1,2,3,4]"#),
            "input `X`: the datatype is wrong, expected `FP32`, got `FP64`"
        ),
        (
            input(#""shape":[4],"datatype":"FP32","data":[1,2,3,4]"#),
            "input `X`: the shape is wrong, expected [-1, 4], got [4]"
        ),
        (
            input(#""shape":[1,5],"datatype":"FP32","data":[1,2,3,4,5]"#),
            "input `X`: the shape is wrong, expected [-1, 4], got [1, 5]"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[1,2,3]"#),
            "line 1:63: input `X`: `data` has 3 elements, expected 4 for the shape [1, 4]"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[1,2,3,4,5]"#),
            "line 1:72: input `X`: there are too many elements, expected at most 4"
        ),
        (
            input(#""shape":[2,4],"datatype":"FP32","data":[[1,2,3,4],[5,6,7]]"#),
            "line 1:74: input `X`: a row of `data` has 3 elements, expected 4 for the shape [2, 4]"
        ),
        (
            input(#""shape":[2,4],"datatype":"FP32","data":[[1,2,3,4]]"#),
            "line 1:64: input `X`: an array in `data` has 1 rows, expected 2 for the shape [2, 4]"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[[[1,2,3,4]]]"#),
            "line 1:65: input `X`: the value is an array, expected a number"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[1,"2",3,4]"#),
            "line 1:66: input `X`: the value is the string `2`, expected a number"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[1,NaN,3,4]"#),
            "line 1:66: input `X`: wrong character, expected a value, got `N`"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[1,1e999,3,4]"#),
            "line 1:66: input `X`: the number is out of range, expected a number within the range of a 32-bit float, "
                + "got `1e999`"
        ),
        (
            input(#""shape":[-1,4],"datatype":"FP32","data":[]"#),
            "line 1:32: input `X`: the shape [-1, 4] is out of range, expected extents of 0 or more"
        ),
        (
            input(#""shape":[1.0,4],"datatype":"FP32","data":[]"#),
            "line 1:33: input `X`: the number is out of range, "
                + "expected an integer from -9223372036854775808 to 9223372036854775807, got `1.0`"
        ),
        (
            input(#""shape":[4611686018427387904,4],"datatype":"FP32","data":[]"#),
            "line 1:32: input `X`: the shape [4611686018427387904, 4] is out of range, expected extents of 0 or more"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","data":[0,0,0,0],"parameters":{"binary_data_size":16}"#),
            "line 1:13: input `X`: the input has both `data` and `binary_data_size`"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP16","data":[0,0,0,0]"#),
            "line 1:63: input `X`: the datatype `FP16` has no form in JSON, expected `binary_data_size` and bytes"
        ),
        (
            input(#""shape":[1,4],"datatype":"FP32","parameters":{"shared_memory_region":"r"}"#),
            "line 1:93: input `X`: the parameter `shared_memory_region` is not supported"
        ),
        (
            #"{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]}"#,
            "the model has no input `x`, expected `X`"
        ),
        (
            #"{"inputs":[{"name":"X","shape":[0,4],"datatype":"FP32","data":[]},"#
                + #"{"name":"X","shape":[0,4],"datatype":"FP32","data":[]}]}"#,
            "input `X`: the input is given twice"
        ),
        (
            #"{"outputs":[{"name":"Z"}],"inputs":[{"name":"X","shape":[0,4],"datatype":"FP32","data":[]}]}"#,
            "the model has no output `Z`, expected `Y`, `S`"
        ),
        (
            #"{"outputs":[{"name":"Y"},{"name":"Y"}],"inputs":[{"name":"X","shape":[0,4],"datatype":"FP32","data":[]}]}"#,
            "output `Y`: the output is asked for twice"
        ),
        (#"{"outputs":[{}],"inputs":[]}"#, "line 1:15: the output has no `name`"),
        (
            #"{"parameters":{"binary_data_output":1},"inputs":[]}"#,
            "line 1:15: the parameter `binary_data_output` is a number, expected a boolean"
        ),
        (
            #"{"parameters":{"a":[]},"inputs":[]}"#,
            "line 1:20: the parameter `a` is an array, expected a string, number or boolean"
        ),
        (#"{"id":"\uD800","inputs":[]}"#, "line 1:8: `\\uD800` is half of a surrogate pair"),
    ]

    @Test(arguments: refused)
    func `what does not fit is refused with its place`(body: String, error: String) {
        let response = infer(body)
        #expect(response.status == .badRequest)
        #expect(response.error == error)
        #expect(infer(Self.accepted[0]).status == .ok)
    }

    @Test func `large and deep requests are refused without harm`() {
        let shape = String(repeating: "9223372036854775807,", count: 1_000_000)
        let inputs = String(repeating: #"{"name":"X","shape":[0,4],"datatype":"FP32","data":[]},"#, count: 100_000)
        let bodies: [(String, String)] = [
            (String(repeating: "[", count: 200_000), "line 1:1: the value is an array, expected an object"),
            (
                #"{"x":"# + String(repeating: "[", count: 200_000),
                "line 1:37: the document is too deep, expected at most 32 levels"
            ),
            (
                Self.input("\"shape\":[\(shape)1]"),
                "line 1:1313: input `X`: there are too many elements, expected at most 64"
            ),
            ("{\"inputs\":[\(inputs)1]}", "line 1:225292: there are too many inputs, expected at most 4096"),
        ]
        for (body, error) in bodies {
            let response = infer(body)
            #expect(response.status == .badRequest)
            #expect(response.error == error)
        }
        #expect(infer(Self.accepted[0]).status == .ok)
    }

    @Test func `a request that is cut anywhere is refused`() {
        let body = Array(Self.accepted[4].utf8.dropLast())
        for count in body.indices {
            let response = router.answer(
                HTTPRequest("POST", "/v2/models/linear/infer", body: Array(body[..<count]))
            )
            #expect(response.status == .badRequest, "\(count)")
        }
    }

    @Test func `an empty batch has an empty answer`() {
        let response = infer(Self.input(#""shape":[0,4],"datatype":"FP32","data":[]"#))
        #expect(response.status == .ok)
        #expect(response.text.contains(#"{"name":"Y","datatype":"FP32","shape":[0,3],"data":[]}"#))
    }

    @Test func `names and ids with any characters come back as they went`() throws {
        let id = #"a\"\\\u0001é😀"#
        let response = infer("{\"id\":\"\(id)\"," + Self.accepted[0].dropFirst())
        #expect(try JSONValue.parse(response.body)["id"] == "a\"\\\u{1}é😀")
    }
}
