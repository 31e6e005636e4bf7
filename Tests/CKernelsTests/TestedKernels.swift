import CKernels
import Testing

@Test("each kernel of the table is tested")
func everyKernelIsTested() {
    var count = 0
    let names = ck_kernel_names(&count)
    let all = (0..<count).compactMap { names?[$0].map { String(cString: $0) } }
    let tested = [
        attentionKernels, convKernels, elementwiseKernels, gemmKernels, movementKernels, normKernels, quantizeKernels,
        recurrentKernels, treeKernels,
    ]
    #expect(Set(all) == Set(tested.joined()))
}
