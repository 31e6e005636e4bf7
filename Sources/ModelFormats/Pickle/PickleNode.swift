/// A value that a pickle describes, with other values by their index in the tree; nothing in it ever runs.
package enum PickleNode {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits, which no model needs the value of.
    case bigInt
    case float(Double)
    case string(String)
    case bytes(ArraySlice<UInt8>)
    case list([Int])
    case tuple([Int])
    /// Keys and values, in the order in which they were set.
    case dict([(key: Int, value: Int)])
    case set([Int])
    /// A class or function by name.
    case global(module: String, name: String)
    /// What a call would have made, had it been made.
    case object(PickleObject)
    /// An array whose elements joblib wrote into the stream.
    case array(NumPyArray)
}

/// A call that a pickle asks for, and what it would have done to the result.
package struct PickleObject {
    /// The class or function.
    package var callable: Int
    /// The tuple of arguments.
    package var arguments: Int
    package var keywordArguments: Int?
    /// The last argument of `__setstate__`.
    package var state: Int?
    /// Elements appended to the result.
    package var items: [Int] = []
    /// Entries set in the result.
    package var entries: [(key: Int, value: Int)] = []
}

/// How much a pickle may ask for.
package struct PickleLimits: Sendable {
    /// Bytes once decompressed.
    package var byteCount = 1 << 32
    /// Values in the tree.
    package var nodeCount = 1 << 24
    /// Entries of the memo.
    package var memoCount = 1 << 24

    package static let `default` = PickleLimits()

    /// Limits; those that are not named are the default ones.
    package init(byteCount: Int = 1 << 32, nodeCount: Int = 1 << 24, memoCount: Int = 1 << 24) {
        self.byteCount = byteCount
        self.nodeCount = nodeCount
        self.memoCount = memoCount
    }
}
