import ArgumentParser
import Diagnostics
import Importers
import ModelImport

extension InspectCommand {
    /// Prints the estimators of a saved model with their parameters; `false` when the file is no saved model.
    func printsOutline() throws -> Bool {
        guard let outline = try outlineModel(path: model, limits: all ? .wide : .default) else { return false }
        if json { printJSON(outline.json) } else { print(outline.text) }
        return true
    }

    /// Prints what loading the file with Python would call, and ends with 1 where something of it is not known.
    func printAudit() throws {
        guard let audit = try auditModel(path: model) else {
            throw ValidationError("`--security` is about saved models, and `\(model)` is none")
        }
        if json { printJSON(audit.json) } else { print(audit.text) }
        guard audit.isClean else { throw ExitCode(ProcessExit.notPossible.rawValue) }
    }
}
