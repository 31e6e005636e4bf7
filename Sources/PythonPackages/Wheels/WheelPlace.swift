import Diagnostics

/// Where a member of a wheel goes.
struct WheelPlace {
    /// The path relative to the root.
    let path: String
    /// The path within its part of the wheel.
    let name: String
    let isScript: Bool
    /// Whether the installation writes the file itself.
    let isGenerated: Bool

    /// Finds the place of a member.
    ///
    /// *Throws*: `wheel` for a part of the `.data` folder that no installation knows.
    /// *Source*: PyPA's Binary distribution format, The .data directory.
    init(of member: String, in wheel: Wheel, _ scheme: InstallationScheme) throws(PythonPackageError) {
        let parts = split(member) { $0 == UInt8(ascii: "/") }
        let dataFolder = wheel.infoFolder.dropLast(".dist-info".count) + ".data"
        let infoFiles = ["INSTALLER", "RECORD", "REQUESTED", "direct_url.json"]
        isGenerated = infoFiles.contains { member == "\(wheel.infoFolder)/\($0)" }
        guard let first = parts.first, lowercasedASCII(first) == lowercasedASCII(dataFolder) else {
            path = InstallationScheme.path(scheme.site, member)
            name = member
            isScript = false
            return
        }
        guard first == dataFolder, parts.count >= 3 else {
            throw PythonPackageError(
                .wheel,
                "the member stands where no installation looks, expected `\(dataFolder)/<part>/`"
            )
        }
        name = parts[2...].joined(separator: "/")
        isScript = parts[1] == "scripts"
        let folder: String
        switch parts[1] {
        case "purelib", "platlib": folder = scheme.site
        case "scripts": folder = scheme.scripts
        case "headers": folder = InstallationScheme.path(scheme.headers, wheel.fileName.name)
        case "data": folder = scheme.data
        default:
            throw PythonPackageError(
                .wheel,
                "no installation knows the part `\(parts[1])`, "
                    + "expected `purelib`, `platlib`, `scripts`, `headers` or `data`"
            )
        }
        path = InstallationScheme.path(folder, name)
    }
}
