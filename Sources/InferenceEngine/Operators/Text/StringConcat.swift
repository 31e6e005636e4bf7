import Diagnostics
import OnnxIR
import Tensors

/// Strings of the second input behind those of the first, with broadcasting.
struct StringConcat: Operator {
    static let definition = OperatorDefinition("StringConcat", since: 20) { _ throws(EngineError) in StringConcat() }

    func infer(_ inputs: InputFacts) -> [Facts] { [.tensor(.string, inputs.broadcastShape(0..<2))] }

    func run(_ call: OperatorCall) throws(EngineError) -> [Value] {
        let (left, right) = (try call.tensor(0), try call.tensor(1))
        let (starts, ends) = (try left.stringElements(), try right.stringElements())
        let walk = try Broadcast([left.shape, right.shape])
        try call.state.check(.string, walk.shape)
        var byteCount = 0
        Self.walk(walk) { byteCount &+= starts[$0].utf8.count &+ ends[$1].utf8.count }
        try call.state.checkText(byteCount)
        var texts: [String] = []
        texts.reserveCapacity(walk.shape.elementCount)
        Self.walk(walk) { texts.append(starts[$0] + ends[$1]) }
        return [.tensor(try .of(strings: texts, walk.shape))]
    }

    private static func walk(_ walk: Broadcast, _ body: (Int, Int) -> Void) {
        for (x, y) in zip(walk.offsets[0], walk.offsets[1]) {
            for index in 0..<walk.length { body(x &+ index &* walk.steps[0], y &+ index &* walk.steps[1]) }
        }
    }
}
