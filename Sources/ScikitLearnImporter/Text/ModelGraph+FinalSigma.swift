import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension ModelGraph {
    /// `lowered` with the final form of each sigma that ends a word.
    ///
    /// It does where a letter with cases is before it, and none behind it, whatever case-ignorable characters, such as
    /// accents and apostrophes, are between.
    ///
    /// *Source*: The Unicode Standard, section 3.13, `Final_Sigma`.
    ///
    /// *Shapes*: `lowered`, `characters` and `isSigma` are `[texts, characters]`.
    func withFinalSigma(
        _ lowered: String,
        of characters: String,
        _ isSigma: String
    ) throws(ModelImportError) -> String {
        let type = ValueType.tensor(.string, [.unknown, .unknown])
        let count = builder.node(
            "ReduceSum",
            [builder.node("Cast", [isSigma], [.toInt64])],
            [Attribute("keepdims", .int(0))]
        )
        let isThere = builder.node("Greater", [count, try integer(0)])
        builder.pushGraph()
        let isFinal = try finalPlaces(of: characters, isSigma)
        let result = builder.node("Where", [isFinal, try texts([CharacterTable.finalSigma], name: "sigma"), lowered])
        let present = builder.popGraph("sigma", outputs: [ValueInfo(name: result, type: type)])
        builder.pushGraph()
        let same = builder.node("Identity", [lowered])
        let absent = builder.popGraph("no_sigma", outputs: [ValueInfo(name: same, type: type)])
        return builder.node(
            "If",
            [isThere],
            [Attribute("else_branch", .graph(absent)), Attribute("then_branch", .graph(present))]
        )
    }

    private func finalPlaces(of characters: String, _ isSigma: String) throws(ModelImportError) -> String {
        let isCased = matches(characters, CharacterClass(.cased).expression)
        let isIgnorable = matches(characters, CharacterClass(.caseIgnorable).expression)
        let isSolid = builder.node("Not", [isIgnorable])
        let solid = builder.node("Cast", [isSolid], [.toInt64])
        // How many characters that are not ignored stand before each, and at each of their places whether it has cases.
        let before = builder.node("CumSum", [solid, try integer(1)], [Attribute("exclusive", .int(1))])
        let width = try width(of: characters)
        let spare = builder.node("Add", [width, try integer(3)])
        let places = try builder.node("Where", [isSolid, builder.node("Add", [before, integer(1)]), spare])
        let batch = try builder.node(
            "Slice",
            [builder.node("Shape", [characters]), integers([0], name: "start"), integers([1], name: "end")]
        )
        let shape = try builder.node("Concat", [batch, builder.node("Add", [width, integer(4)])], [.firstAxis])
        let cased = try builder.node(
            "ScatterElements",
            [
                builder.node("Expand", [integer(0), shape]), places,
                builder.node("Cast", [builder.node("And", [isCased, isSolid])], [.toInt64]),
            ],
            [.secondAxis]
        )
        let previous = builder.node("GatherElements", [cased, before], [.secondAxis])
        let next = try builder.node(
            "GatherElements",
            [cased, builder.node("Add", [before, integer(2)])],
            [.secondAxis]
        )
        let isFinal = builder.node("Greater", [previous, next])
        return builder.node("And", [isSigma, isFinal])
    }
}

extension CodePointSet {
    fileprivate static let cased = CodePointSet { $0.properties.isCased }
    fileprivate static let caseIgnorable = CodePointSet { $0.properties.isCaseIgnorable }
}
