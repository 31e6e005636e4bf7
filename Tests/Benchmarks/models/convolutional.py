"""MobileNetV2 and ResNet-50 as PyTorch exports them: batch normalisation folded into the convolutions."""

from graph import Graph


def _finish(graph, x, width, path):
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x), axis=1)
    graph.output(graph.gemm(x, width, 1000), "output", ["batch", 1000])
    graph.save(path)


def mobilenetv2(path):
    graph = Graph("mobilenetv2")
    low, high = graph.constant(0.0), graph.constant(6.0)

    def relu6(x):
        return graph.node("Clip", x, low, high)

    x = relu6(graph.conv(graph.input("input", ["batch", 3, 224, 224]), 3, 32, 3, stride=2))
    channels = 32
    for expansion, outputs, repeats, first_stride in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:  # fmt: skip
        for index in range(repeats):
            stride, width = first_stride if index == 0 else 1, channels * expansion
            y = relu6(graph.conv(x, channels, width, 1)) if expansion > 1 else x
            y = relu6(graph.conv(y, width, width, 3, stride=stride, group=width))
            y = graph.conv(y, width, outputs, 1, gain=0.7)
            x = graph.node("Add", x, y) if stride == 1 and channels == outputs else y
            channels = outputs
    _finish(graph, relu6(graph.conv(x, channels, 1280, 1)), 1280, path)


def resnet50(path):
    graph = Graph("resnet50")
    x = graph.node("Relu", graph.conv(graph.input("input", ["batch", 3, 224, 224]), 3, 64, 7, stride=2))
    x = graph.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for width, repeats, first_stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for index in range(repeats):
            stride = first_stride if index == 0 else 1
            y = graph.node("Relu", graph.conv(x, channels, width, 1))
            y = graph.node("Relu", graph.conv(y, width, width, 3, stride=stride))
            y = graph.conv(y, width, 4 * width, 1, gain=0.5)
            shortcut = graph.conv(x, channels, 4 * width, 1, stride=stride, gain=0.8) if index == 0 else x
            x = graph.node("Relu", graph.node("Add", y, shortcut))
            channels = 4 * width
    _finish(graph, x, channels, path)
