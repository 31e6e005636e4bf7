import DebianPackages
import TestSupport
import Testing

@Suite struct DebianVersionTests {
    /// Every pair is put to Debian's own `dpkg --compare-versions`.
    @Test func `the order is dpkg's`() throws {
        let versions = [
            "1", "1.0", "1.0-1", "1:0.1", "1.0~rc1", "1.0~", "1.0~~", "1.0+b1", "1.0a", "1.0.1", "10", "9", "1.00",
            "20230311+deb12u1", "20250419~deb12u2", "20250419", "1.0-1.1", "1.0-1~bpo12+1", "0", "2.36-9+deb12u10",
            "2.36-9+deb12u9", "1.2.3-a-1", "a", "1.a", "1.~a",
        ]
        var script = ""
        for left in versions {
            for right in versions { script += "dpkg --compare-versions '\(left)' lt '\(right)' && echo 1 || echo 0\n" }
        }
        let answers = try runTool(script).output.split(separator: "\n")
        try #require(answers.count == versions.count * versions.count)
        for (i, left) in versions.enumerated() {
            for (j, right) in versions.enumerated() {
                let isLess = DebianVersion(left) < DebianVersion(right)
                #expect(isLess == (answers[i * versions.count + j] == "1"), "\(left) < \(right)")
            }
        }
    }
}
