import Diagnostics

/// The virtual machine of pickle: it runs the opcodes and builds a tree; it resolves no name and calls nothing.
struct PickleMachine {
    var cursor: ByteCursor
    let tree: PickleTree
    let limits: PickleLimits
    /// How many pickles this one lies inside: joblib embeds one for each array of objects.
    let nesting: Int
    private var stack: [Int] = []
    private var marks: [Int] = []
    private var memo: [Int: Int] = [:]

    static let nestingLimit = 8

    init(_ cursor: ByteCursor, tree: PickleTree, limits: PickleLimits, nesting: Int) {
        self.cursor = cursor
        self.tree = tree
        self.limits = limits
        self.nesting = nesting
    }

    /// Runs to the opcode that ends the pickle, and gives the index of its value.
    mutating func run() throws(ModelFormatError) -> Int {
        while true {
            let start = cursor.offset
            let byte = try cursor.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else {
                let hex = String(byte, radix: 16)
                throw ModelFormatError(.malformed, at: .offset(start), "`0x\(hex)` is not an opcode of pickle")
            }
            guard opcode != .stop else {
                return try locating(.offset(start)) { () throws(ModelFormatError) in try pop() }
            }
            do throws(ModelFormatError) {
                try step(opcode)
            } catch {
                throw error.place == .unknown ? error.within(.offset(start)) : error
            }
        }
    }

    private mutating func step(_ opcode: PickleOpcode) throws(ModelFormatError) {
        switch opcode {
        case .mark: marks.append(stack.count)
        case .pop: try popOrUnmark()
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .stop: break
        case .proto:
            let version = try cursor.byte()
            guard version <= 5 else {
                throw ModelFormatError(.unsupported, "pickle protocol \(version) is not supported, expected 0 to 5")
            }
        case .frame: _ = try cursor.length()
        case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat,
            .string, .binString, .shortBinString, .unicode, .binUnicode, .shortBinUnicode, .binUnicode8, .binBytes,
            .shortBinBytes, .binBytes8, .byteArray8:
            try push(try scalar(opcode))
        case .emptyTuple, .emptyList, .emptyDict, .emptySet, .tuple, .tuple1, .tuple2, .tuple3, .list, .dict,
            .frozenSet, .append, .appends, .addItems, .setItem, .setItems:
            try collect(opcode)
        case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize: try remember(opcode)
        case .global, .stackGlobal, .reduce, .newObj, .newObjEx, .inst, .obj, .build: try construct(opcode)
        case .persId, .binPersId, .ext1, .ext2, .ext4, .nextBuffer, .readOnlyBuffer:
            throw ModelFormatError(
                .unsupported,
                "the pickle refers to data outside of it (\(opcode.name)), which no model file of its own does"
            )
        }
    }

    // MARK: Stack

    mutating func push(_ node: PickleNode) throws(ModelFormatError) {
        guard tree.nodes.count < limits.nodeCount else {
            throw ModelFormatError(.tooLarge, "the pickle holds too many values, expected at most \(limits.nodeCount)")
        }
        stack.append(tree.append(node))
    }

    func top() throws(ModelFormatError) -> Int {
        guard let top = stack.last, stack.count > marks.last ?? 0 else {
            throw ModelFormatError(.malformed, "the stack is empty, expected a value")
        }
        return top
    }

    mutating func pop() throws(ModelFormatError) -> Int {
        let index = try top()
        stack.removeLast()
        return index
    }

    private mutating func popOrUnmark() throws(ModelFormatError) {
        if let mark = marks.last, mark == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    mutating func popToMark() throws(ModelFormatError) -> ArraySlice<Int> {
        guard let mark = marks.popLast() else {
            throw ModelFormatError(.malformed, "the stack holds no mark, expected one")
        }
        defer { stack.removeSubrange(mark...) }
        return stack[mark...]
    }

    private mutating func pop(_ count: Int) throws(ModelFormatError) -> ArraySlice<Int> {
        guard stack.count - (marks.last ?? 0) >= count else {
            throw ModelFormatError(
                .malformed,
                "the stack holds \(stack.count - (marks.last ?? 0)) values, expected \(count)"
            )
        }
        defer { stack.removeLast(count) }
        return stack.suffix(count)
    }

    // MARK: Memo

    private mutating func remember(_ opcode: PickleOpcode) throws(ModelFormatError) {
        switch opcode {
        case .get: stack.append(try recalled(try decimal()))
        case .binGet: stack.append(try recalled(Int(try cursor.byte())))
        case .longBinGet: stack.append(try recalled(Int(try cursor.littleEndian(UInt32.self))))
        case .put: try memoize(at: try decimal())
        case .binPut: try memoize(at: Int(try cursor.byte()))
        case .longBinPut: try memoize(at: Int(try cursor.littleEndian(UInt32.self)))
        default: try memoize(at: memo.count)
        }
    }

    private func recalled(_ key: Int) throws(ModelFormatError) -> Int {
        guard let index = memo[key] else {
            throw ModelFormatError(.malformed, "memo \(key) is read and was never written")
        }
        return index
    }

    private mutating func memoize(at key: Int) throws(ModelFormatError) {
        guard memo.count < limits.memoCount else {
            throw ModelFormatError(.tooLarge, "the memo grows too large, expected at most \(limits.memoCount) entries")
        }
        memo[key] = try top()
    }

    // MARK: Collections

    private mutating func collect(_ opcode: PickleOpcode) throws(ModelFormatError) {
        switch opcode {
        case .emptyTuple: try push(.tuple([]))
        case .emptyList: try push(.list([]))
        case .emptyDict: try push(.dict([]))
        case .emptySet: try push(.set([]))
        case .tuple: try push(.tuple(Array(try popToMark())))
        case .tuple1: try push(.tuple(Array(try pop(1))))
        case .tuple2: try push(.tuple(Array(try pop(2))))
        case .tuple3: try push(.tuple(Array(try pop(3))))
        case .list: try push(.list(Array(try popToMark())))
        case .frozenSet: try push(.set(Array(try popToMark())))
        case .dict:
            let entries = try paired(try popToMark())
            try push(.dict([]))
            try setEntries(entries)
        case .append:
            let item = try pop()
            try extend([item])
        case .setItem:
            let entry = try pop(2)
            try setEntries(entry)
        case .setItems:
            let entries = try paired(try popToMark())
            try setEntries(entries)
        default:
            let items = try popToMark()
            try extend(items)
        }
    }

    private func extend(_ items: ArraySlice<Int>) throws(ModelFormatError) {
        guard tree.appendItems(items, to: try top()) else {
            throw ModelFormatError(.malformed, "values are appended to something that is no list")
        }
    }

    private func setEntries(_ values: ArraySlice<Int>) throws(ModelFormatError) {
        guard tree.setEntries(values, of: try top()) else {
            throw ModelFormatError(.malformed, "entries are set in something that is no dictionary")
        }
    }

    private func paired(_ values: ArraySlice<Int>) throws(ModelFormatError) -> ArraySlice<Int> {
        guard values.count % 2 == 0 else {
            throw ModelFormatError(.malformed, "a dictionary gets \(values.count) values, expected pairs")
        }
        return values
    }
}
