import Environments
import Testing

@Suite struct PythonDistributionTests {
    private static let folder = "usr/lib/python3/dist-packages"

    static let paths: [(path: String, found: String?)] = [
        ("\(folder)/PyYAML-6.0.dist-info/METADATA", "pyyaml 6.0"),
        ("\(folder)/ruamel_yaml-0.17.21.egg-info/PKG-INFO", "ruamel-yaml 0.17.21"),
        ("\(folder)/PyGObject-3.42.2.egg-info", "pygobject 3.42.2"),
        ("\(folder)/numpy-1.24.2-py3.11.egg-info/PKG-INFO", "numpy 1.24.2"),
        ("\(folder)/gpg-1.18.0-unknown.egg-info", "gpg 1.18.0"),
        ("\(folder)/apt-unknown.egg-info", nil), ("\(folder)/yaml/__init__.py", nil),
        ("\(folder)/PyYAML-6.0.dist-info/RECORD", nil), ("\(folder)/a/b-1.dist-info/METADATA", nil),
        ("\(folder)/.dist-info/METADATA", nil), ("\(folder)/-.egg-info", nil), (folder, nil), ("", nil),
        ("usr/share/PyYAML-6.0.dist-info/METADATA", nil),
    ]

    @Test(arguments: paths) func `a project is what its metadata calls it`(path: String, found: String?) {
        #expect(PythonDistribution(metadataPath: path).map { "\($0.name) \($0.version)" } == found)
    }
}
