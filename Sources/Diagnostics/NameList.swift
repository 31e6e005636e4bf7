/// Names for a message: `` `a`, `b` ``, the first 20 of them.
package func nameList(_ names: [String]) -> String {
    let shown = names.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 20 ? "\(shown), …" : shown
}
