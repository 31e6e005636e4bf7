package import DebianPackages

extension AptSource {
    /// A repository at `address` with every suite that a manifest asks for.
    package init(address: String, for manifest: EnvironmentManifest) {
        self.init(address: address, suites: manifest.suites, components: manifest.components)
    }
}
