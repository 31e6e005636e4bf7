import NIOCore
import Synchronization

/// Says that the server is about to end, and that what is on its way is answered still.
struct EndAnnouncement {}

/// The connections that are open.
final class ConnectionSet: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
        var whenEmpty: EventLoopPromise<Void>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Takes a connection, and lets go of it when it closes; `false` when it is one too many, or too late.
    func insert(_ channel: any Channel) -> Bool {
        let isTaken = state.withLock { state in
            guard state.channels.count < limit, !state.isQuiescing else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
        return isTaken
    }

    private func remove(_ channel: any Channel) {
        let promise = state.withLock { state -> EventLoopPromise<Void>? in
            state.channels[ObjectIdentifier(channel)] = nil
            return state.channels.isEmpty ? state.whenEmpty.take() : nil
        }
        promise?.succeed()
    }

    /// Whether no connection is open.
    var isEmpty: Bool { state.withLock { $0.channels.isEmpty } }

    /// Tells all connections that the server is about to end.
    func announceEnd() {
        for channel in state.withLock({ Array($0.channels.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(EndAnnouncement())
        }
    }

    /// Closes the connections that are between requests, and has the others close behind their answer.
    func quiesce() {
        let channels = state.withLock { state in
            state.isQuiescing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Blocks until no connection is left, or `timeout` has passed.
    func wait(for timeout: TimeAmount, on eventLoop: any EventLoop) {
        let promise = eventLoop.makePromise(of: Void.self)
        let isEmpty = state.withLock { state in
            if !state.channels.isEmpty { state.whenEmpty = promise }
            return state.channels.isEmpty
        }
        if isEmpty { promise.succeed() }
        let timer = eventLoop.scheduleTask(in: timeout) {
            if let waiting = self.state.withLock({ $0.whenEmpty.take() }) { waiting.succeed() }
        }
        try? promise.futureResult.wait()
        timer.cancel()
    }

    /// Closes every connection at once.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
