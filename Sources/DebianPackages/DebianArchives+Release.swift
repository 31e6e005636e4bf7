import Diagnostics
import Downloads
import Files
import Glibc

extension DebianArchives {
    /// The release file of a suite, verified; `nil` when the source does not have the suite.
    func release(_ source: AptSource, _ suite: String, _ warn: (String) -> Void) throws -> ReleaseFile? {
        let base = "\(source.address)/dists/\(suite)"
        do {
            let text = try verifiedRelease(base, source, warn)
            return try locating(.file("\(base)/InRelease")) { () throws(DebianPackagesError) in
                let release = try ReleaseFile(text)
                // What is kept was up to date when it was fetched, and `warn` says when that was.
                try release.check(suite: suite, now: downloader.isOffline ? nil : policy.now)
                return release
            }
        } catch let error as DownloadError where error.code == .notFound {
            warn("\(source.address) has no suite `\(suite)`")
            return nil
        } catch let error as DownloadError where error.code == .offline {
            warn("the cache has no suite `\(suite)` of \(source.address)")
            return nil
        }
    }

    private func verifiedRelease(_ base: String, _ source: AptSource, _ warn: (String) -> Void) throws -> [UInt8] {
        let address = "\(base)/InRelease"
        let signed: [UInt8]
        do {
            signed = try releaseFile(at: address, warn)
        } catch let error as DownloadError
            where [.notFound, .offline].contains(error.code) && policy.allowsUnsigned
        {
            let unsigned = try releaseFile(at: "\(base)/Release", warn)
            warn("`\(base)/Release` is not signed")
            try keep(unsigned, of: "\(base)/Release")
            return unsigned
        }
        do {
            let keyrings = source.keyrings.isEmpty ? Keyring.ofMachine() : source.keyrings
            let text = try verifiedText(of: signed, name: address, keyrings: keyrings)
            try keep(signed, of: address)
            return text
        } catch let error as DebianPackagesError
            where [.signature, .unsupported].contains(error.code) && policy.allowsUnsigned
        {
            warn("the signature is not verified: \(error)")
            try keep(signed, of: address)
            return signed
        }
    }

    /// The release file at an address; offline, the one that was accepted last.
    private func releaseFile(at address: String, _ warn: (String) -> Void) throws -> [UInt8] {
        guard downloader.isOffline else { return try downloader.bytes(at: address, limit: KeptRelease.byteLimit) }
        guard let kept = KeptRelease(of: address, in: downloader.store) else {
            throw DownloadError(.offline, at: .file(address), "it is not in the cache, and nothing is fetched offline")
        }
        warn("offline: `\(address)` is as it was \(kept.age(at: time(nil))) ago")
        return kept.text
    }

    private func keep(_ text: [UInt8], of address: String) throws {
        guard !downloader.isOffline else { return }
        try KeptRelease(text: text, fetchedAt: time(nil)).save(of: address, in: downloader.store)
    }
}
