import Diagnostics
import Testing

private enum KitchenCode: String, DiagnosticCode {
    case burnt
    case notOnTheMenu
    case wrongOrder

    var kind: DiagnosticKind {
        switch self {
        case .burnt: .invalid
        case .notOnTheMenu: .unsupported
        case .wrongOrder: .usage
        }
    }
}

private typealias KitchenError = DiagnosticError<KitchenCode>

@Suite struct DiagnosticTextTests {
    @Test func `an error without a place is its message`() {
        #expect(DiagnosticText(KitchenError(.burnt, "the toast is black")).description == "error: the toast is black")
    }

    @Test func `place, cause and hint stand where the conventions put them`() {
        let cause = KitchenError(.burnt, at: .offset(12), "the wire is loose")
        let error = KitchenError(
            .burnt,
            at: .item("step", "toast", "bread"),
            "the toast is black, expected `brown`",
            cause: cause,
            hint: "turn it down"
        ).within(.file("breakfast.yaml"))
        let expected = """
            error: `breakfast.yaml`: step `toast` (bread): the toast is black, expected `brown`
            cause: offset 12: the wire is loose
            hint: turn it down
            """
        #expect(DiagnosticText(error).description == expected)
    }

    @Test func `control characters of a file do not reach the terminal`() {
        let error = KitchenError(.burnt, at: .file("a\u{1B}[2Jb"), "c\td")
        #expect(DiagnosticText(error).description == "error: `a\\u{1b}[2Jb`: c\\u{9}d")
    }

    @Test func `colour changes only the labels`() {
        let text = DiagnosticText(KitchenError(.burnt, "black"), coloured: true).description
        #expect(text == "\u{1B}[1;31merror\u{1B}[0m: black")
    }

    @Test(arguments: [
        (KitchenCode.burnt, ProcessExit.notPossible), (.notOnTheMenu, .notSupported), (.wrongOrder, .usage),
    ])
    fileprivate func `the kind of a code decides the exit code`(code: KitchenCode, exit: ProcessExit) {
        #expect(ProcessExit(KitchenError(code, "x")) == exit)
    }
}

@Suite struct PlaceTests {
    @Test(arguments: [
        (Place.unknown, ""),
        (.file("a.yaml"), "`a.yaml`"),
        (Place.line(14, column: 9).within(.file("a.yaml")), "`a.yaml`:14:9"),
        (.line(14, column: 9), "line 14:9"),
        (Place.offset(7).within(.file("m.onnx")), "`m.onnx`: offset 7"),
        (.node("d/MatMul", operator: "MatMul", opset: 13), "node `d/MatMul` (MatMul, opset 13)"),
        (Place.item("step", "s").within(.item("pipeline", "p")), "pipeline `p`: step `s`"),
    ])
    func `a place reads from the outside in`(place: Place, text: String) {
        #expect(place.description == text)
    }

    @Test func `a deep place shows its ends`() {
        let place = Place((0..<100).map { .offset($0) })
        let ends = [0, 1, 2, 3].map { "offset \($0)" } + ["…"] + [96, 97, 98, 99].map { "offset \($0)" }
        #expect(place.description == ends.joined(separator: ": "))
    }

    @Test func `locating adds the outer place to what is thrown inside`() {
        #expect(throws: DiagnosticError<KitchenCode>.self) {
            try locating(.file("a")) { () throws(KitchenError) in throw KitchenError(.burnt, "b") }
        }
        do {
            try locating(.file("a")) { () throws(KitchenError) in throw KitchenError(.burnt, at: .offset(1), "b") }
        } catch {
            #expect(error.description == "`a`: offset 1: b")
        }
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("entrypont", "entrypoint"), ("Entrypoint", "entrypoint"), ("verison", "version"), ("x", nil), ("", nil),
        ("cmd", "cmd"),
    ])
    func `only a close word is suggested`(word: String, expected: String?) {
        #expect(suggestion(for: word, among: ["cmd", "entrypoint", "version"]) == expected)
    }
}
