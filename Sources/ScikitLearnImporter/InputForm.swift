/// What an estimator expects of its input.
enum InputForm {
    /// Numbers in every column.
    case numbers
    /// What it expects of each column; a frame has an input for each, whatever the types.
    case columns([ColumnType], isFrame: Bool)
    /// An input for each of these columns, under its name.
    case frame(names: [String], [ColumnType])
    /// Any number of texts for each sample; empty ones stand for none.
    case texts
    /// One value for each sample, such as a document.
    case vector(ColumnType)
    /// Any number of values for each sample.
    case sets(ColumnType)

    private var isNumbers: Bool {
        if case .numbers = self { true } else { false }
    }

    /// What estimators side by side expect of the input that they share: each column that one of them uses.
    ///
    /// A column that is text for one and a number for another has the type that comes first; the other refuses it.
    static func shared(by forms: [InputForm]) -> InputForm {
        var types: [ColumnType]?
        var isFrame = false
        for case .columns(let own, let isOwnFrame) in forms {
            isFrame = isFrame || isOwnFrame
            guard let known = types, known.count == own.count else {
                types = types ?? own
                continue
            }
            types = zip(known, own).map { (try? $0.merged(with: $1)) ?? $0 }
        }
        guard let types else { return forms.first { !$0.isNumbers } ?? .numbers }
        let usesAll = forms.contains(where: \.isNumbers)
        return .columns(usesAll ? types.map { $0 == .unused ? .number : $0 } : types, isFrame: isFrame)
    }
}
