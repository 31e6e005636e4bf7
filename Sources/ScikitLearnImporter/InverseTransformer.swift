import ModelImport

/// A fitted transformer of numbers whose transformation can be undone.
protocol InverseTransformer {
    func inverseTransform(_ x: Matrix) throws(ModelImportError) -> Matrix
}
