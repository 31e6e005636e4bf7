import Diagnostics
package import Scheduling
import Threads

extension ServedModel: WorkGroup {
    /// How the threads take the model's requests.
    package var policy: WorkPolicy { batchSwitch.isOn ? policyTogether : policyAlone }

    package func run(_ calls: [InferenceCall]) {
        if calls.count == 1, let call = calls.first {
            runAlone(call)
        } else {
            runTogether(calls)
        }
    }

    /// Runs a call alone, and answers it; whether that went well.
    ///
    /// *Parameter* reading: what it says, when it is read already.
    @discardableResult
    func runAlone(_ call: InferenceCall, _ reading: InferenceCall.Reading? = nil) -> Bool {
        do throws(ServingError) {
            let send = try answer(waited: monotonicNanoseconds() - call.arrival) { () throws(ServingError) in
                let reading = try reading ?? call.read()
                var core = reading.core
                core.isAbandoned = { [abandonment = call.abandonment] in abandonment.isSet }
                return (reading, core)
            } write: { reading, response throws(ServingError) in
                try reading.write(response)
            }
            send()
            return true
        } catch {
            call.fail(error)
            return false
        }
    }
}
