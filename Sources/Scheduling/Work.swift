/// What a request wants to have done by a thread that computes.
package struct Work: Sendable {
    /// Who asks: requests of one client take turns with those of others.
    let client: ObjectIdentifier
    /// How urgent it is: 0 comes first.
    let level: Int
    package let group: any WorkGroup
    fileprivate let member: any Sendable
    /// Whether the client has left by now.
    let abandonment: Abandonment
    /// Called when the work is not done.
    let refuse: @Sendable (Rejection) -> Void

    /// Work of a group.
    ///
    /// *Parameter* refuse: called once in the place of the group's answer, when the work is not done.
    package init<Group: WorkGroup>(
        of group: Group,
        _ member: Group.Member,
        client: ObjectIdentifier,
        level: Int = 0,
        unless abandonment: Abandonment,
        refuse: @escaping @Sendable (Rejection) -> Void
    ) {
        self.client = client
        self.level = max(0, min(level, Self.levelCount - 1))
        self.group = group
        self.member = member
        self.abandonment = abandonment
        self.refuse = refuse
    }

    /// How many levels there are at most.
    package static let levelCount = 256
}

extension [Work] {
    /// Does the work of requests of one group on the calling thread.
    package func run() { first?.group.runErased(map(\.member)) }
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
