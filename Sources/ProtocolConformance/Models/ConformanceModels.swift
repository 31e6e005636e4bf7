import OnnxBuilder
package import OnnxIR
package import ServingCore
package import Tensors

/// A model whose behaviour the cases know.
package struct ConformanceModel: Sendable {
    package let name: String
    /// The graph of each version, from 1 on.
    package let versions: [Model]
    package let inputs: [ConformanceTensor]
    package let outputs: [ConformanceTensor]
}

/// An input or output of shape `[-1, 4]`.
package struct ConformanceTensor: Sendable {
    package let name: String
    package let datatype: Datatype
}

/// The model that gives back its input of a datatype.
func identityModelName(_ datatype: Datatype) -> String { "conformance_identity_\(datatype.rawValue.lowercased())" }

/// The model that adds and subtracts its two inputs.
let addSubModelName = "conformance_add_sub"

/// The model whose version is what it adds.
let versionsModelName = "conformance_versions"

/// The models that the cases ask; each input and output is `[-1, 4]`.
///
/// *Throws*: `memory`.
package func conformanceModels() throws(TensorError) -> [ConformanceModel] {
    var versions: [Model] = []
    for version in 1...2 {
        var builder = GraphBuilder(name: "\(versionsModelName)_\(version)")
        let input = builder.input("INPUT0", type(.fp32))
        let addend = builder.constant(try Tensor([Float(version)]), name: "addend")
        builder.output(builder.node("Add", [input, addend]), name: "OUTPUT0", type(.fp32))
        versions.append(builder.model())
    }
    let fp32 = { (name: String) in ConformanceTensor(name: name, datatype: .fp32) }
    return Datatype.allCases.map(identity) + [
        ConformanceModel(
            name: addSubModelName,
            versions: [addSub()],
            inputs: [fp32("INPUT0"), fp32("INPUT1")],
            outputs: [fp32("SUM"), fp32("DIFFERENCE")]
        ),
        ConformanceModel(
            name: versionsModelName,
            versions: versions,
            inputs: [fp32("INPUT0")],
            outputs: [fp32("OUTPUT0")]
        ),
    ]
}

private func type(_ datatype: Datatype) -> ValueType { .tensor(datatype.elementType, ["batch", 4]) }

private func identity(_ datatype: Datatype) -> ConformanceModel {
    var builder = GraphBuilder(name: identityModelName(datatype))
    let input = builder.input("INPUT0", type(datatype))
    builder.output(builder.node("Identity", [input]), name: "OUTPUT0", type(datatype))
    return ConformanceModel(
        name: identityModelName(datatype),
        versions: [builder.model()],
        inputs: [ConformanceTensor(name: "INPUT0", datatype: datatype)],
        outputs: [ConformanceTensor(name: "OUTPUT0", datatype: datatype)]
    )
}

private func addSub() -> Model {
    var builder = GraphBuilder(name: addSubModelName)
    let first = builder.input("INPUT0", type(.fp32))
    let second = builder.input("INPUT1", type(.fp32))
    builder.output(builder.node("Add", [first, second]), name: "SUM", type(.fp32))
    builder.output(builder.node("Sub", [first, second]), name: "DIFFERENCE", type(.fp32))
    return builder.model()
}
