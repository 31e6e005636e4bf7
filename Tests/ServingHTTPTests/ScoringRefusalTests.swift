import ServingHTTP
import ServingTransport
import Testing

@Suite struct ScoringRefusalTests {
    private let router: Router

    init() throws { router = try dialectModels(["columns", "image", "table"]) }

    private static let refused: [(model: String, body: String, error: String)] = [
        ("columns", "", "line 1:1: the text ends early, expected a value"),
        ("columns", "[]", "line 1:1: the value is an array, expected an object"),
        ("columns", "{}", "line 1:3: the request has no data, expected one of `instances`, `inputs`"),
        (
            "columns", #"{"instances": [[1, 2, 3]], "inputs": []}"#,
            "line 1:38: the request has `inputs` beside other data, expected one of them"
        ),
        ("columns", #"{"signature_name": 3}"#, "line 1:20: `signature_name` is a number, expected a string"),
        ("columns", #"{"instances": {}}"#, "line 1:15: the value is an object, expected an array"),
        ("columns", #"{"instances": []}"#, "line 1:15: there are no rows, expected at least one"),
        ("columns", #"{"instances": [[1, 2]]}"#, "input `X`: the shape is wrong, expected [-1, 3], got [1, 2]"),
        (
            "columns", #"{"instances": [[1, 2, 3], [1, 2]]}"#,
            "line 1:33: input `X`: an array that ends here has 2 values, expected 3 as the first"
        ),
        (
            "columns", #"{"instances": [[1, 2, "x"]]}"#,
            "line 1:23: input `X`: the value is the string `x`, expected a number"
        ),
        (
            "columns", #"{"instances": [{"length": 1, "width": 2}]}"#,
            "line 1:16: not all columns are given, expected also `height`"
        ),
        (
            "columns", #"{"instances": [{"length": 1, "width": 2, "height": 3, "depth": 4}]}"#,
            "line 1:16: the model has no column `depth`, expected `length`, `width`, `height`"
        ),
        (
            "columns", #"{"instances": [{"length": [1], "width": 2, "height": 3}]}"#,
            "line 1:27: `length` is an array, expected an element of a row of `X`, or `X`"
        ),
        ("columns", #"{"inputs": 5}"#, "input `X`: the shape is wrong, expected [-1, 3], got []"),
        (
            "image", #"{"instances": [[[1, 2], [3]]]}"#,
            "line 1:28: input `pixels`: an array that ends here has 1 values, expected 2 as the first"
        ),
        (
            "table", #"{"instances": [[1, "a"]]}"#,
            "line 1:16: there are 2 columns without names, expected `price`, `city`, `count` in this order"
        ),
        ("table", #"{"instances": [[1, "a", 2], [1, "a"]]}"#, "line 1:37: the row has 2 values, expected 3"),
        (
            "table", #"{"instances": [[1, "a", 2], [1, "a", 2, 3]]}"#,
            "line 1:41: the row has a value too many, expected 3"
        ),
        (
            "table", #"{"instances": [5]}"#,
            "line 1:16: the row is a number, expected an object with a value for each of `price`, `city`, `count`"
        ),
        (
            "table", #"{"inputs": [[1]]}"#,
            "line 1:12: the tensor has no name, expected an object with `price`, `city`, `count`"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": 2, "count": 3}]}"#,
            "line 1:37: input `city`: the value is a number, expected a string"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": "a", "count": 1.5}]}"#,
            "line 1:51: input `count`: the number is out of range, expected an integer from "
                + "-9223372036854775808 to 9223372036854775807, got `1.5`"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": {"b64": "Qg"}, "count": 1}]}"#,
            "line 1:49: input `city`: the value of `b64` is not base64 with padding"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": {"b64": "/w=="}, "count": 1}]}"#,
            "line 1:51: input `city`: the bytes of `b64` are not UTF-8"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": "a", "count": 1}, {"price": 1, "city": "a"}]}"#,
            "line 1:80: the row has no value for `count`, expected one as in the first"
        ),
        (
            "table", #"{"instances": [{"price": 1, "city": "a", "count": 1}, {"price": [1]}]}"#,
            "line 1:65: input `price`: the value is an array, expected an element as the first"
        ),
    ]

    @Test(arguments: refused)
    func `what does not fit is refused at its place`(model: String, body: String, error: String) {
        let response = router.post("/v1/models/\(model):predict", body)
        #expect(response.error == error)
        #expect(response.status == .badRequest)
    }

    private static let csv: [(model: String, body: String, error: String)] = [
        ("columns", "", "the table has no row, expected at least one"),
        ("columns", "\r\n\n", "the table has no row, expected at least one"),
        ("columns", "length,width,height\n", "there are no rows, expected at least one"),
        ("columns", "1,2", "input `X`: the shape is wrong, expected [-1, 3], got [1, 2]"),
        ("columns", "1,2,3\n1,2", "row `2`: the row has 2 cells, expected 3 as the first"),
        ("columns", "1,2,\"3", "row `1`: a quote is not closed"),
        ("columns", "1,x,3", "row `1`: column `2`: the cell is wrong, expected `FP32`, got `x`"),
        (
            "columns", "length,length,height\n1,2,3",
            "a column is given twice, expected each of `length`, `width`, `height` once"
        ),
        ("table", "city,price\na,1", "not all columns are given, expected also `count`"),
        (
            "table", "city,price,count\na,1,2\nb,1,2.5",
            "row `3`: column `count`: the cell is wrong, expected `INT64`, got `2.5`"
        ),
        ("columns", String(repeating: ",", count: 70_000), "row `1`: the row has more than 65536 cells"),
    ]

    @Test(arguments: csv)
    func `CSV that does not fit is refused at its row`(model: String, body: String, error: String) {
        let headers = [
            (name: "content-type", value: "text/csv"), (name: "x-amzn-sagemaker-target-model", value: model),
        ]
        let response = router.post("/invocations", body, headers)
        #expect(response.error == error)
        #expect(response.status == .badRequest)
    }

    @Test func `deep, wide and long requests are refused, and the next is answered`() {
        let wide = (0..<70_000).map { #""c\#($0)": 1"# }.joined(separator: ",")
        let hostile = [
            #"{"instances": "# + String(repeating: "[", count: 200_000),
            #"{"instances": [{"# + wide + "}]}",
            #"{"inputs": {"# + wide + "}}",
            #"{"instances": ["# + String(repeating: "[],", count: 200_000) + "[]]}",
            #"{"instances": [[1e999, 2, 3]]}"#,
            #"{"instances": [[1, 2, 3]]"#,
        ]
        for body in hostile {
            #expect(router.post("/v1/models/columns:predict", body).status == .badRequest)
            #expect(router.post("/v1/models/columns:predict", #"{"instances": [[1, 2, 3]]}"#).status == .ok)
        }
        let bytes = HTTPRequest("POST", "/v1/models/columns:predict", body: [0xFF, 0xFE])
        #expect(router.answer(bytes).status == .badRequest)
    }

    @Test func `a request that is cut off anywhere is refused`() {
        let body = #"{"instances": [{"price": 1.5, "city": {"b64": "Qg=="}, "count": 2}]}"#
        for count in 0..<body.utf8.count {
            let response = router.post("/v1/models/table:predict", String(body.prefix(count)))
            #expect(response.status == .badRequest, "\(count)")
        }
        #expect(router.post("/v1/models/table:predict", body).status == .ok)
    }
}
