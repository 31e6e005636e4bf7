/// Every form that images are written in, in the order of their names.
package let imageSinks: [any ImageSink] = [
    HybridArchiveSink(),
    DockerArchiveSink(),
    OCIArchiveSink(),
    LayoutFolderSink(),
]
