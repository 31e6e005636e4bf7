/// The closest of `candidates` to `word`, when it is close enough to be what was meant.
///
/// Close enough is an edit distance of at most a third of the word's length (and at least 1). Words of more than 256
/// bytes, which only a file made to keep us busy has, get none.
package func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    var best: (distance: Int, candidate: String)?
    guard word.utf8.count <= 256 else { return nil }
    for candidate in candidates where candidate.utf8.count <= 512 {
        let distance = editDistance(Array(word.utf8), Array(candidate.utf8))
        if distance <= limit, distance < (best?.distance ?? .max) {
            best = (distance, candidate)
        }
    }
    return best?.candidate
}

private func editDistance(_ lhs: [UInt8], _ rhs: [UInt8]) -> Int {
    var previous = Array(0...rhs.count)
    for (i, left) in lhs.enumerated() {
        var current = [i + 1]
        for (j, right) in rhs.enumerated() {
            let substitution = previous[j] + (left == right ? 0 : 1)
            current.append(min(substitution, previous[j + 1] + 1, current[j] + 1))
        }
        previous = current
    }
    return previous[rhs.count]
}
