import ArgumentParser
import LoadGenerator

extension Arrivals: ExpressibleByArgument {}

/// How much load a command puts on a server.
struct LoadArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Requests a second that arrive, answered or not.", valueName: "rate"))
    var rate: Double?

    @Option(help: ArgumentHelp("Several rates one after the other, separated by commas.", valueName: "rates"))
    var rates: String?

    @Option(help: "How requests arrive at a rate.")
    var arrivals = Arrivals.poisson

    @Option(
        help: ArgumentHelp(
            "Requests that are open at a time, or at most with a rate (default: 1; with a rate 256).",
            valueName: "count"
        )
    )
    var concurrency: Int?

    @Option(
        help: ArgumentHelp(
            "Connections of gRPC that they go over (default: one for 16 of them).",
            valueName: "count"
        )
    )
    var connections: Int?

    @Option(help: ArgumentHelp("How long each load is measured.", valueName: "seconds"))
    var duration = 10.0

    @Option(help: ArgumentHelp("How long it is put on before that.", valueName: "seconds"))
    var warmUp = 1.0

    @Option(help: ArgumentHelp("What the times of arrivals are drawn from.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        if rate != nil, rates != nil { throw ValidationError("`--rate` and `--rates` exclude each other") }
        guard parsedRates != nil else {
            throw ValidationError("a rate is wrong, expected numbers above 0 and at most 10000000")
        }
        for (name, value, range) in [
            ("--concurrency", concurrency, 1...10_000), ("--connections", connections, 1...10_000),
        ] {
            guard let value, !range.contains(value) else { continue }
            throw ValidationError("`\(name)` is \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
        guard duration >= 0.01, duration <= 86_400 else {
            throw ValidationError("`--duration` is \(duration), expected 0.01 to 86400")
        }
        guard warmUp >= 0, warmUp <= 86_400 else {
            throw ValidationError("`--warm-up` is \(warmUp), expected 0 to 86400")
        }
    }

    /// The rates; none for a closed loop, `nil` where one is out of range.
    private var parsedRates: [Double]? {
        let texts = rates?.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        let all = texts ?? rate.map { [$0] } ?? []
        guard all.allSatisfy({ $0.map { $0 > 0 && $0 <= 10_000_000 } ?? false }) else { return nil }
        return all.compactMap(\.self)
    }

    /// The loads, one after the other.
    ///
    /// *Parameter* timeout: milliseconds.
    func plans(isGRPC: Bool, timeout: Int) -> [LoadPlan] {
        let rates = parsedRates ?? []
        let loops: [LoadPlan.Loop] = rates.isEmpty ? [.closed] : rates.map { .open(rate: $0, arrivals) }
        let concurrency = concurrency ?? (rates.isEmpty ? 1 : 256)
        let shared = min(connections ?? (concurrency + 15) / 16, concurrency)
        return loops.map { loop in
            var plan = LoadPlan(
                loop,
                concurrency: concurrency,
                connectionCount: isGRPC ? shared : concurrency,
                warmUp: Int(warmUp * 1e9),
                duration: Int(duration * 1e9),
                timeout: timeout * 1_000_000
            )
            plan.seed = seed
            return plan
        }
    }
}
