/// Numbers of a normal distribution.
struct RandomNormal: RandomDistribution {
    private let mean: Double
    private let deviation: Double

    static let definition = RandomTensor<Self>.define("RandomNormal", 1, 22)
    static let like = RandomTensor<Self>.defineLike("RandomNormalLike", 1, 22)

    init(_ node: NodeContext) throws(EngineError) {
        mean = Double(try node.float("mean", default: 0))
        deviation = Double(try node.float("scale", default: 1))
    }

    func pair(_ random: inout RandomStream) -> (Double, Double) {
        let (first, second) = random.normalPair()
        return (mean + deviation * first, mean + deviation * second)
    }
}
