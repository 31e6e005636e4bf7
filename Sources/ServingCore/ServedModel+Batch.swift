import Diagnostics
import Scheduling
import ServingObservation
import Tensors

extension ServedModel {
    /// Runs calls as few times as their shapes allow, and answers each as it would be answered alone.
    func runTogether(_ calls: [ModelCall]) {
        for batch in batches(of: calls.compactMap(member)) {
            if batch.count > 1 { runBatch(batch) } else { runApart(batch) }
        }
    }

    /// What a call brings into a batch; `nil` for one that is broken, and has been told so.
    private func member(_ call: ModelCall) -> BatchMember? {
        let start = monotonicNanoseconds()
        call.record?.setModel(RequestRecord.Model(name: name, version: version))
        do throws(ServingError) {
            let member = try BatchMember(call, try call.read(), of: self, since: start)
            pace.note(size: max(1, member.rows))
            return member
        } catch {
            fail(call, error)
            return nil
        }
    }

    /// The members that run at once, in the order of the first of each.
    private func batches(of members: [BatchMember]) -> [[BatchMember]] {
        let limit = policyTogether.batching?.maximumSize ?? 1
        var batches: [(rows: Int, members: [BatchMember])] = []
        for member in members {
            let place = batches.firstIndex { rows, members in
                member.key != nil && members.first?.key == member.key && rows + member.rows <= limit
            }
            if let place {
                batches[place].rows += member.rows
                batches[place].members.append(member)
            } else {
                batches.append((member.rows, [member]))
            }
        }
        return batches.map(\.members)
    }

    private func runBatch(_ batch: [BatchMember]) {
        let start = monotonicNanoseconds()
        let result: InferenceResponse
        do throws(ServingError) {
            result = try infer(try request(of: batch))
        } catch {
            if batch.allSatisfy(\.isAbandoned) {
                for member in batch { fail(member.call, member.abandonedError) }
            } else if runApart(batch) {
                batchSwitch.turnOff("requests that run alone fail together (\(error.description))", of: self)
            }
            return
        }
        let rows = batch.map(\.rows)
        guard let responses = result.split(rows: rows) else {
            batchSwitch.turnOff("the first extent of an output is not that of the inputs", of: self)
            runApart(batch)
            return
        }
        answer(batch, responses, run: start..<monotonicNanoseconds())
    }

    /// Runs each member alone; whether all went well.
    @discardableResult
    private func runApart(_ batch: [BatchMember]) -> Bool {
        batch.reduce(true) { runAlone($1.call, $1.reading) && $0 }
    }

    /// The request for all members at once.
    private func request(of batch: [BatchMember]) throws(ServingError) -> InferenceRequest {
        let names = batch.first?.reading.core.outputs
        let isSameChoice = batch.allSatisfy { $0.reading.core.outputs == names }
        var request = InferenceRequest(inputs: [], outputs: isSameChoice ? names : nil)
        do throws(TensorError) {
            for input in inputs {
                let parts = batch.compactMap { member in
                    member.reading.core.inputs.first { $0.name == input.name }?.tensor
                }
                request.inputs.append(NamedTensor(name: input.name, tensor: try Tensor(rows: parts)))
            }
        } catch {
            throw ServingError(.resources, error.message)
        }
        request.isAbandoned = { batch.allSatisfy(\.isAbandoned) }
        return request
    }

    /// *Parameter* run: when the model began and ended.
    private func answer(_ batch: [BatchMember], _ responses: [InferenceResponse], run: Range<Int>) {
        var whole = ModelStatistics.Times(queue: 0, input: 0, infer: run.count, output: 0)
        var sends: [ModelCall.Send] = []
        for (member, response) in zip(batch, responses) {
            let start = monotonicNanoseconds()
            do throws(ServingError) {
                guard !member.isAbandoned else { throw member.abandonedError }
                let send = try member.reading.write(response.picking(member.reading.core.outputs))
                let end = monotonicNanoseconds()
                note(member, response, run, written: end)
                whole.input += member.end - member.start
                whole.output += end - start
                sends.append(send)
            } catch {
                fail(member.call, error)
            }
        }
        statistics.addRun(whole, rows: batch.reduce(0) { $0 + $1.rows })
        for send in sends { send() }
    }

    private func note(_ member: BatchMember, _ response: InferenceResponse, _ run: Range<Int>, written: Int) {
        let call = member.call
        statistics.addMember(
            ModelStatistics.Times(
                queue: member.start - call.arrival,
                input: member.end - member.start,
                infer: run.count,
                output: written - run.upperBound
            ),
            rows: member.rows
        )
        call.record?.setTimes(
            RequestRecord.Times(
                queued: call.arrival,
                started: member.start,
                read: member.end,
                computed: run.upperBound,
                written: written
            )
        )
        drift?.observe(member.reading.core.inputs, at: written)
        call.samples?.offer(call.record, self, member.reading.core, response)
        shadow.traffic?.offer(member.reading.core, response)
    }

    private func fail(_ call: ModelCall, _ error: ServingError) {
        statistics.addFailure(nanoseconds: monotonicNanoseconds() - call.arrival)
        call.fail(error)
    }
}

extension InferenceResponse {
    /// The outputs with these names, in their order; all when `nil`.
    fileprivate func picking(_ names: [String]?) -> InferenceResponse {
        guard let names, names != outputs.map(\.name) else { return self }
        return InferenceResponse(outputs: names.compactMap { name in outputs.first { $0.name == name } })
    }
}
