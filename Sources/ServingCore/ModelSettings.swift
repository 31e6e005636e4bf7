import InferenceEngine

/// How a version of a model is served, where somebody said so: a part of the `model.yaml` beside its files.
package struct ModelSettings: Sendable, Hashable {
    /// How requests are put together into one run.
    package struct Batching: Sendable, Hashable {
        /// The most rows of a run; a request with more runs alone.
        package var maximumRows = 64
        /// Sizes in rows that are waited for, in ascending order.
        package var preferredRows: [Int] = []
        /// How long the first request of a run may wait for others while threads are free, in nanoseconds.
        package var maximumDelay = 0

        /// Batching that adds no delay.
        package init() {}
    }

    /// How urgent requests may say that they are.
    package struct Priorities: Sendable, Hashable {
        /// How many levels there are; 1 is the most urgent.
        package var levelCount: Int
        /// The level of a request that names none.
        package var defaultLevel: Int

        /// Levels from 1 on.
        package init(levelCount: Int, defaultLevel: Int) {
            self.levelCount = levelCount
            self.defaultLevel = defaultLevel
        }
    }

    /// What requests for the model may take; what is `nil` is as it is for the whole server.
    package struct Limits: Sendable, Hashable {
        /// The most rows of a request.
        package var rowCount: Int?
        /// How long after its arrival a request may be computed that gives no time itself, in nanoseconds.
        package var timeout: Int?
        /// Bytes of all values of a run.
        package var memoryByteCount: Int?
        /// Trips of all loops in a run.
        package var tripCount: Int?

        /// The limits of the server.
        package init() {}

        /// Options with what is said here in place of what they say.
        func applied(to options: InferenceOptions) -> InferenceOptions {
            var options = options
            if let memoryByteCount { options.limits.boundMemory(to: memoryByteCount) }
            if let tripCount { options.limits.loopTripCount = tripCount }
            return options
        }
    }

    /// A request that is computed before the model answers others.
    package struct WarmUp: Sendable, Hashable {
        /// What an input is given; an input that is not named is zeros.
        package var inputs: [String: Input] = [:]
        /// How often it is computed.
        package var runCount = 1

        /// A request of zeros.
        package init() {}
    }

    /// What an input is given when a model is warmed up.
    package struct Input: Sendable, Hashable {
        /// Where the elements come from.
        package enum Content: Sendable, Hashable {
            case zeros
            /// The elements in row-major order, as text.
            case values([String])
            /// A file with the bytes of the elements, little-endian.
            case file(String)
        }

        /// The shape; that of the model with 1 for every extent that varies when it is `nil`.
        package var shape: [Int]?
        package var content = Content.zeros

        /// Zeros.
        package init() {}
    }

    /// The names of classes, by which a client tells what the highest values of an output mean.
    package struct ClassNames: Sendable, Hashable {
        /// Those of outputs that have none of their own.
        package var all: [String] = []
        package var byOutput: [String: [String]] = [:]

        /// No names.
        package init() {}

        /// The name of a class of an output; `nil` when it has none.
        func name(_ index: Int, of output: String) -> String? {
            let names = byOutput[output] ?? all
            return names.indices.contains(index) ? names[index] : nil
        }
    }

    /// How requests are put together; each runs alone when `nil`, or with at most one row.
    package var batching: Batching?
    /// How many runs of the model go on at a time; as many as there are threads when `nil`.
    package var instanceCount: Int?
    /// How many requests for the model may wait; as many as may wait in all when `nil`.
    package var maximumQueue: Int?
    /// The levels of urgency; all requests are equally urgent when `nil`.
    package var priorities: Priorities?
    package var limits = Limits()
    /// What is computed before the model answers; one request of zeros when there are none.
    package var warmUps: [WarmUp] = []
    package var classNames = ClassNames()

    /// Settings with every default.
    package init() {}
}
