/// Whose turn it is: clients that have work waiting take turns, however much each has.
///
/// Work gets the turn behind the last one of its client, or the current one when that is later. A level puts it some
/// turns back, so that less urgent work is overtaken by many turns of more urgent work, and not for ever.
///
/// *Source*: Goyal, Vin, Cheng, Start-time Fair Queueing, SIGCOMM 1996.
struct Turns {
    private struct Client {
        var next: Int
        var waitingCount = 0
    }

    /// How many turns of more urgent work may overtake that of the next level.
    static let turnsOfLevel = 64
    /// After so much work a turn is over, whoever had it: new clients cannot overtake old ones for ever.
    private static let workOfTurn = 64

    private var current = 0
    private var takenInTurn = 0
    private var clients: [ObjectIdentifier: Client] = [:]
    private var countToForget = 1024

    /// Gives work its rank; lower ranks come first.
    mutating func rank(of work: WorkTicket) -> Int {
        let turn = max(current, clients[work.client]?.next ?? 0)
        return turn + work.level * Self.turnsOfLevel
    }

    /// Notes that work waits with this rank.
    mutating func enter(_ work: WorkTicket, rank: Int) {
        if clients.count >= countToForget { forgetOthers() }
        var client = clients[work.client] ?? Client(next: 0)
        client.waitingCount += 1
        client.next = turn(of: work, rank) + 1
        clients[work.client] = client
    }

    /// Notes that work waits no longer.
    ///
    /// *Parameter* isTaken: whether it had its turn.
    mutating func leave(_ work: WorkTicket, rank: Int, isTaken: Bool) {
        clients[work.client]?.waitingCount -= 1
        guard isTaken else { return }
        takenInTurn += 1
        if takenInTurn == Self.workOfTurn {
            takenInTurn = 0
            current += 1
        }
        current = max(current, turn(of: work, rank))
    }

    /// How much work of a client waits.
    func waitingCount(of client: ObjectIdentifier) -> Int { clients[client]?.waitingCount ?? 0 }

    private func turn(of work: WorkTicket, _ rank: Int) -> Int { rank - work.level * Self.turnsOfLevel }

    private mutating func forgetOthers() {
        clients = clients.filter { $0.value.waitingCount > 0 || $0.value.next > current }
        countToForget = max(1024, 2 * clients.count)
    }
}
