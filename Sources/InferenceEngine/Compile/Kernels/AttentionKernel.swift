import CKernels

/// Attention by heads; inputs are q, k and v and, where there is one, the mask that is added.
struct AttentionKernel: Kernel {
    struct Strides: Sendable {
        let batch: Int
        let head: Int
        let row: Int

        fileprivate var steps: ck_head_strides { ck_head_strides(batch: batch, head: head, row: row) }
    }

    let batches: Int
    let heads: Int
    let keyHeads: Int
    let queries: Int
    let keys: Int
    let headSize: Int
    let valueSize: Int
    let q: Strides
    let k: Strides
    let v: Strides
    let y: Strides
    let scale: Float
    var softcap: Float = 0
    var mask: Strides?
    var isCausal = false
    var causalOffset = 0
    /// With `isCausal`, how many keys a query sees at most; 0 for all.
    var window = 0
    /// Whether a query that sees no key gets NaN, and not zeros.
    var isEmptyNaN = false
    private(set) var scratchByteCount = 0

    /// With the scratch that it needs.
    func sized(for tables: KernelTables) -> AttentionKernel {
        var sized = self
        sized.scratchByteCount = withUnsafePointer(to: description) {
            tables.kernels.pointee.f32_attention_scratch_size($0, UInt32(tables.threads.threadCount))
        }
        return sized
    }

    var label: String {
        "attention \(batches)×\(heads) heads, \(queries) × \(keys) × \(headSize)" + (mask == nil ? "" : " + mask")
            + (isCausal ? ", causal" : "")
    }
    var floatingPointOperationCount: Int { 2 * batches * heads * queries * keys * (headSize + valueSize) }

    private var description: ck_attention {
        var attention = ck_attention()
        attention.batches = batches
        attention.heads = heads
        attention.kv_heads = keyHeads
        attention.queries = queries
        attention.keys = keys
        attention.head_size = headSize
        attention.value_size = valueSize
        attention.q_strides = q.steps
        attention.k_strides = k.steps
        attention.v_strides = v.steps
        attention.y_strides = y.steps
        attention.scale = scale
        attention.softcap = softcap
        if let mask { attention.mask_strides = mask.steps }
        attention.causal = isCausal
        attention.causal_offset = Int64(causalOffset)
        attention.window = window
        attention.is_empty_nan = isEmptyNaN
        return attention
    }

    func run(_ call: borrowing KernelCall) {
        var attention = description
        attention.q = call.input(0)
        attention.k = call.input(1)
        attention.v = call.input(2)
        if mask != nil { attention.mask = call.input(3) }
        attention.y = call.output(0)
        withUnsafePointer(to: attention) {
            call.tables.kernels.pointee.f32_attention($0, call.scratch, call.tables.pool)
        }
    }
}
