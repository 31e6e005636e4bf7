import Diagnostics
import OnnxIR
import Tensors

extension Tensor {
    /// The same tensor with its elements on a boundary that suits their type, as what comes from outside of the engine
    /// has them.
    func aligned() throws(EngineError) -> Tensor {
        guard let region, region.bytes.baseAddress != nil, let boundary else { return self }
        guard !region.isAligned(to: boundary) else { return self }
        return try Self.wrapping { () throws(TensorError) in
            try Tensor(elementType: elementType, shape: shape, region: .copying(region.bytes))
        }
    }

    /// The boundary that suits the elements, in bytes; `nil` for strings.
    private var boundary: Int? { elementType.bitWidth.map { min(max($0 / 8, 1), 8) } }

    /// The bytes on a boundary that suits the elements; `nil` for strings.
    ///
    /// Weights lie in a file on any boundary, and are copied when they are first asked for here.
    func alignedRegion() throws(EngineError) -> MemoryRegion? {
        guard let region, let boundary else { return nil }
        return try Self.wrapping { () throws(TensorError) in try region.aligned(to: boundary) }
    }

    /// The elements on a boundary that suits them; good while the tensor lives, as the inputs of a call do.
    ///
    /// *Throws*: `elementType` when `Element` is not the tensor's own type.
    @inline(__always)
    func pointer<Element: TensorElement>(_ type: Element.Type) throws(EngineError) -> UnsafePointer<Element> {
        guard Element.elementType == elementType else {
            throw EngineError(
                .elementType,
                "elements have type `\(elementType.name)`, expected `\(Element.elementType.name)`"
            )
        }
        let base = try bytePointer()
        // PERF: nearly all tensors lie on a boundary; this way takes no lock.
        guard UInt(bitPattern: base) % UInt(MemoryLayout<Element>.alignment) != 0 else {
            return base.assumingMemoryBound(to: Element.self)
        }
        let copy = try Self.wrapping { () throws(TensorError) in
            try region?.aligned(to: MemoryLayout<Element>.alignment)
        }
        return (copy?.bytes.baseAddress ?? base).assumingMemoryBound(to: Element.self)
    }

    /// The bytes of the elements, on a boundary that suits them; good while the tensor lives.
    func wordPointer() throws(EngineError) -> UnsafeRawPointer {
        guard let base = try alignedRegion()?.bytes.baseAddress else { return try bytePointer() }
        return base
    }

    /// The bytes of the elements, on any boundary; good while the tensor lives.
    func bytePointer() throws(EngineError) -> UnsafeRawPointer {
        guard let base = region?.bytes.baseAddress else {
            throw EngineError(.elementType, "elements have type `\(elementType.name)`, expected numbers")
        }
        return base
    }

    /// The elements as `Int`, from any integer type.
    ///
    /// *Throws*: `elementType` when they are none, `value` when one does not fit.
    func integers(_ what: @autoclosure () -> String) throws(EngineError) -> [Int] {
        switch elementType {
        case .int64: return try array(of: Int64.self).map { Int($0) }
        case .int32: return try array(of: Int32.self).map { Int($0) }
        case .int16: return try array(of: Int16.self).map { Int($0) }
        case .int8: return try array(of: Int8.self).map { Int($0) }
        case .uint8: return try array(of: UInt8.self).map { Int($0) }
        case .uint16: return try array(of: UInt16.self).map { Int($0) }
        case .uint32: return try array(of: UInt32.self).map { Int($0) }
        case .uint64: return try array(of: UInt64.self).map { Int(clamping: $0) }
        case .bool: return try array(of: Bool.self).map { $0 ? 1 : 0 }
        default:
            throw EngineError(.elementType, "\(what()) has type `\(elementType.name)`, expected integers")
        }
    }

    func array<Element: TensorElement>(of type: Element.Type) throws(EngineError) -> [Element] {
        try Self.wrapping { () throws(TensorError) in try elements(as: type) }
    }

    /// The strings of a string tensor.
    func stringElements() throws(EngineError) -> [String] {
        guard let strings else {
            throw EngineError(.elementType, "elements have type `\(elementType.name)`, expected `string`")
        }
        return strings
    }

    /// A tensor of a region's bytes.
    static func over(_ region: MemoryRegion, _ type: ElementType, _ shape: Shape) throws(EngineError) -> Tensor {
        try wrapping { () throws(TensorError) in try Tensor(elementType: type, shape: shape, region: region) }
    }

    func with(shape: Shape) throws(EngineError) -> Tensor {
        try Self.wrapping { () throws(TensorError) in try reshaped(to: shape) }
    }

    /// A tensor made without asking any limit; for what is small by construction.
    @inline(__always)
    static func filled<Element: TensorElement>(
        of type: Element.Type,
        shape: Shape,
        zeroed: Bool = false,
        _ fill: (UnsafeMutablePointer<Element>) -> Void
    ) throws(EngineError) -> Tensor {
        try wrapping { () throws(TensorError) in
            try Tensor(of: type, shape: shape, zeroed: zeroed) { elements throws(TensorError) in
                if let base = elements.baseAddress { fill(base) }
            }
        }
    }

    static func ofBytes(
        elementType: ElementType,
        shape: Shape,
        zeroed: Bool = false,
        _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(EngineError) -> Tensor {
        try wrapping { () throws(TensorError) in
            let byteCount = elementType.byteCount(of: shape.elementCount) ?? 0
            let region = try MemoryRegion.allocate(byteCount: byteCount, zeroed: zeroed) { bytes throws(TensorError) in
                fill(bytes)
            }
            return try Tensor(elementType: elementType, shape: shape, region: region)
        }
    }

    static func of<Element: TensorElement>(_ elements: [Element], _ shape: Shape? = nil) throws(EngineError) -> Tensor {
        try wrapping { () throws(TensorError) in try Tensor(elements, shape: shape) }
    }

    static func of(strings: [String], _ shape: Shape? = nil) throws(EngineError) -> Tensor {
        try wrapping { () throws(TensorError) in try Tensor(strings: strings, shape: shape ?? .vector(strings.count)) }
    }

    @inline(__always)
    static func wrapping<Result>(_ body: () throws(TensorError) -> Result) throws(EngineError) -> Result {
        do {
            return try body()
        } catch {
            throw EngineError(error)
        }
    }
}

extension EngineError {
    /// A tensor's error as one of the engine's.
    init(_ error: TensorError) {
        let code: EngineCode =
            switch error.code {
            case .elementType: .elementType
            case .shape, .byteCount: .shape
            case .memory: .memory
            }
        self.init(code, at: error.place, error.message, cause: error.cause, hint: error.hint)
    }
}
