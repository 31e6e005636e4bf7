import Glibc
import Synchronization

/// Whether the requests of a model are put together.
final class BatchSwitch: Sendable {
    private let isOff = Atomic(false)

    var isOn: Bool { !isOff.load(ordering: .relaxed) }

    /// Puts requests together no longer, and says so once.
    ///
    /// *Parameter* reason: what the model does that it must not.
    func turnOff(_ reason: String, of model: ServedModel) {
        guard !isOff.exchange(true, ordering: .relaxed) else { return }
        let place = "model `\(model.name)` version \(model.version)"
        let text = Array("warning: \(place): \(reason); its requests run alone from now on\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}
