import Diagnostics

/// A dense, row-major tensor: an element type, a shape, and elements that never change.
package struct Tensor: Sendable {
    /// Where the elements are.
    package enum Storage: Sendable {
        /// Little-endian elements without gaps; types below 8 bits packed, first element in the lowest bits.
        case bytes(MemoryRegion)
        /// UTF-8 strings.
        case strings([String])
    }

    package let elementType: ElementType
    package let shape: Shape
    package let storage: Storage

    /// A tensor over bytes that exist already, without copying them.
    ///
    /// A `bool` byte other than 0 and 1 counts as true; only then are the bytes copied.
    ///
    /// *Throws*: `byteCount` when the region is not exactly as long as the shape says; `elementType` for strings.
    package init(elementType: ElementType, shape: Shape, region: MemoryRegion) throws(TensorError) {
        guard let byteCount = elementType.byteCount(of: shape.elementCount) else {
            throw TensorError(.elementType, "elements of type `\(elementType.name)` do not lie in bytes")
        }
        guard region.bytes.count == byteCount else {
            throw TensorError(
                .byteCount,
                "data of `\(elementType.name)` \(shape) has \(region.bytes.count) bytes, expected \(byteCount)"
            )
        }
        self.elementType = elementType
        self.shape = shape
        guard elementType == .bool, region.bytes.contains(where: { $0 > 1 }) else {
            storage = .bytes(region)
            return
        }
        storage = .bytes(
            try .allocate(byteCount: byteCount, zeroed: false) { target throws(TensorError) in
                for index in 0..<byteCount { target[index] = region.bytes[index] == 0 ? 0 : 1 }
            }
        )
    }

    /// A tensor of strings in row-major order.
    ///
    /// *Throws*: `shape` when the count is not that of the shape.
    package init(strings: [String], shape: Shape) throws(TensorError) {
        guard strings.count == shape.elementCount else {
            throw TensorError(.shape, "shape \(shape) has \(shape.elementCount) elements, got \(strings.count) strings")
        }
        elementType = .string
        self.shape = shape
        storage = .strings(strings)
    }

    /// A tensor of `elements` in row-major order; a vector unless a shape is given.
    ///
    /// *Throws*: `shape` when the count is not that of the shape, `memory` when there is none.
    package init<Element: TensorElement>(_ elements: [Element], shape: Shape? = nil) throws(TensorError) {
        let shape = shape ?? .vector(elements.count)
        guard elements.count == shape.elementCount else {
            throw TensorError(.shape, "shape \(shape) has \(shape.elementCount) elements, got \(elements.count)")
        }
        self = try Tensor(of: Element.self, shape: shape) { target throws(TensorError) in
            _ = target.initialize(from: elements)
        }
    }

    /// A tensor whose elements `initialize` writes; they start as zero unless `zeroed` is false.
    ///
    /// *Throws*: `memory` when there is none, and whatever `initialize` throws.
    package init<Element: TensorElement>(
        of type: Element.Type,
        shape: Shape,
        zeroed: Bool = true,
        initializingWith initialize: (UnsafeMutableBufferPointer<Element>) throws(TensorError) -> Void
    ) throws(TensorError) {
        let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow else { throw TensorError(.memory, "no memory for `\(Element.elementType.name)` \(shape)") }
        elementType = Element.elementType
        self.shape = shape
        storage = .bytes(
            try .allocate(byteCount: byteCount, zeroed: zeroed) { bytes throws(TensorError) in
                try initialize(bytes.bindMemory(to: Element.self))
            }
        )
    }

    /// The strings in row-major order; `nil` when the elements are not strings.
    package var strings: [String]? {
        guard case .strings(let strings) = storage else { return nil }
        return strings
    }

    /// The bytes of the elements; `nil` for strings.
    package var region: MemoryRegion? {
        guard case .bytes(let region) = storage else { return nil }
        return region
    }

    /// Calls `body` with the elements, on a boundary that suits their type.
    ///
    /// *Throws*: `elementType` when `Element` is not the tensor's own type, and whatever `body` throws.
    package func withElements<Element: TensorElement, Result>(
        of type: Element.Type,
        _ body: (UnsafeBufferPointer<Element>) throws(TensorError) -> Result
    ) throws(TensorError) -> Result {
        guard Element.elementType == elementType, case .bytes(let region) = storage else {
            throw TensorError(
                .elementType,
                "elements have type `\(elementType.name)`, expected `\(Element.elementType.name)`"
            )
        }
        let aligned =
            region.isAligned(to: MemoryLayout<Element>.alignment) ? region : try .copying(region.bytes)
        defer { withExtendedLifetime(aligned) {} }
        return try body(aligned.bytes.bindMemory(to: Element.self))
    }

    /// The elements as an array in row-major order.
    ///
    /// *Throws*: `elementType` when `Element` is not the tensor's own type.
    package func elements<Element: TensorElement>(as type: Element.Type) throws(TensorError) -> [Element] {
        guard Element.elementType == elementType, case .bytes(let region) = storage else {
            return try withElements(of: type) { elements throws(TensorError) in Array(elements) }
        }
        return Array(unsafeUninitializedCapacity: shape.elementCount) { elements, count in
            UnsafeMutableRawBufferPointer(elements).copyMemory(from: region.bytes)
            count = shape.elementCount
        }
    }

    /// The same elements under another shape of the same count, without copying.
    ///
    /// *Throws*: `shape` when the counts differ.
    package func reshaped(to shape: Shape) throws(TensorError) -> Tensor {
        guard shape.elementCount == self.shape.elementCount else {
            throw TensorError(
                .shape,
                "\(self.shape) has \(self.shape.elementCount) elements, \(shape) has \(shape.elementCount)"
            )
        }
        return Tensor(elementType: elementType, shape: shape, storage: storage)
    }

    private init(elementType: ElementType, shape: Shape, storage: Storage) {
        self.elementType = elementType
        self.shape = shape
        self.storage = storage
    }
}
