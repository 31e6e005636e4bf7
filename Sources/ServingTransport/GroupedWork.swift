package import Scheduling
import Synchronization

/// How a request is answered by a group that can do the work of several requests at once.
package struct GroupedWork: Sendable {
    /// The bytes of the request.
    let byteCount: Int
    private let makeWork:
        @Sendable (
            _ client: ObjectIdentifier, Abandonment, _ respond: @escaping @Sendable (HTTPResponse) -> Void,
            _ refuse: @escaping @Sendable (Rejection) -> Void
        ) -> Work

    /// Work of a group.
    ///
    /// *Parameter* level: how urgent it is: 0 comes first.
    /// *Parameter* byteCount: the bytes that are read for it.
    /// *Parameter* member: makes what the group is told, which answers once.
    package init<Group: WorkGroup>(
        of group: Group,
        level: Int = 0,
        byteCount: Int,
        member: @escaping @Sendable (Abandonment, @escaping @Sendable (HTTPResponse) -> Void) -> Group.Member
    ) {
        self.byteCount = byteCount
        makeWork = { client, abandonment, respond, refuse in
            Work(
                of: group,
                member(abandonment, respond),
                client: client,
                level: level,
                unless: abandonment,
                refuse: refuse
            )
        }
    }

    /// The work for a client that is told the answer, or why there is none.
    func work(
        for client: ObjectIdentifier,
        unless abandonment: Abandonment,
        respond: @escaping @Sendable (HTTPResponse) -> Void,
        refuse: @escaping @Sendable (Rejection) -> Void
    ) -> Work {
        makeWork(client, abandonment, respond, refuse)
    }

    /// The answer, made alone and on the calling thread; an empty one of 500 when the group gives none.
    package func answer() -> HTTPResponse {
        let answer = Mutex(HTTPResponse(status: .internalError))
        let respond = { @Sendable (response: HTTPResponse) in answer.withLock { $0 = response } }
        let work = work(for: ObjectIdentifier(GroupedWork.self), unless: Abandonment(), respond: respond) { _ in }
        [work].run()
        return answer.withLock(\.self)
    }
}
