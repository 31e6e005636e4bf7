import Glibc
import NIOCore

/// Blocks until every connection that waits for a listener is accepted and at work, or `timeout` has passed.
///
/// *Parameter* group: what listeners and connections run on.
func takeWaitingConnections(of listeners: [any Channel], on group: any EventLoopGroup, within timeout: TimeAmount) {
    func pause(_ nanoseconds: Int64) {
        try? group.next().scheduleTask(in: .nanoseconds(nanoseconds)) {}.futureResult.wait()
    }
    let end = NIODeadline.now() + timeout
    // A handshake may be on its way.
    pause(timeout.nanoseconds / 100)
    while NIODeadline.now() < end, listeners.contains(where: { waitingCount($0) > 0 }) { pause(1_000_000) }
    // From its listener's event loop a connection goes to its own, back, and again to its own.
    for _ in 0..<4 {
        for eventLoop in group.makeIterator() { try? eventLoop.submit {}.wait() }
    }
}

/// How many connections nobody has accepted.
///
/// *Source*: Linux, `tcp_get_info`: of a socket that listens, `tcpi_unacked` is the length of that queue.
private func waitingCount(_ listener: any Channel) -> Int {
    let information = try? (listener as? any SocketOptionProvider)?.getTCPInfo().wait()
    return Int(information?.tcpi_unacked ?? 0)
}

/// Has the kernel drop whatever would make a new connection: closing a listener resets those that nobody has accepted.
///
/// *Source*: socket(7), `SO_ATTACH_FILTER`: a program of one instruction, `BPF_RET`, that keeps no byte of a packet.
func dropNewConnections(_ listener: any Channel) {
    struct Instruction {
        var code: UInt16 = 0x06
        var jumps: UInt16 = 0
        var value: UInt32 = 0
    }
    struct Program {
        var count: UInt16 = 1
        var instructions: UInt
    }
    withUnsafePointer(to: Instruction()) { instruction in
        let program = Program(instructions: UInt(bitPattern: instruction))
        let done = (listener as? any SocketOptionProvider)?.unsafeSetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: 26),
            value: program
        )
        try? done?.wait()
    }
}
