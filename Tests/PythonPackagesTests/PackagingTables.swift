import JSON
import TestSupport

/// The rows of a table that PyPA's `packaging` wrote: `Fixtures/packaging/<name>.json`.
func packagingTable(_ name: String) throws -> [[JSONValue]] {
    let rows = try JSONValue.parse(fixture("packaging/\(name).json")).array ?? []
    return rows.compactMap(\.array)
}
