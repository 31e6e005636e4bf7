package import NIOCore

/// Has something done when it is due, and may be put off for every request.
///
/// An event loop looks through all that is scheduled when something is taken out. So putting off schedules nothing: what is
/// scheduled looks at the time, and is scheduled anew when it comes too early. To be used on its event loop.
package final class Timeout {
    private let eventLoop: any EventLoop
    private var body: (() -> Void)?
    private var due: NIODeadline?
    private var look: (task: Scheduled<Void>, time: NIODeadline)?

    /// Nothing is due yet.
    ///
    /// *Parameter* body: what is done, once for each time that it is set.
    package init(_ eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.body = body
    }

    /// Makes it due after a time, whatever was set before.
    package func set(_ time: TimeAmount) {
        guard body != nil else { return }
        let due = eventLoop.now + time
        self.due = due
        if let look, look.time <= due { return }
        look?.task.cancel()
        schedule(at: due)
    }

    /// Nothing is due any more.
    package func clear() { due = nil }

    /// Nothing will be due ever again.
    package func end() {
        clear()
        look?.task.cancel()
        (look, body) = (nil, nil)
    }

    private func schedule(at time: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        look = (eventLoop.scheduleTask(deadline: time) { bound.value.check() }, time)
    }

    private func check() {
        look = nil
        guard let due else { return }
        if eventLoop.now < due { return schedule(at: due) }
        self.due = nil
        body?()
    }
}
