import ServerCommand
import Testing

@Test func `a folder that the kernel does not watch is named, and one that is not there passed over`() {
    #expect(FolderWatch(["/", "/no/such/folder", "/proc/self/stat/none"]).failure == nil)
    let long = "/" + String(repeating: "x", count: 300)
    #expect(FolderWatch(["/", long]).failure == "`\(long)`: file name too long")
}
