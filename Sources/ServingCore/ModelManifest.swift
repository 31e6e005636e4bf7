/// What `model.yaml` says of a model: which versions are served, which of them answers, and how.
package struct ModelManifest: Sendable, Hashable {
    /// Which versions of those that are there are served.
    package enum Versions: Sendable, Hashable {
        case all
        /// The highest so many.
        case latest(Int)
        case named([String])
    }

    /// A name that stands for a version.
    package struct Label: Sendable, Hashable {
        package let name: String
        /// The first of these that is served has the name.
        package let versions: [String]
    }

    /// How many of the requests go to a version.
    package struct Weight: Sendable, Hashable {
        /// A version or a label.
        package let target: String
        package let weight: Int
    }

    /// Which version answers a request that names none.
    package struct Traffic: Sendable, Hashable {
        /// How requests are shared out; all go to the default version when there are none.
        package var weights: [Weight] = []
        /// The header field by which a request names its version, in lower case.
        package var pinHeader = "x-model-version"
        /// The header field whose value stays with its version, in lower case.
        package var stickyHeader: String?

        /// No weights.
        package init() {}
    }

    /// A version that computes requests a second time, to be compared.
    package struct Shadow: Sendable, Hashable {
        /// A version or a label.
        package let target: String
        /// How many of 10,000 requests it computes.
        package var share = 10_000
        /// What numbers may differ by, relative to those above 1.
        package var tolerance = 1e-4
    }

    package var versions = Versions.all
    /// The version or label that is meant where none is named; the highest version when `nil`.
    package var defaultVersion: String?
    package var labels: [Label] = []
    package var traffic: Traffic?
    package var shadow: Shadow?
    package var settings = ModelSettings()

    /// What holds without a file.
    package init() {}

    /// The most that weights may add up to.
    package static let weightLimit = 10_000
}

/// Whether a text is a version: a number without leading zeros.
func isVersion(_ text: String) -> Bool { UInt64(text).map { "\($0)" == text } ?? false }
