"""Writes a model for each rule and verdicts.tsv with what onnx.checker says of it (python3 make.py; onnx 1.23.2).

Verdicts: `accepted`, or the first line of the checker's message. `full_check` is on: types are inferred as well.
"""

import onnx
from onnx import TensorProto, checker, helper
from onnx.helper import make_node as node

assert onnx.__version__ == "1.23.2"
models = {}


def value(name, shape=(2,), kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs=None, outputs=None, initializers=(), opset=17, ir_version=8):
    graph = helper.make_graph(
        nodes, "g", inputs or [value("x")], outputs or [value("y")], initializer=list(initializers)
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)


def add(name, made):
    models[name] = made
    return made


def tensor(name, values, kind=TensorProto.FLOAT):
    return helper.make_tensor(name, kind, [len(values)], values)


absolute = [node("Abs", ["x"], ["y"], name="a")]

# Model
add("sound", model(absolute))
add("ir-version-0", model(absolute)).ir_version = 0
add("ir-version-99", model(absolute)).ir_version = 99
made = add("no-opset", model(absolute))
del made.opset_import[:]
add("opset-99", model(absolute)).opset_import[0].version = 99
add("opset-0", model(absolute)).opset_import[0].version = 0
add("opset-newer-than-ir", model(absolute, opset=21))
add("two-opsets", model(absolute)).opset_import.append(helper.make_opsetid("ai.onnx", 16))
made = add("metadata-twice", model(absolute))
made.metadata_props.add(key="k", value="1")
made.metadata_props.add(key="k", value="2")
made = add("functions-before-ir-8", model(absolute, ir_version=7))
made.functions.append(
    helper.make_function("local", "F", ["a"], ["b"], [node("Abs", ["a"], ["b"])], [helper.make_opsetid("", 17)])
)

# Names
add("graph-without-name", model(absolute)).graph.name = ""
add("input-twice", model(absolute)).graph.input.append(value("x"))
add("input-without-type", model(absolute)).graph.input[0].ClearField("type")
add("output-without-type", model(absolute)).graph.output[0].ClearField("type")
add("output-twice", model(absolute)).graph.output.append(value("y"))
add("output-undefined", model([node("Abs", ["x"], ["yy"], name="a")]))
add("value-twice", model([node("Abs", ["x"], ["y"], name="a"), node("Neg", ["x"], ["y"], name="b")]))
add("input-overwritten", model([node("Abs", ["x"], ["x"], name="a"), node("Neg", ["x"], ["y"], name="b")]))
add("input-undefined", model([node("Abs", ["xx"], ["y"])]))
add("unnamed-attribute", model([node("Cast", ["x"], ["y"], name="a", to=1)])).graph.node[0].attribute.add(type=2)

# Order
add("order", model([node("Abs", ["t"], ["y"], name="a"), node("Neg", ["x"], ["t"], name="b")]))
add(
    "cycle",
    model([
        node("Abs", ["x"], ["s"], name="a"),
        node("Add", ["s", "u"], ["t"], name="b"),
        node("Neg", ["t"], ["u"], name="c"),
        node("Exp", ["u"], ["y"], name="d"),
    ]),
)
add("cycle-of-one", model([node("Add", ["x", "y"], ["y"], name="a")]))

# Operators
add("unknown-operator", model([node("Abz", ["x"], ["y"], name="a")]))
add("operator-of-other-domain", model([node("Scaler", ["x"], ["y"], name="a")]))
add("operator-too-new", model([node("Gelu", ["x"], ["y"], name="a")]))
add("operator-gone", model([node("Upsample", ["x", "s"], ["y"], name="a")], initializers=[tensor("s", [1])]))
add("domain-not-imported", model([node("Foo", ["x"], ["y"], name="a", domain="com.example")]))
add("foreign-domain", model([node("Foo", ["x"], ["y"], name="a", domain="com.example")])).opset_import.append(
    helper.make_opsetid("com.example", 1)
)
add("too-many-inputs", model([node("Abs", ["x", "x"], ["y"], name="a")]))
add("too-few-inputs", model([node("Concat", [], ["y"], name="a", axis=0)]))
add("too-many-outputs", model([node("Abs", ["x"], ["y", "z"], name="a")]))
add("required-input-empty", model([node("Add", ["x", ""], ["y"], name="a")]))
add("required-output-empty", model([node("Abs", ["x"], [""], name="b"), *absolute]))

# Attributes
add("missing-attribute", model([node("Cast", ["x"], ["y"], name="a")]))
add("unknown-attribute", model([node("Softmax", ["x"], ["y"], name="a", axes=1)]))
add("attribute-kind", model([node("Softmax", ["x"], ["y"], name="a", axis=1.5)]))
made = add("attribute-twice", model([node("Softmax", ["x"], ["y"], name="a", axis=0)]))
made.graph.node[0].attribute.append(made.graph.node[0].attribute[0])
made = add("reference-outside-function", model([node("Cast", ["x"], ["y"], name="a")]))
made.graph.node[0].attribute.add(name="to", ref_attr_name="kind", type=2)

# Types
add("type-not-allowed", model([node("Not", ["x"], ["y"], name="a")], outputs=[value("y", kind=TensorProto.BOOL)]))
add(
    "types-differ",
    model([node("Add", ["x", "w"], ["y"], name="a")], initializers=[tensor("w", [1, 2], TensorProto.INT64)]),
)
add("output-type", model(absolute, outputs=[value("y", kind=TensorProto.INT64)]))
add(
    "output-type-through-nodes",
    model(
        [node("Cast", ["x"], ["t"], name="a", to=TensorProto.INT64), node("Abs", ["t"], ["y"], name="b")],
    ),
)
made = add("value-info-type", model([node("Abs", ["x"], ["t"], name="a"), node("Neg", ["t"], ["y"], name="b")]))
made.graph.value_info.append(value("t", kind=TensorProto.DOUBLE))

# Initializers
inputs = [value("x"), value("w", (3,))]
sums = [node("Add", ["x", "w"], ["y"], name="a")]
add("initializer-type", model(sums, inputs, initializers=[tensor("w", [1, 2, 3], TensorProto.INT64)]))
add("initializer-shape", model(sums, inputs, initializers=[tensor("w", [1, 2])]))
add("initializer-twice", model(absolute, initializers=[tensor("w", [1]), tensor("w", [1])]))
add("initializer-not-input", model(absolute, initializers=[tensor("w", [1])], ir_version=3, opset=8))
for name, indices in [("sound", [0, 3]), ("unsorted", [3, 0]), ("outside", [0, 4]), ("repeated", [1, 1])]:
    sparse = helper.make_sparse_tensor(tensor("w", [1, 2]), tensor("", indices, TensorProto.INT64), [4])
    add(f"sparse-{name}", model(absolute)).graph.sparse_initializer.append(sparse)
pairs = helper.make_tensor("", TensorProto.INT64, [2, 2], [0, 1, 1, 0])
add("sparse-pairs", model(absolute)).graph.sparse_initializer.append(
    helper.make_sparse_tensor(tensor("w", [1, 2]), pairs, [2, 2])
)
pairs = helper.make_tensor("", TensorProto.INT64, [2, 2], [1, 0, 0, 1])
add("sparse-pairs-unsorted", model(absolute)).graph.sparse_initializer.append(
    helper.make_sparse_tensor(tensor("w", [1, 2]), pairs, [2, 2])
)


# Subgraphs
def graph(nodes, name, inputs=(), outputs=("s",)):
    return helper.make_graph(nodes, name, list(inputs), [value(output) for output in outputs])


def branches(other, *after, before=()):
    then = graph([node("Abs", ["x"], ["s"], name="t")], "then")
    chosen = node("If", ["c"], ["y"], name="i", then_branch=then, else_branch=other)
    condition = helper.make_tensor("c", TensorProto.BOOL, [], [True])
    return model([*before, chosen, *after], initializers=[condition])


negative = node("Neg", ["x"], ["s"], name="e")
add("branches", branches(graph([negative], "else")))
add("branch-name-used-later", branches(graph([negative], "else"), node("Exp", ["x"], ["s"], name="z")))
shadow = graph([node("Neg", ["x"], ["x"], name="e")], "else", outputs=["x"])
add("branch-shadows", branches(shadow))
late = graph([node("Neg", ["z"], ["s"], name="e")], "else")
add("branch-reads-later", branches(late, node("Exp", ["x"], ["z"], name="z")))
add("branch-undefined", branches(graph([node("Neg", ["q"], ["s"], name="e")], "else")))
add("branch-arity", branches(graph([node("Neg", ["x", "x"], ["s"], name="e")], "else")))
add("branch-inputs", branches(graph([node("Neg", ["i"], ["s"], name="e")], "else", [value("i")])))
both = [negative, node("Exp", ["x"], ["r"], name="f")]
add("branch-outputs", branches(graph(both, "else", outputs=["s", "r"])))
body = helper.make_graph(
    [node("Identity", ["c"], ["d"], name="k"), node("Abs", ["v"], ["w"], name="b")],
    "body",
    [value("i", (), TensorProto.INT64), value("c", (), TensorProto.BOOL), value("v")],
    [value("d", (), TensorProto.BOOL), value("w")],
)
add("loop", model([node("Loop", ["", "", "x"], ["y"], name="l", body=body)]))
add("loop-outputs", model([node("Loop", ["", "", "x"], ["y", "z"], name="l", body=body)]))


# Functions
def calling(functions, *nodes):
    made = model(list(nodes) or [node("F", ["x"], ["y"], name="call", domain="local")])
    made.opset_import.append(helper.make_opsetid("local", 1))
    made.functions.extend(functions)
    return made


def function(name, nodes, inputs=("a",), outputs=("b",), attributes=(), opsets=(("", 17),)):
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
    return helper.make_function("local", name, list(inputs), list(outputs), nodes, imports, list(attributes))


simple = function("F", [node("Abs", ["a"], ["b"], name="f")])
local = (("", 17), ("local", 1))
add("function", calling([simple]))
add("function-twice", calling([simple, simple]))
add("function-undefined", calling([function("F", [node("Abs", ["q"], ["b"], name="f")])]))
add("function-output-undefined", calling([function("F", [node("Abs", ["a"], ["c"], name="f")])]))
add("function-unknown", calling([simple], node("G", ["x"], ["y"], name="call", domain="local")))
add("function-inputs", calling([simple], node("F", ["x", "x"], ["y"], name="call", domain="local")))
add("function-outputs", calling([simple], node("F", ["x"], ["y", "z"], name="call", domain="local")))
add("function-attribute", calling([simple], node("F", ["x"], ["y"], name="call", domain="local", q=1)))
cast = node("Cast", ["a"], ["b"], name="f")
cast.attribute.add(name="to", ref_attr_name="kind", type=2)
add("function-reference", calling([function("F", [cast], attributes=["kind"])],
                                  node("F", ["x"], ["y"], name="call", domain="local", kind=1)))
add("function-reference-undefined", calling([function("F", [cast], attributes=["king"])],
                                            node("F", ["x"], ["y"], name="call", domain="local", king=1)))

for name, made in models.items():
    with open(f"{name}.onnx", "wb") as file:
        file.write(made.SerializeToString())

# onnx.checker recurses without end here, so it is not asked.
recursive = {
    "function-recursive": calling([function("F", [node("F", ["a"], ["b"], name="f", domain="local")], opsets=local)]),
    "functions-recursive": calling([
        function("F", [node("G", ["a"], ["b"], name="f", domain="local")], opsets=local),
        function("G", [node("F", ["a"], ["b"], name="g", domain="local")], opsets=local),
    ]),
}
with open("verdicts.tsv", "w") as file:
    for name, made in sorted(models.items()):
        try:
            checker.check_model(made, full_check=True)
            verdict = "accepted"
        except Exception as error:
            verdict = str(error).strip().split("\n")[0]
        file.write(f"{name}\t{verdict}\n")
    for name, made in recursive.items():
        with open(f"{name}.onnx", "wb") as model_file:
            model_file.write(made.SerializeToString())
        file.write(f"{name}\tnot asked\n")
