import Diagnostics
package import Scheduling
import ServingObservation

extension ServedModel: WorkGroup {
    /// How the threads take the model's requests.
    package var policy: WorkPolicy { batchSwitch.isOn ? policyTogether : policyAlone }

    package func run(_ calls: [ModelCall]) {
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
    func runAlone(_ call: ModelCall, _ reading: ModelCall.Reading? = nil) -> Bool {
        let waited = monotonicNanoseconds() - call.arrival
        do throws(ServingError) {
            let send = try answer(waited: waited, record: call.record, samples: call.samples) {
                () throws(ServingError) in
                let reading = if let reading { reading } else { try call.read() }
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
