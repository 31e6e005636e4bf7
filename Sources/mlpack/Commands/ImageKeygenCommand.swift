import ArgumentParser
import Signing

struct ImageKeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make a pair of keys to sign images with.",
        discussion: """
            Writes an ECDSA key of the curve P-256 as cosign does, so that either signs and verifies with it: the private \
            key encrypted with a password, which comes from $COSIGN_PASSWORD, the terminal or a pipe. Files that are there \
            are not written over.
            """
    )

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("What the names of the two files start with.", valueName: "prefix")
    )
    var output = "cosign"

    func run() throws {
        let files = KeyFiles(prefix: output)
        try files.checkFree()
        try files.write(SigningKey.generate(), password: keyPassword(isNew: true))
        print("\(files.privatePath)\n\(files.publicPath)")
    }
}
