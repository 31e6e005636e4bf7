/// What a request wants to have done by a thread that computes.
package struct Work: Sendable {
    package let group: any WorkGroup
    let ticket: WorkTicket
    fileprivate let body: Body

    fileprivate enum Body: Sendable {
        case alone(@Sendable () -> Void)
        case together(any Sendable)
    }

    /// Work of a group that is done for one request.
    package init(of group: any WorkGroup, _ ticket: WorkTicket, alone body: @escaping @Sendable () -> Void) {
        self.group = group
        self.ticket = ticket
        self.body = .alone(body)
    }

    /// Work of a group that may be done for several requests at once.
    package init<Group: WorkGroup>(of group: Group, _ ticket: WorkTicket, together member: Group.Member) {
        self.group = group
        self.ticket = ticket
        body = .together(member)
    }

    /// Says why it is not done.
    package func refuse(_ rejection: Rejection) { ticket.refuse(rejection) }
}

/// Whose work it is, how urgent it is, and what happens when it is not done.
package struct WorkTicket: Sendable {
    /// Who asks: requests of one client take turns with those of others.
    let client: ObjectIdentifier
    /// How urgent it is: 0 comes first.
    let level: Int
    /// Whether the client has left by now.
    package let abandonment: Abandonment
    let refuse: @Sendable (Rejection) -> Void

    /// The ticket of a request.
    ///
    /// *Parameter* client: the connection.
    /// *Parameter* refuse: called once when the work is not done.
    package init(
        client: AnyObject,
        level: Int = 0,
        unless abandonment: Abandonment,
        refuse: @escaping @Sendable (Rejection) -> Void
    ) {
        self.client = ObjectIdentifier(client)
        self.level = max(0, min(level, Self.levelCount - 1))
        self.abandonment = abandonment
        self.refuse = refuse
    }

    /// How many levels there are at most.
    package static let levelCount = 256
}

extension [Work] {
    /// Does the work of requests of one group on the calling thread.
    package func run() {
        var members: [any Sendable] = []
        for work in self {
            switch work.body {
            case .alone(let body): body()
            case .together(let member): members.append(member)
            }
        }
        if !members.isEmpty { first?.group.runErased(members) }
    }
}

extension WorkGroup {
    /// Does work whose members are known to be the group's.
    fileprivate func runErased(_ members: [any Sendable]) { run(members.compactMap { $0 as? Member }) }
}

/// Why work is not done.
package enum Rejection: Sendable, Hashable {
    /// So many requests are computed or wait, and no more may.
    case full(count: Int)
    /// Of the group so many requests wait, and no more may.
    case groupFull(count: Int)
    /// The client itself has most of what waits.
    case ownShare(count: Int)
    /// It would wait for longer than allowed; both in nanoseconds.
    case late(wait: Int, limit: Int)
    /// The client has left.
    case abandoned
    /// The threads are about to end.
    case ended
}
