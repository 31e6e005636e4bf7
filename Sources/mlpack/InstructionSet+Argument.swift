import ArgumentParser
import InferenceEngine

extension InstructionSet: ExpressibleByArgument {}

extension InferenceOptions {
    /// Kernels of this instruction set, where one is asked for.
    ///
    /// *Throws*: a usage error for one that this processor does not have.
    mutating func useInstructions(_ set: InstructionSet?) throws {
        guard let set else { return }
        guard InstructionSet.available.contains(set) else {
            let known = InstructionSet.available.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw ValidationError("this processor does not have `\(set.rawValue)`, expected one of \(known)")
        }
        instructionSet = set
    }
}
