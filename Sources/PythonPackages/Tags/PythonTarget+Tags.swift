extension PythonTarget {
    /// The platforms whose wheels run here, the newest first.
    ///
    /// *Source*: PEP 600, and PEP 513, 571 and 599 for the older names.
    package var platforms: [String] {
        let names = [17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"]
        var platforms: [String] = []
        let oldest = architecture.oldestGlibcMinor
        for minor in stride(from: glibcMinor, through: oldest, by: -1) {
            platforms.append("manylinux_2_\(minor)_\(architecture.rawValue)")
            if let name = names[minor] { platforms.append("\(name)_\(architecture.rawValue)") }
        }
        return platforms + ["linux_\(architecture.rawValue)"]
    }

    /// The tags of the wheels that run here, the best first: in the order of pip.
    ///
    /// *Source*: PEP 425, Use, and the order in which PyPA's `packaging` gives them.
    package var tags: [WheelTag] {
        let platforms = platforms
        let interpreter = "cp\(major)\(minor)"
        var tags: [WheelTag] = []
        func add(_ python: String, _ abi: String) {
            tags += platforms.map { WheelTag(python, abi, $0) }
        }
        add(interpreter, interpreter)
        add(interpreter, "abi3")
        add(interpreter, "none")
        for older in stride(from: minor - 1, through: 2, by: -1) { add("cp\(major)\(older)", "abi3") }
        let generic =
            ["py\(major)\(minor)", "py\(major)"]
            + stride(from: minor - 1, through: 0, by: -1).map { "py\(major)\($0)" }
        for python in generic { add(python, "none") }
        tags.append(WheelTag(interpreter, "none", "any"))
        return tags + generic.map { WheelTag($0, "none", "any") }
    }
}

/// The place of each tag in the order of preference of a Python.
struct TagRanks: Sendable {
    private let ranks: [WheelTag: Int]

    init(_ target: PythonTarget) {
        ranks = Dictionary(target.tags.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// The best place of a wheel, 0 before all others; `nil` when it does not run there.
    func rank(of name: WheelFileName) -> Int? {
        var best: Int?
        for python in name.pythons {
            for abi in name.abis {
                for platform in name.platforms {
                    guard let rank = ranks[WheelTag(python, abi, platform)] else { continue }
                    best = min(best ?? rank, rank)
                }
            }
        }
        return best
    }
}
