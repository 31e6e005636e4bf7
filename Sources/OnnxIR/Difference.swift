import Glibc
import Tensors

/// Where two models first differ: ``graph.nodes[3].name: `a` and `b` ``; `nil` when they are the same.
///
/// Every stored property of the IR is compared, numbers and weights bit by bit. What the IR does not keep cannot
/// differ: denotations of types, whether an empty field was there, and which field the elements of a tensor lay in.
package func firstDifference(_ lhs: Model, _ rhs: Model) -> String? {
    difference(lhs, rhs, at: "")
}

/// Where two values first differ; `nil` when they are the same.
package func firstDifference(_ lhs: Value, _ rhs: Value) -> String? {
    difference(lhs, rhs, at: "")
}

/// Where two tensors first differ, name included; `nil` when they are the same.
package func firstDifference(_ lhs: OnnxTensor, _ rhs: OnnxTensor) -> String? {
    difference(lhs, rhs, at: "")
}

/// Compares by reflection, so that no property is forgotten when the IR grows.
private func difference(_ lhs: Any, _ rhs: Any, at path: String) -> String? {
    switch (lhs, rhs) {
    case (let lhs as Tensor, let rhs as Tensor): return tensorDifference(lhs, rhs, at: path)
    case (let lhs as Float, let rhs as Float) where lhs.bitPattern == rhs.bitPattern: return nil
    case (let lhs as [Float], let rhs as [Float]) where lhs.map(\.bitPattern) == rhs.map(\.bitPattern): return nil
    case (is Float, is Float), (is [Float], is [Float]): return "\(path): `\(lhs)` and `\(rhs)`"
    case (let left as any Hashable, let right as any Hashable):
        return AnyHashable(left) == AnyHashable(right) ? nil : hashableDifference(lhs, rhs, at: path)
    default: return childDifference(lhs, rhs, at: path)
    }
}

private func hashableDifference(_ lhs: Any, _ rhs: Any, at path: String) -> String {
    childDifference(lhs, rhs, at: path) ?? "\(path): `\(lhs)` and `\(rhs)`"
}

private func childDifference(_ lhs: Any, _ rhs: Any, at path: String) -> String? {
    let (left, right) = (Mirror(reflecting: lhs), Mirror(reflecting: rhs))
    guard left.children.count == right.children.count else {
        return left.displayStyle == .collection
            ? "\(path): \(left.children.count) and \(right.children.count) elements"
            : "\(path): `\(lhs)` and `\(rhs)`"
    }
    for (index, pair) in zip(left.children, right.children).enumerated() {
        let (leftChild, rightChild) = pair
        guard leftChild.label == rightChild.label else {
            return "\(path): `\(leftChild.label ?? "")` and `\(rightChild.label ?? "")`"
        }
        let childPath =
            switch left.displayStyle {
            case .collection: "\(path)[\(index)]"
            case .optional: path
            default: [path, leftChild.label ?? "\(index)"].filter { !$0.isEmpty }.joined(separator: ".")
            }
        if let difference = difference(leftChild.value, rightChild.value, at: childPath) { return difference }
    }
    return nil
}

private func tensorDifference(_ lhs: Tensor, _ rhs: Tensor, at path: String) -> String? {
    guard lhs.elementType == rhs.elementType, lhs.shape == rhs.shape else {
        return "\(path): `\(lhs.elementType.name)` \(lhs.shape) and `\(rhs.elementType.name)` \(rhs.shape)"
    }
    switch (lhs.storage, rhs.storage) {
    case (.strings(let left), .strings(let right)):
        return left == right ? nil : "\(path): the strings differ"
    case (.bytes(let left), .bytes(let right)):
        // One element type and shape: the counts are the same.
        guard let leftStart = left.bytes.baseAddress, let rightStart = right.bytes.baseAddress,
            memcmp(leftStart, rightStart, left.bytes.count) != 0,
            let first = zip(left.bytes, right.bytes).enumerated().first(where: { $1.0 != $1.1 })
        else { return nil }
        return "\(path): byte \(first.offset) is \(first.element.0) and \(first.element.1)"
    default: return "\(path): strings and bytes"
    }
}
