/// Operators of the group, in alphabetical order.
let reductionOperators: [OperatorDefinition] = [
    ArgMax.definition,
    ArgMax.argMin,
    Reduce.l1,
    Reduce.l2,
    Reduce.logSum,
    Reduce.logSumExp,
    Reduce.max,
    Reduce.mean,
    Reduce.min,
    Reduce.prod,
    Reduce.sum,
    Reduce.sumSquare,
]
