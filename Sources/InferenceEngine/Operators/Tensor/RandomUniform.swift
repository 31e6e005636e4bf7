/// Numbers that are spread evenly between two bounds.
struct RandomUniform: RandomDistribution {
    private let low: Double
    private let high: Double

    static let definition = RandomTensor<Self>.define("RandomUniform", 1, 22)
    static let like = RandomTensor<Self>.defineLike("RandomUniformLike", 1, 22)

    init(_ node: NodeContext) throws(EngineError) {
        low = Double(try node.float("low", default: 0))
        high = Double(try node.float("high", default: 1))
    }

    func pair(_ random: inout RandomStream) -> (Double, Double) {
        (low + (high - low) * random.uniform(), low + (high - low) * random.uniform())
    }
}
