/// Places in one block of memory for values that do not all live at the same time.
struct Arena {
    /// A value from the step that makes it to the last that reads it.
    struct Tenant {
        let byteCount: Int
        let first: Int
        var last: Int
    }

    static let alignment = 64

    /// Where each tenant begins.
    private(set) var offsets: [Int] = []
    private(set) var byteCount = 0

    /// Places the largest first, each at the lowest free place of its whole life.
    init(_ tenants: [Tenant]) {
        offsets = [Int](repeating: 0, count: tenants.count)
        var placed: [Int] = []
        let order = tenants.indices.sorted { (tenants[$0].byteCount, $1) > (tenants[$1].byteCount, $0) }
        for index in order where tenants[index].byteCount > 0 {
            let tenant = tenants[index]
            let size = Self.rounded(tenant.byteCount)
            let neighbours = placed.filter { tenants[$0].first <= tenant.last && tenant.first <= tenants[$0].last }
                .map { (start: offsets[$0], end: offsets[$0] + Self.rounded(tenants[$0].byteCount)) }
                .sorted { $0.start < $1.start }
            var offset = 0
            for neighbour in neighbours {
                if neighbour.start >= offset + size { break }
                offset = max(offset, neighbour.end)
            }
            offsets[index] = offset
            byteCount = max(byteCount, offset + size)
            placed.append(index)
        }
    }

    static func rounded(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }
}
