import Diagnostics
import OnnxIR
import Tensors

extension Tensor {
    /// The same tensor with its elements on a boundary that suits their type, as every tensor in the engine has them.
    func aligned() throws(EngineError) -> Tensor {
        guard let region, let width = elementType.bitWidth else { return self }
        let isAligned = region.bytes.baseAddress != nil && region.isAligned(to: min(max(width / 8, 1), 8))
        guard !isAligned else { return self }
        return try Self.wrapping { () throws(TensorError) in
            try Tensor(elementType: elementType, shape: shape, region: .copying(region.bytes))
        }
    }

    /// The elements of an aligned tensor; good while the tensor lives, as the inputs of a call do.
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
        return try bytePointer().assumingMemoryBound(to: Element.self)
    }

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
