import Diagnostics
import ModelImport

/// Some of the columns, in their order.
struct Selection: Transformer {
    let places: [Int]
    let form: InputForm

    var inputForm: InputForm { form }

    /// The columns where a mask holds.
    init(_ mask: [Bool], form: InputForm = .numbers) throws(ModelImportError) {
        places = mask.indices.filter { mask[$0] }
        self.form = form
        guard !places.isEmpty else {
            throw ModelImportError(.unsupported, "a selection of no feature is not supported")
        }
    }

    func transform(_ input: Table) throws(ModelImportError) -> Table { try input.columns(places) }
}
