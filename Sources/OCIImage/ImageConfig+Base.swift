extension ImageConfig {
    /// The config of an image that is built on another one.
    ///
    /// What this config says counts, and what it leaves out is the base's: variables, ports, volumes and labels are put
    /// together, each by its name. A base's command goes with its entry point, so that neither is taken alone. The
    /// history starts with that of the base; the platform and the layers stay this config's.
    package func overlaid(on base: ImageConfig) -> ImageConfig {
        var config = self
        config.user = user ?? base.user
        config.exposedPorts = union(base.exposedPorts, exposedPorts)
        config.volumes = union(base.volumes, volumes)
        config.environment = merged(base.environment, environment)
        if entrypoint.isEmpty {
            config.entrypoint = base.entrypoint
            if command.isEmpty { config.command = base.command }
        }
        config.workingFolder = workingFolder ?? base.workingFolder
        config.stopSignal = stopSignal ?? base.stopSignal
        config.healthCheck = healthCheck ?? base.healthCheck
        config.labels = base.labels.merging(labels) { $1 }
        config.history = base.history + history
        return config
    }

    private func union(_ lower: [String], _ upper: [String]) -> [String] {
        Set(lower).union(upper).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The variables of both, in the order of the base; of a name that both have, the upper value.
    private func merged(_ lower: [String], _ upper: [String]) -> [String] {
        func name(_ variable: String) -> String { String(variable.prefix { $0 != "=" }) }
        let own = Dictionary(upper.map { (name($0), $0) }) { $1 }
        let names = Set(lower.map(name))
        return lower.map { own[name($0)] ?? $0 } + upper.filter { !names.contains(name($0)) }
    }
}
