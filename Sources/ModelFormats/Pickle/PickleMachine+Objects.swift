import Diagnostics

extension PickleMachine {
    /// Names a class or function, or notes a call of one.
    mutating func construct(_ opcode: PickleOpcode) throws(ModelFormatError) {
        switch opcode {
        case .global:
            let module = try nameLine()
            try push(.global(module: module, name: try nameLine()))
        case .stackGlobal:
            let name = try pop()
            guard case .string(let name) = tree.nodes[name], case .string(let module) = tree.nodes[try pop()] else {
                throw ModelFormatError(.malformed, "a class is named by something that is no text")
            }
            try push(.global(module: module, name: name))
        case .reduce, .newObj:
            let arguments = try pop()
            try call(try pop(), arguments: arguments)
        case .newObjEx:
            let keywordArguments = try pop()
            let arguments = try pop()
            try call(try pop(), arguments: arguments, keywordArguments: keywordArguments)
        case .inst:
            let module = try nameLine()
            let name = try nameLine()
            let arguments = Array(try popToMark())
            try push(.global(module: module, name: name))
            let callable = try pop()
            try push(.tuple(arguments))
            try call(callable, arguments: try pop())
        case .obj:
            let values = try popToMark()
            guard let callable = values.first else {
                throw ModelFormatError(.malformed, "an object has no class")
            }
            try push(.tuple(Array(values.dropFirst())))
            try call(callable, arguments: try pop())
        default:
            let state = try pop()
            try build(try top(), state: state)
        }
    }

    private mutating func call(
        _ callable: Int,
        arguments: Int,
        keywordArguments: Int? = nil
    ) throws(ModelFormatError) {
        try push(
            .object(PickleObject(callable: callable, arguments: arguments, keywordArguments: keywordArguments))
        )
    }

    private mutating func build(_ index: Int, state: Int) throws(ModelFormatError) {
        guard case .object(var object) = tree.nodes[index] else {
            throw ModelFormatError(.malformed, "state is set in something that is no object")
        }
        object.state = state
        tree.replace(index, with: .object(object))
        let value = PickleValue(tree: tree, index: index)
        switch value.className {
        case "joblib.numpy_pickle.NumpyArrayWrapper", "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper":
            try readArray(of: value)
        case let name? where name.hasSuffix("joblib.numpy_pickle.NDArrayWrapper"),
            let name? where name.hasSuffix("joblib.numpy_pickle.ZNDArrayWrapper"),
            let name? where name.hasSuffix("joblib.numpy_pickle_compat.NDArrayWrapper"),
            let name? where name.hasSuffix("joblib.numpy_pickle_compat.ZNDArrayWrapper"):
            throw ModelFormatError(
                .unsupported,
                "arrays lie in files of their own, as joblib before 0.10 wrote them; that is not supported",
                hint: "load the model with its own libraries and save it again with a newer joblib"
            )
        default: break
        }
    }
}
