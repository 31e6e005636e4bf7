/// Operators of the group, in alphabetical order.
let quantizationOperators: [OperatorDefinition] = [
    ConvInteger.definition,
    DequantizeLinear.definition,
    DynamicQuantizeLinear.definition,
    MatMulInteger.definition,
    QLinearConv.definition,
    QLinearMatMul.definition,
    QuantizeLinear.definition,
]
