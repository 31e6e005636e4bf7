/// Every form that `mlpack image build` writes.
package let imageSinks: [any ImageSink] = [
    HybridArchiveSink(),
    LayoutFolderSink(),
]
