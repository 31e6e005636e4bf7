import Diagnostics
package import Downloads
import Files

/// Where packages come from: folders and pages with links first, then indexes, in their order.
///
/// A project may be in several places; of the same file the first one counts.
package struct PackageIndexes: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case folder(String)
        case index(ServerAddress)
        case page(ServerAddress)
    }

    let sources: [Source]
    /// How often busy servers are asked.
    package var retries = RetryPolicy(attemptCount: 4)

    /// Indexes by their addresses, and folders and pages with links.
    ///
    /// *Parameter* findLinks: paths of folders, `file://` addresses of folders, addresses of pages.
    /// *Throws*: `configuration` for an address of another form, which no message shows when it may hold a password.
    package init(indexes: [String], findLinks: [String] = []) throws(PythonPackageError) {
        var sources: [Source] = []
        for text in findLinks { sources.append(try Self.source(text) { .page($0) }) }
        for text in indexes { sources.append(try Self.source(text) { .index($0) }) }
        self.sources = sources
    }

    /// What pip's configuration on a machine names.
    ///
    /// *Throws*: `configuration`.
    package init(_ configuration: PipConfiguration) throws(PythonPackageError) {
        try self.init(indexes: configuration.indexes, findLinks: configuration.findLinks)
    }

    private static func source(
        _ text: String,
        web: (ServerAddress) -> Source
    ) throws(PythonPackageError) -> Source {
        let isLocal = text.utf8.starts(with: "file://".utf8)
        guard !isLocal, text.utf8.firstRange(of: "://".utf8) != nil else {
            let path = isLocal ? percentDecoded(text.utf8.dropFirst("file://".utf8.count)) : text
            guard !isLocal || path.utf8.first == UInt8(ascii: "/") else {
                throw PythonPackageError(.configuration, "a `file://` address needs an absolute path, got `\(text)`")
            }
            return .folder(path)
        }
        return web(try ServerAddress(parsing: text))
    }

    /// The places as messages show them, without credentials.
    package var descriptions: [String] { sources.map(\.description) }
}

extension PackageIndexes.Source: CustomStringConvertible {
    var description: String {
        switch self {
        case .folder(let path): path
        case .index(let address), .page(let address): address.description
        }
    }
}
