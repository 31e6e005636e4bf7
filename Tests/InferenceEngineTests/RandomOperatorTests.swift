import InferenceEngine
import OnnxIR
import TestSupport
import Tensors
import Testing

@Suite struct RandomOperatorTests {
    private static let count = 20_000

    /// A node that draws `count` numbers, with a seed or without one.
    private static func node(_ name: String, seed: Float?, _ attributes: [Attribute] = []) -> Node {
        var attributes = attributes
        if name.hasPrefix("Random") { attributes.append(Attribute("shape", .ints([Int64(count)]))) }
        if let seed { attributes.append(Attribute("seed", .float(seed))) }
        return Node(name, name: "n", inputs: [], outputs: ["y"], attributes: attributes)
    }

    private static func draw(_ node: Node, optimised: Bool = true) throws -> [Float] {
        var options = InferenceOptions.default
        options.optimised = optimised
        let session = try InferenceSession(model([node], inputs: [], outputs: ["y"]), options: options)
        return try #require(try session.run([:])["y"]?.tensor).elements(as: Float.self)
    }

    @Test(arguments: ["RandomNormal", "RandomUniform"])
    func `a seed gives the same numbers in every session, and another seed others`(_ name: String) throws {
        let first = try Self.draw(Self.node(name, seed: 7))
        #expect(try Self.draw(Self.node(name, seed: 7), optimised: false) == first)
        #expect(try Self.draw(Self.node(name, seed: 8)) != first)
    }

    @Test(arguments: ["RandomNormal", "RandomUniform"])
    func `without a seed no two runs of a session are alike`(_ name: String) throws {
        let session = try InferenceSession(
            model([Self.node(name, seed: nil)], inputs: [], outputs: ["y"]),
            options: .default
        )
        let runs = try (0..<2).map { _ in describe(try session.run([:])["y"]) }
        #expect(runs[0] != runs[1])
    }

    @Test func `a branch that draws numbers is not folded`() throws {
        var branch = Graph(name: "branch")
        branch.nodes = [Self.node("RandomUniform", seed: nil)]
        branch.outputs = [ValueInfo(name: "y", type: nil)]
        let attributes = [
            Attribute("then_branch", .graph(branch)), Attribute("else_branch", .graph(branch)),
        ]
        let condition = try Tensor([true], shape: .scalar)
        let node = Node("If", name: "i", inputs: ["c"], outputs: ["z"], attributes: attributes)
        let choice = model([node], inputs: [], outputs: ["z"], initializers: ["c": condition])
        let session = try InferenceSession(choice, options: .default)
        let runs = try (0..<2).map { _ in describe(try session.run([:])["z"]) }
        #expect(runs[0] != runs[1])
    }

    /// The bounds are five deviations of what is measured.
    @Test func `normal numbers have the mean, the deviation and the tails that they are asked for`() throws {
        let attributes = [Attribute("mean", .float(3)), Attribute("scale", .float(2))]
        let numbers = try Self.draw(Self.node("RandomNormal", seed: 1, attributes)).map { Double($0) }
        let count = Double(numbers.count)
        let mean = numbers.reduce(0, +) / count
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        #expect((mean - 3).magnitude < 5 * 2 / count.squareRoot())
        #expect((variance - 4).magnitude < 5 * 4 * (2 / count).squareRoot())
        let tail = Double(numbers.count { ($0 - 3).magnitude > 4 }) / count
        #expect((tail - 0.0455).magnitude < 5 * (0.0455 * 0.9545 / count).squareRoot())
    }

    @Test func `uniform numbers fill their range evenly and do not follow one another`() throws {
        let attributes = [Attribute("low", .float(-1)), Attribute("high", .float(3))]
        let numbers = try Self.draw(Self.node("RandomUniform", seed: 1, attributes)).map { Double($0) }
        #expect(numbers.allSatisfy { $0 >= -1 && $0 <= 3 })
        var cells = [Double](repeating: 0, count: 64)
        for (first, second) in zip(numbers, numbers.dropFirst()) {
            let (row, column) = (Int((first + 1) * 2), Int((second + 1) * 2))
            cells[min(row, 7) * 8 + min(column, 7)] += 1
        }
        let expected = Double(numbers.count - 1) / 64
        let deviation = cells.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        // Chi-squared of 63 degrees of freedom lies below 120 but for one time in 50 000.
        #expect(deviation < 120)
    }

    @Test func `classes are drawn as often as their probabilities say`() throws {
        let logarithms = try floats([0, 0, 0, -.infinity, 1, 1, 1, 1], [2, 4])
        let attributes = [Attribute("sample_size", .int(Int64(Self.count))), Attribute("seed", .float(5))]
        let result = try OperatorTester("Multinomial", attributes).run([logarithms])
        let draws = try #require(result[0].tensor).elements(as: Int32.self)
        #expect(draws.count == 2 * Self.count)
        let expected: [[Double]] = [[1.0 / 3, 1.0 / 3, 1.0 / 3, 0], [0.25, 0.25, 0.25, 0.25]]
        for (row, probabilities) in expected.enumerated() {
            let line = draws[(row * Self.count)..<((row + 1) * Self.count)]
            for (number, p) in probabilities.enumerated() {
                let share = Double(line.count { $0 == Int32(number) }) / Double(Self.count)
                let deviation = (p * (1 - p) / Double(Self.count)).squareRoot()
                #expect((share - p).magnitude <= 5 * deviation)
            }
        }
    }

    @Test func `a dropout keeps and scales what its mask says`() throws {
        let input = try floats([Float](repeating: 1, count: Self.count))
        let tester = OperatorTester("Dropout", opset: 22, [Attribute("seed", .int(3))])
        let operands = [input, try floats([0.75], []), try Tensor([true], shape: .scalar)]
        let result = try tester.run(operands, outputCount: 2)
        let numbers = try #require(result[0].tensor).elements(as: Float.self)
        let mask = try #require(result[1].tensor).elements(as: Bool.self)
        #expect(zip(numbers, mask).allSatisfy { $0 == ($1 ? 4 : 0) })
        let share = Double(mask.count { $0 }) / Double(Self.count)
        #expect((share - 0.25).magnitude < 5 * (0.25 * 0.75 / Double(Self.count)).squareRoot())
    }
}
