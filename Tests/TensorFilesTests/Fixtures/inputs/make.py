"""Writes one matrix in every format that mlpack run reads (python3 make.py; numpy 2.4.6, onnx 1.23.2)."""

import numpy
import onnx
from onnx import numpy_helper

assert numpy.__version__ == "2.4.6" and onnx.__version__ == "1.23.2"
x = numpy.array([[0.1, -2.5], [3e30, 4.0], [5.0, 6.25]], dtype=numpy.float32)
numpy.save("x.npy", x)
numpy.savez("x.npz", X=x)
numpy.savez_compressed("two.npz", X=x, other=x[:1])
with open("x.pb", "wb") as file:
    file.write(numpy_helper.from_array(x, "X").SerializeToString())
with open("scalar.pb", "wb") as file:
    file.write(numpy_helper.from_array(numpy.float32(7.5), "X").SerializeToString())
with open("x.json", "w") as file:
    file.write(str(x.tolist()))
numpy.savetxt("x.csv", x, delimiter=",", fmt="%.9g")
numpy.savetxt("header.csv", x, delimiter=",", fmt="%.9g", header="first,second", comments="")
numpy.save("double.npy", x.astype(numpy.float64))
