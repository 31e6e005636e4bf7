import Archives
import Diagnostics

/// A pattern of paths in an image, as `drop` in an environment has it.
///
/// `usr/share/man/**` is everything below a folder, `**/__pycache__` a name at any depth, `usr/lib/*.a` names in one
/// folder. `*` stands for any bytes of one component, `?` for one byte, and `**` as a whole component for any number of
/// components; at the end, for at least one. Everything else stands for itself. A pattern starts at the root, and what it
/// names is dropped with all that is below.
package struct PathPattern: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    private let components: [[UInt8]]

    private static let anyDepth = Array("**".utf8)

    /// Reads a pattern, with or without a slash in front.
    ///
    /// *Throws*: `pattern` for an empty one, and for one that climbs.
    package init(parsing text: String) throws(ImageBuilderError) {
        let relative = String(Substring(text.utf8.drop { $0 == UInt8(ascii: "/") }))
        guard let path = try? archivePath(relative), !path.isEmpty else {
            throw ImageBuilderError(
                .pattern,
                "the pattern has another form, expected one like `usr/share/man/**`, got `\(text)`"
            )
        }
        description = path
        components = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }

    /// Whether the last component is spelled out, and is `name`.
    func names(_ name: String) -> Bool { components.last.map { $0.elementsEqual(name.utf8) } ?? false }

    /// Whether the pattern names the path, or a folder above it.
    func matches(_ path: [[UInt8]]) -> Bool {
        // Which counts of components the pattern has reached; one pass for each of its own, so no pattern is slow.
        var reached = [Bool](repeating: false, count: path.count + 1)
        reached[0] = true
        for (index, component) in components.enumerated() {
            var next = [Bool](repeating: false, count: path.count + 1)
            if component == Self.anyDepth {
                let isLast = index == components.count - 1
                var isReached = false
                for count in 0...path.count {
                    next[count] = isLast ? isReached : isReached || reached[count]
                    isReached = isReached || reached[count]
                }
            } else {
                for count in 0..<path.count where reached[count] && Self.matches(component[...], path[count][...]) {
                    next[count + 1] = true
                }
            }
            reached = next
        }
        return reached.contains(true)
    }

    /// Whether one component is of a pattern: after a star fails, only the last one is tried again.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (position, index) = (pattern.startIndex, name.startIndex)
        var retry: (position: Int, index: Int)?
        while index < name.endIndex {
            if position < pattern.endIndex, pattern[position] == UInt8(ascii: "*") {
                retry = (position + 1, index)
                position += 1
            } else if position < pattern.endIndex,
                pattern[position] == UInt8(ascii: "?") || pattern[position] == name[index]
            {
                position += 1
                index += 1
            } else if let last = retry {
                retry = (last.position, last.index + 1)
                (position, index) = (last.position, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
