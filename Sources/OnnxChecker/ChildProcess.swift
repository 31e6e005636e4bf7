import Diagnostics
import Glibc

/// This executable, run once more as a child whose end, whatever it is, leaves the parent as it was.
package struct ChildProcess: Sendable {
    /// How a child came to its end.
    package enum End: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// The child was stopped because it took too long.
        case timedOut
    }

    /// How the child ended.
    package let end: End
    /// What it wrote to standard output, at most a megabyte of it.
    package let output: [UInt8]

    private static let outputLimit = 1 << 20

    /// Runs `executable` with `arguments` and waits for its end, at most `seconds` long.
    ///
    /// The child has no standard input and no standard error.
    ///
    /// *Throws*: `child` when the system starts no process.
    package init(
        _ arguments: [String],
        executable: String = "/proc/self/exe",
        seconds: Int
    ) throws(CheckerError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CheckerError(errno: errno, "opening a pipe") }
        for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let process: pid_t
        do {
            process = try Self.spawn(executable, arguments, output: ends[1])
        } catch {
            for descriptor in ends { close(descriptor) }
            throw error
        }
        close(ends[1])
        let deadline = Self.now() + seconds * 1000
        let (output, isWhole) = Self.read(ends[0], until: deadline)
        close(ends[0])
        self.output = output
        end = Self.wait(for: process, until: isWhole ? deadline : 0)
    }

    private static func spawn(
        _ executable: String,
        _ arguments: [String],
        output: CInt
    ) throws(CheckerError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, executable, &actions, nil, &words, environ)
        guard code == 0 else { throw CheckerError(errno: code, "starting `\(executable)`") }
        return process
    }

    /// What comes through a pipe until its other end is closed; false when the deadline comes first.
    private static func read(_ descriptor: CInt, until deadline: Int) -> ([UInt8], isWhole: Bool) {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let left = deadline - now()
            guard left > 0 else { return (output, false) }
            var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptors, 1, CInt(clamping: left)) > 0 else { continue }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (output, true) }
            output += chunk[..<min(count, outputLimit - output.count)]
        }
    }

    /// Waits for the end of a child that has closed its output, and stops it at the deadline.
    private static func wait(for process: pid_t, until deadline: Int) -> End {
        var status: CInt = 0
        while now() < deadline {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return end(of: status) }
            usleep(500)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return .timedOut
    }

    private static func end(of status: CInt) -> End {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    /// Milliseconds of a clock that only goes forward.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Bounds what this process, a child, may take from now on: address space, processor time, and no core file.
package func limitThisProcess(byteCount: Int, seconds: Int) {
    for (resource, limit) in [(RLIMIT_AS, byteCount), (RLIMIT_CPU, seconds), (RLIMIT_CORE, 0)] {
        var limits = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
        setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
    }
}

extension DiagnosticError<CheckerCode> {
    init(errno code: CInt, _ action: String) {
        self.init(.child, "\(action): \(systemMessage(code))")
    }
}
