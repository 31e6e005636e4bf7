#!/usr/bin/env python3
"""Writes cases of functions, control flow, sparse tensors and of what random graphs found, in the layout that
`mlpack conformance` reads.

    write-graph-cases.py FOLDER

A case is a model in ONNX's text form, inputs, and the outputs that NumPy gives for the same thing; onnxruntime has to
agree wherever it takes the model.
"""

import pathlib
import shutil
import sys

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper, parser

X = np.arange(6, dtype=np.float32).reshape(2, 3) - 2
STEPS = np.array(3, np.int64)

HEADER = '<ir_version: 10, opset_import: ["": 18, "local": 1, "other": 1]>\n'

# Title, text of the model, inputs, expected outputs.
CASES = [
    ("function_nested", """
g (float[N, M] x) => (float[N, M] y) { y = local.outer (x) }
<domain: "local", opset_import: ["": 18, "local": 1]> outer (a) => (b) { c = local.inner (a)
 b = Add (c, a) }
<domain: "local", opset_import: ["": 18]> inner (a) => (b) { b = Mul (a, a) }
""", [X], [X * X + X]),
    ("function_attribute_reference", """
g (float[N, M] x) => (float[N, M] y, float[N, M] z) { y = local.leaky <alpha: float = 0.5> (x)
 z = local.leaky (x) }
<domain: "local", opset_import: ["": 18]> leaky <alpha: float = 0.25> (a) => (b) { b = LeakyRelu <alpha: float = @alpha> (a) }
""", [X], [np.where(X < 0, X * 0.5, X), np.where(X < 0, X * 0.25, X)]),
    ("function_reference_through_two", """
g (float[N, M] x) => (float[N, M] y) { y = local.outer <slope: float = 0.125> (x) }
<domain: "local", opset_import: ["": 18, "local": 1]> outer <slope> (a) => (b) { b = local.inner <alpha: float = @slope> (a) }
<domain: "local", opset_import: ["": 18]> inner <alpha> (a) => (b) { b = LeakyRelu <alpha: float = @alpha> (a) }
""", [X], [np.where(X < 0, X * 0.125, X)]),
    ("function_reference_in_subgraph", """
g (float[N, M] x, bool c) => (float[N, M] y) { y = local.choose <alpha: float = 0.5> (x, c) }
<domain: "local", opset_import: ["": 18]> choose <alpha> (a, c) => (b) {
 b = If (c) <then_branch = t () => (float[N, M] p) { p = LeakyRelu <alpha: float = @alpha> (a) },
             else_branch = e () => (float[N, M] q) { q = Neg (a) }> }
""", [X, np.array(True)], [np.where(X < 0, X * 0.5, X)]),
    ("function_of_an_older_opset", """
g (float[N, M] x) => (float[N, 1] y) { y = local.sums (x) }
<domain: "local", opset_import: ["": 11]> sums (a) => (b) { b = ReduceSum <axes: ints = [1]> (a) }
""", [X], [X.sum(1, keepdims=True)]),
    ("function_optional_input", """
g (float[N, M] x, float low) => (float[N, M] y, float[N, M] z) { y = local.hold (x, low)
 z = local.hold (x) }
<domain: "local", opset_import: ["": 18]> hold (a, low) => (b) { b = Clip (a, low) }
""", [X, np.array(-1, np.float32)], [np.maximum(X, -1), X]),
    ("function_named_like_an_operator", """
g (float[N, M] x) => (float[N, M] y) { y = other.Relu (x) }
<domain: "other", opset_import: ["": 18]> Relu (a) => (b) { b = Neg (a) }
""", [X], [-X]),
    ("function_called_twice_in_a_loop", """
g (float[N, M] x, int64 n) => (float[N, M] y) {
 t = Constant <value = bool {1}> ()
 y = Loop (n, t, x) <body = b (int64 i, bool c, float[N, M] s) => (bool d, float[N, M] u) {
  d = Identity (c)
  r = local.double (s)
  u = local.double (r) }> }
<domain: "local", opset_import: ["": 18]> double (a) => (b) { b = Add (a, a) }
""", [X, STEPS], [X * 64]),
    ("loop_growing_state", """
g (int64 n, float[K] x) => (float[L] y, float[S, ?] z) {
 t = Constant <value = bool {1}> ()
 y, z = Loop (n, t, x) <body = b (int64 i, bool c, float[P] s) => (bool d, float[Q] u, float[R] v) {
  d = Identity (c)
  u = Concat <axis: int = 0> (s, x)
  v = Mul (x, x) }> }
""", [STEPS, X[0]], [np.tile(X[0], 4), np.tile(X[0] * X[0], (3, 1))]),
    ("loop_without_a_trip", """
g (int64 n, float[3] x) => (float[3] y, float[S, 3] z) {
 t = Constant <value = bool {1}> ()
 y, z = Loop (n, t, x) <body = b (int64 i, bool c, float[3] s) => (bool d, float[3] u, float[3] v) {
  d = Identity (c)
  u = Add (s, x)
  v = Identity (u) }> }
""", [np.array(0, np.int64), X[0]], [X[0], np.empty((0, 3), np.float32)]),
    ("loop_until_a_condition", """
g (float s0, float limit) => (float y, int64[T] z) {
 t = Constant <value = bool {1}> ()
 y, z = Loop ("", t, s0) <body = b (int64 i, bool c, float s) => (bool d, float u, int64 v) {
  u = Add (s, s)
  d = Less (u, limit)
  v = Identity (i) }> }
""", [np.array(1, np.float32), np.array(20, np.float32)], [np.array(32, np.float32), np.arange(5)]),
    ("loop_in_a_loop_with_captures", """
g (int64 n, float[N, M] x) => (float[N, M] y) {
 t = Constant <value = bool {1}> ()
 w = Neg (x)
 y = Loop (n, t, x) <body = b (int64 i, bool c, float[N, M] s) => (bool d, float[N, M] u) {
  d = Identity (c)
  k = Add (s, w)
  u = Loop (n, t, k) <body = e (int64 j, bool f, float[N, M] p) => (bool h, float[N, M] q) {
   h = Identity (f)
   m = Sub (w, s)
   q = Add (p, m) }> }> }
""", [np.array(2, np.int64), X], [X]),
    ("if_in_an_if", """
g (float[N, M] x, bool a, bool b) => (float[P, Q] y) {
 y = If (a) <then_branch = t () => (float[P, Q] p) {
  p = If (b) <then_branch = tt () => (float[P, Q] r) { r = Relu (x) },
              else_branch = te () => (float[P, Q] s) { s = Transpose (x) }> },
  else_branch = e () => (float[P, Q] q) { q = Neg (x) }> }
""", [X, np.array(True), np.array(False)], [X.T.copy()]),
    ("scan_with_a_capture", """
g (float[M] s0, float[N, M] x, float[M] w) => (float[M] y, float[N, M] z) {
 y, z = Scan <num_scan_inputs: int = 1, body = b (float[M] s, float[M] r) => (float[M] u, float[M] v) {
  k = Mul (r, w)
  u = Add (s, k)
  v = Identity (u) }> (s0, x) }
""", [np.zeros(3, np.float32), X, np.array([1, 2, 3], np.float32)],
     [(X * [1, 2, 3]).sum(0).astype(np.float32), np.cumsum(X * [1, 2, 3], 0).astype(np.float32)]),
    ("found_slice_backwards_from_before_the_first", """
g (float[N, M] x, int64[1] start, int64[1] end, int64[1] axis, int64[1] step) => (float[P, Q] y) {
 y = Slice (x, start, end, axis, step) }
""", [X, np.array([-5]), np.array([-9]), np.array([1]), np.array([-2])], [X[:, :1]]),
    ("found_scatter_keeps_nan", """
g (float[N] x, int64[K, 1] i, float[K] u) => (float[N] y, float[N] z) {
 y = ScatterND <reduction: string = "min"> (x, i, u)
 z = ScatterND <reduction: string = "max"> (x, i, u) }
""", [X[1], np.array([[0], [2]]), np.array([np.nan, 2.5], np.float32)],
     [np.array([np.nan, 2, 2.5], np.float32), np.array([np.nan, 2, 3], np.float32)]),
    ("found_logsoftmax_of_halves", """
g (float16[N, M] x) => (float16[N, M] y) { y = LogSoftmax <axis: int = 1> (x) }
""", [(X * 3).astype(np.float16)],
     [(X * 3 - np.log(np.exp(X * 3).sum(1, keepdims=True))).astype(np.float16)]),
]


def overload_case():
    """Two functions of one name: the node says which one it means."""
    def function(overload, operator):
        return helper.make_function("local", "act", ["a"], ["b"], [helper.make_node(operator, ["a"], ["b"])],
                                    [helper.make_opsetid("", 18)], overload=overload)

    nodes = [helper.make_node("act", ["x"], [name], domain="local", overload=overload)
             for name, overload in (("y", "first"), ("z", "second"))]
    kind = helper.np_dtype_to_tensor_dtype(X.dtype)
    infos = [helper.make_tensor_value_info(name, kind, X.shape) for name in "xyz"]
    graph = helper.make_graph(nodes, "g", infos[:1], infos[1:])
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("local", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10,
                              functions=[function("first", "Neg"), function("second", "Abs")])
    return "function_overloads", model, [X], [-X, np.abs(X)]


def sparse_cases():
    """Sparse initializers, with flat indices and with coordinates."""
    values = np.array([1, 2, 3], np.float32)
    dense = np.zeros((3, 4), np.float32)
    dense.reshape(-1)[[1, 6, 11]] = values
    for title, indices in (("flat", np.array([1, 6, 11])), ("coordinates", np.array([[0, 1], [1, 2], [2, 3]]))):
        sparse = helper.make_sparse_tensor(
            numpy_helper.from_array(values, "w"), numpy_helper.from_array(indices.astype(np.int64), "i"), [3, 4])
        infos = [helper.make_tensor_value_info(name, 1, shape) for name, shape in (("x", [2, 3]), ("y", [2, 4]))]
        graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", infos[:1], infos[1:],
                                  sparse_initializer=[sparse])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
        yield f"sparse_initializer_{title}", model, [X], [X @ dense]


def hold_against_onnxruntime(title, model, inputs, outputs):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        results = session.run(None, {info.name: value for info, value in zip(model.graph.input, inputs)})
    except Exception:  # noqa: BLE001
        print(f"{title}: not taken by onnxruntime")
        return
    for result, expected in zip(results, outputs):
        relative = 1e-3 if result.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(result, expected, rtol=relative, err_msg=title)


def write(target, title, model, inputs, outputs):
    hold_against_onnxruntime(title, model, inputs, outputs)
    folder = target / f"graph_{title}" / "test_data_set_0"
    folder.mkdir(parents=True)
    (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    for kind, values, infos in (("input", inputs, model.graph.input), ("output", outputs, model.graph.output)):
        for index, (value, info) in enumerate(zip(values, infos)):
            wanted = helper.tensor_dtype_to_np_dtype(info.type.tensor_type.elem_type)
            message = numpy_helper.from_array(np.asarray(value, wanted), info.name)
            (folder / f"{kind}_{index}.pb").write_bytes(message.SerializeToString(deterministic=True))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    cases = [(title, parser.parse_model(HEADER + text), inputs, outputs) for title, text, inputs, outputs in CASES]
    cases += [overload_case(), *sparse_cases()]
    for title, model, inputs, outputs in cases:
        write(target, title, model, inputs, outputs)
    print(f"graphs: {len(cases)} cases")


if __name__ == "__main__":
    main()
