"""JSON of requests: deep, huge, out of range, given twice, and no JSON at all. C1 to C4, C7 to C9, C11, C12."""
from attacks_server import GOOD, attack
from attacks_wire import ask, expect, infer

OPTIONS = ["--idle-timeout", "1", "--receive-timeout", "1", "--max-body", str(16 << 20), "--model-control", "explicit"]
NUMBERS = {"INT8": 8, "INT16": 16, "INT32": 32, "INT64": 64, "UINT8": 8, "UINT16": 16, "UINT32": 32, "UINT64": 64}


def tensor(name="X", datatype='"FP32"', shape="[1,4]", data="[1,2,3,4]", more=""):
    return f'{{"name":"{name}","datatype":{datatype},"shape":{shape},"data":{data}{more}}}'


def body(*tensors, more=""):
    return f'{{"inputs":[{",".join(tensors)}]{more}}}'.encode()


def all_of(server, cases, model="linear", words=None):
    """Sends bodies, and says of all that were answered otherwise than they must be."""
    wrongs = []
    for name, (statuses, data) in cases.items():
        try:
            expect(infer(server, model, data), statuses, words, name)
        except (AssertionError, TimeoutError) as error:
            wrongs.append(str(error) if name in str(error) else f"{name}: {error}")
    assert not wrongs, "\n     ".join(wrongs)


def echo(server, datatype, data, shape="[1,1]"):
    return infer(server, f"echo_{datatype}", body(tensor("in", f'"{datatype}"', shape, data)))


@attack("C1 arrays and objects within each other, 200,000 deep")
def deep(server):
    count = 200_000
    cases = {}
    for start, end in [("[", "]"), ('{"a":', "1}" + "}" * (count - 1)), ('[{"a":', "1}]")]:
        for closing in ["", end * count if len(end) < 5 else end]:
            nested = start * count + closing
            cases[f"data {start}{len(closing)}"] = (400, body(tensor(data=nested)))
            cases[f"parameter {start}{len(closing)}"] = (400, body(tensor(), more=f',"parameters":{{"a":{nested}}}'))
            cases[f"unknown member {start}{len(closing)}"] = (400, body(tensor(), more=f',"other":{nested}'))
            cases[f"shape {start}{len(closing)}"] = (400, body(tensor(shape=nested)))
            cases[f"document {start}{len(closing)}"] = (400, nested.encode())
    all_of(server, cases)
    for path in ["index", "models/linear/load", "models/nope/unload"]:
        expect(ask(server, "POST", f"/v2/repository/{path}", b"[" * count), 400, None, path)
        expect(ask(server, "POST", f"/v2/repository/{path}", b'{"parameters":{"a":' + b"[" * count), 400, None, path)


@attack("C2 shapes that overflow, are negative, no whole numbers, or have a million extents")
def shapes(server):
    cases = {}
    for name, shape in {
        "2^62 thirty times": str([1 << 62] * 30), "2^32 twice": "[4294967296,4294967296]",
        "2^64": "[18446744073709551616]", "2^63": "[9223372036854775808,0]",
        "2^62 and 0": "[4611686018427387904,4611686018427387904,0]", "negative": "[-1,4]",
        "negative twice": "[-1,-4]", "minimum": "[-9223372036854775808]",
        "1e308": "[1e308]", "1e999": "[1e999]", "fraction": "[1.5,4]", "string": '["1",4]', "null": "null",
        "bool": "[true,4]", "object": "{}", "number": "4",
        "nested": "[[1,4]]", "1,000,000 extents": str([1] * 1_000_000), "none": "[]", "another rank": "[4]",
        "another extent": "[4,1]", "65 extents": str([1] * 65),
    }.items():
        cases[name] = (400, body(tensor(shape=shape)))
        cases[f"{name}, data before it"] = (
            400, body(tensor(shape="[1,4]").replace('"shape":[1,4],', "")[:-1] + f',"shape":{shape}}}'),
        )
    cases["1e0"] = ([200, 400], body(tensor(shape="[1e0,4.0]")))
    cases["no rows"] = (200, body(tensor(shape="[0,4]", data="[]")))
    all_of(server, cases)
    expect(
        infer(server, "echo_FP32", body(tensor("in", shape="[4611686018427387904,0]", data="[]"))), [200, 400], None,
        "2^62 rows of nothing",
    )


@attack("C3 data of another count, and ragged rows")
def counts(server):
    all_of(server, {
        "too few": (400, body(tensor(data="[1,2,3]"))), "too many": (400, body(tensor(data="[1,2,3,4,5]"))),
        "none": (400, body(tensor(data="[]"))),
        "a million": (400, body(tensor(data=str([1] * 1_000_000)))),
        "too few for 2^20 rows": (400, body(tensor(shape="[1048576,4]"))),
        "too few for 2^50 rows": (400, body(tensor(shape="[1125899906842624,4]"))),
        "nested": (200, body(tensor(data="[[1,2,3,4]]"))),
        "ragged": (400, body(tensor(shape="[2,4]", data="[[1,2,3,4],[1,2,3]]"))),
        "ragged with the right count": (400, body(tensor(shape="[2,4]", data="[[1,2,3,4,5],[1,2,3]]"))),
        "flat and nested": (400, body(tensor(shape="[2,4]", data="[1,2,3,4,[1,2,3,4]]"))),
        "nested and flat": (400, body(tensor(shape="[2,4]", data="[[1,2,3,4],1,2,3,4]"))),
        "too deep": (400, body(tensor(data="[[[1,2,3,4]]]"))),
        "a row of nothing": (400, body(tensor(shape="[2,4]", data="[[1,2,3,4],[]]"))),
        "rows turned": (400, body(tensor(data="[[1],[2],[3],[4]]"))),
        "number": (400, body(tensor(data="1"))), "string": (400, body(tensor(data='"1234"'))),
        "object": (400, body(tensor(data="{}"))), "null": (400, body(tensor(data="null"))),
        "nulls": (400, body(tensor(data="[null,null,null,null]"))),
        "bools": (400, body(tensor(data="[true,true,true,true]"))),
        "strings": (400, body(tensor(data='["1","2","3","4"]'))),
    })


@attack("C4 numbers at and beyond the ends of every datatype")
def numbers(server):
    for datatype, bits in NUMBERS.items():
        low, high = (0, (1 << bits) - 1) if datatype[0] == "U" else (-(1 << bits - 1), (1 << bits - 1) - 1)
        for value in [low, high, 0]:
            answer = echo(server, datatype, f"[{value}]")
            expect(answer, 200, None, f"{datatype} {value}")
            assert answer.json()["outputs"][0]["data"] == [value], f"{datatype} {value}: {answer}"
        for text in [
            str(low - 1), str(high + 1), "1e999", "-1e999", "1.5", "NaN", "Infinity", '"NaN"', "1e30", "9" * 400, "-",
            "01", "+1", "0x1", ".5", "1.", "true", '"1"', "null",
        ]:
            expect(echo(server, datatype, f"[{text}]"), 400, None, f"{datatype} {text[:20]}")
        expect(echo(server, datatype, "[-0]"), 200, None, f"{datatype} -0")
        assert echo(server, datatype, "[-0]").json()["outputs"][0]["data"] == [0]
    for datatype in ["FP32", "FP64"]:
        for text in [
            "1e999", "-1e999", "NaN", "-Infinity", "nan", "1e", "--1", '"x"',
            "1" * 500 if datatype == "FP32" else "1" * 400,
        ]:
            expect(echo(server, datatype, f"[{text}]"), 400, None, f"{datatype} {text[:20]}")
        for text, value in [
            ("-0", -0.0), ("-0.0", -0.0), ("1e-999", 0.0), ("5e-324", None), ("0." + "0" * 4000 + "1", 0.0),
            ("1e-0000000000000000000001", None),
        ]:
            answer = echo(server, datatype, f"[{text}]")
            expect(answer, 200, None, f"{datatype} {text[:20]}")
            got = answer.json()["outputs"][0]["data"][0]
            assert value is None or str(float(got)) == str(value), f"{datatype} {text[:20]}: {got}"
    assert echo(server, "FP64", "[9007199254740993]").json()["outputs"][0]["data"] == [9007199254740992]
    expect(echo(server, "FP32", "[1e39]"), 400, None, "FP32 1e39")
    for text in ["2", "-1", "1.0", '"true"', "null"]:
        expect(echo(server, "BOOL", f"[{text}]"), 400, None, f"BOOL {text}")
    for datatype in ["FP16", "BF16"]:
        expect(echo(server, datatype, "[1]"), 400, "has no form in JSON", datatype)


@attack("C7 members, inputs and outputs that are given twice")
def twice(server):
    outputs = ',"outputs":[{"name":"Y"},{"name":"Y"}]'
    all_of(server, {
        "inputs": (400, body(tensor(), more=f',"inputs":[{tensor()}]')),
        "name": (400, body(tensor(more=',"name":"X"'))), "shape": (400, body(tensor(more=',"shape":[1,4]'))),
        "datatype": (400, body(tensor(more=',"datatype":"FP32"'))),
        "data": (400, body(tensor(more=',"data":[1,2,3,4]'))), "id": (400, body(tensor(), more=',"id":"1","id":"2"')),
        "input": (400, body(tensor(), tensor())), "output": (400, body(tensor(), more=outputs)),
        "name in another form": (400, body(tensor(more=',"n\\u0061me":"X"'))),
        "parameter": (400, body(tensor(), more=',"parameters":{"a":1,"a":2}')),
        "unknown member": (400, body(tensor(), more=',"a":1,"a":2')),
        "100,000 outputs": (400, body(tensor(), more=',"outputs":[' + ",".join(['{"name":"Y"}'] * 100_000) + "]")),
        "100,000 other outputs": (
            400,
            body(tensor(), more=',"outputs":[' + ",".join('{"name":"%d"}' % index for index in range(100_000)) + "]")
        ),
        "100,000 parameters": (
            [200, 400],
            body(tensor(), more=',"parameters":{' + ",".join('"%d":1' % index for index in range(100_000)) + "}")
        ),
        "100,000 members": (
            [200, 400], body(tensor(), more="," + ",".join('"%d":1' % index for index in range(100_000)))
        ),
    })


@attack("C8 text that is not UTF-8, lone surrogates, NUL, and what is no JSON")
def text(server):
    good = body(tensor(), more=',"id":"@"')
    cases = {}
    for name, data in {
        "byte FF": b"\xff", "cut off": b"\xe2\x82", "overlong": b"\xc0\xaf", "surrogate in UTF-8": b"\xed\xa0\x80",
        "above 10FFFF": b"\xf4\x90\x80\x80", "NUL": b"\0",
        "line": b"\n", "high surrogate": b"\\ud800", "low surrogate": b"\\udc00",
        "surrogates turned": b"\\udc00\\ud800", "no hexadecimal": b"\\u12g4", "cut escape": b"\\u12",
        "escape": b"\\x41",
    }.items():
        cases[f"id with {name}"] = (400, good.replace(b"@", data))
        cases[f"name with {name}"] = (400, body(tensor()).replace(b'"X"', b'"X' + data + b'"'))
    for name, data in {
        "nothing": b"", "blank": b" " * 1000, "NUL": b"\0", "BOM": b"\xef\xbb\xbf" + GOOD,
        "UTF-16": GOOD.decode().encode("utf-16"), "two": GOOD * 2, "comma": GOOD + b",", "comment": b"/**/" + GOOD,
        "last comma": GOOD.replace(b"]}", b"],}", 1), "single quotes": GOOD.replace(b'"', b"'"),
        "no value": b'{"inputs":}', "null": b"null", "array": b"[]", "number": b"1" * 1_000_000,
        "string without end": b'"' + b"a" * 1_000_000, "no inputs": b"{}", "inputs null": b'{"inputs":null}',
        "inputs empty": b'{"inputs":[]}', "input null": b'{"inputs":[null]}', "input empty": b'{"inputs":[{}]}',
    }.items():
        cases[name] = (400, data)
    for end in range(0, len(GOOD), 3):
        cases[f"cut at {end}"] = (400, GOOD[:end])
    all_of(server, cases)
    answer = infer(server, "linear", good.replace(b"@", b"\\u0000\\n\\u2028<script>\\ud83d\\ude00"))
    assert answer.json()["id"] == "\0\n\u2028<script>\U0001F600", f"an id of escapes: {answer}"
    expect(echo(server, "BYTES", '["\\u0000"]'), 200, None, "NUL in BYTES")
    expect(infer(server, "linear", good.replace(b"@", b"a" * 1_000_000)), [200, 400], None, "an id of 1 MB")


@attack("C9 datatypes that there are not")
def datatypes(server):
    cases = {
        name: (400, body(tensor(datatype=f'"{name}"'))) for name in [
            "", "fp32", "FP8", "FP32 ", "STRING", "float", "\\u0000", "a" * 1_000_000,
        ]
    }
    cases |= {name: (400, body(tensor(datatype=name))) for name in ["1", "null", "[]", "{}", "true"]}
    cases["INT32"] = (400, body(tensor(datatype='"INT32"')))
    all_of(server, cases)


@attack("C11 100,000 inputs")
def many_inputs(server):
    all_of(server, {
        "the same": (400, body(*[tensor()] * 100_000)),
        "others": (400, body(*[tensor(f"X{index}") for index in range(100_000)])),
        "empty": (400, body(*["{}"] * 100_000)),
        "4,000 others": (400, body(tensor(), *[tensor(f"X{index}") for index in range(4000)])),
        "names of 1 MB": (400, body(tensor(), *[tensor("a" * 1_000_000 + str(index)) for index in range(10)])),
    })


@attack("C12 timeouts and priorities out of range")
def parameters(server):
    wrongs = []
    for name in ["timeout", "priority"]:
        for value in ["-1", "1e999", "1.5", "18446744073709551616", '"1"', "true", "null", "[]", "{}"]:
            answer = infer(server, "linear", body(tensor(), more=f',"parameters":{{"{name}":{value}}}'))
            if answer.status != 400:
                wrongs.append(f"{name} {value}: expected 400, got {answer.status}")
        for value in ["0", "1000000", "4294967295"]:
            expect(
                infer(server, "linear", body(tensor(), more=f',"parameters":{{"{name}":{value}}}')), 200, None,
                f"{name} {value}",
            )
    expect(
        infer(server, "linear", body(tensor(), more=',"parameters":{"timeout":9223372036854775807}')), [200, 400],
        None, "a timeout of 2^63 - 1",
    )
    for value in ["[]", "1", "null", '"a"']:
        expect(infer(server, "linear", body(tensor(), more=f',"parameters":{value}')), 400, None, f"parameters {value}")
    assert not wrongs, "; ".join(wrongs)
