import ModelImport
import OnnxBuilder
import OnnxIR
import Tensors

extension ModelGraph {
    /// Repeats what `body` makes of some matrices, and gives them as they are after the last turn.
    ///
    /// *Parameter* limit: the most turns.
    /// *Parameter* body: gets the number of the turn (int64, without axes) and the matrices before it; gives those after
    /// it, in their shapes and types, and whether there is another turn.
    func loop(
        _ start: [Matrix],
        atMost limit: Int,
        _ body: (_ turn: Matrix, _ state: [Matrix]) throws(ModelImportError) -> (state: [Matrix], goesOn: Matrix)
    ) throws(ModelImportError) -> [Matrix] {
        let turns = try builder.constant([Int64(limit)], shape: [], name: "turns")
        let loop = builder.beginLoop(start.map { .tensor($0.elementType.elementType, shape: nil) })
        func matrices(_ names: [String]) -> [Matrix] {
            zip(names, start).map { name, matrix in
                Matrix(graph: self, value: name, elementType: matrix.elementType, columnCount: matrix.columnCount)
            }
        }
        let turn = Matrix(graph: self, value: loop.turn, elementType: .int64, columnCount: 1)
        let (state, goesOn) = try body(turn, matrices(loop.state))
        let results = try importing { () throws(TensorError) in
            try builder.endLoop(
                loop,
                start: start.map(\.value),
                limit: turns,
                state: state.map(\.value),
                goesOn: goesOn.value
            )
        }
        return matrices(results)
    }
}

extension Matrix {
    /// The sum of all elements, without axes.
    func total() -> Matrix { node("ReduceSum", [], [Attribute("keepdims", .int(0))], columns: 1) }

    /// Whether any of these booleans holds, without axes.
    func holdsAnywhere() throws(ModelImportError) -> Matrix { try cast(to: .int64).total().greater(than: 0) }
}
