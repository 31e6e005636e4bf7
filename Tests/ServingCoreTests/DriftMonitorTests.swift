import FeatureStatistics
import ServingCore
import Tensors
import Testing

@Suite struct DriftMonitorTests {
    private static let minute = 60_000_000_000

    private func monitor() throws -> DriftMonitor {
        let tensor = try Tensor((0..<1000).map { Float($0 % 100) }, shape: Shape([500, 2]))
        let input = try #require(ReferenceStatistics.Input(name: "X", of: tensor, names: ["a", "b"]))
        return DriftMonitor(ReferenceStatistics(inputs: [input]))
    }

    private func rows(_ count: Int, plus shift: Float = 0) throws -> [NamedTensor] {
        let values = (0..<2 * count).map { Float($0 % 100) + shift }
        return [NamedTensor(name: "X", tensor: try Tensor(values, shape: Shape([count, 2])))]
    }

    @Test func `what is as it was has an index of nearly 0, and what moved a large one`() throws {
        let monitor = try monitor()
        monitor.observe(try rows(500), at: 1)
        let same = monitor.snapshot(at: 2).inputs[0].features[0]
        #expect(same.summary.count == 500)
        #expect(try #require(same.stabilityIndex) < 0.001)
        let moved = try self.monitor()
        moved.observe(try rows(500, plus: 1000), at: 1)
        #expect(try #require(moved.snapshot(at: 2).inputs[0].features[0].stabilityIndex) > 1)
    }

    @Test func `few values have no index`() throws {
        let monitor = try monitor()
        monitor.observe(try rows(99), at: 1)
        #expect(monitor.snapshot(at: 2).inputs[0].features[0].stabilityIndex == nil)
    }

    @Test func `values of long ago are forgotten`() throws {
        let monitor = try monitor()
        monitor.observe(try rows(100), at: 0)
        monitor.observe(try rows(10), at: 30 * Self.minute)
        #expect(monitor.snapshot(at: 31 * Self.minute).inputs[0].features[1].summary.count == 110)
        #expect(monitor.snapshot(at: 75 * Self.minute).inputs[0].features[1].summary.count == 10)
        #expect(monitor.snapshot(at: 200 * Self.minute).inputs[0].features[1].summary.count == 0)
    }

    @Test func `no more values are looked at in a second than there is time for`() throws {
        let monitor = try monitor()
        for _ in 0..<20 { monitor.observe(try rows(50_000), at: 1) }
        #expect(monitor.snapshot(at: 2).inputs[0].features[0].summary.count == 1 << 19)
    }

    @Test func `inputs of another form are passed over`() throws {
        let monitor = try monitor()
        monitor.observe([NamedTensor(name: "Y", tensor: try Tensor([Float(1)], shape: nil))], at: 1)
        monitor.observe([NamedTensor(name: "X", tensor: try Tensor([Float(1)], shape: Shape([1, 1])))], at: 1)
        let strings = try Tensor(strings: ["a", "b"], shape: Shape([1, 2]) ?? .scalar)
        monitor.observe([NamedTensor(name: "X", tensor: strings)], at: 1)
        #expect(monitor.snapshot(at: 2).inputs[0].features[0].summary.count == 0)
    }
}
