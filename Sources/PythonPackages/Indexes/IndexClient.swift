import ContentStore
import Diagnostics
import Downloads
import Files

/// Finds the files of projects in the places where packages come from, each page once.
final class IndexClient {
    let indexes: PackageIndexes
    let downloader: Downloader
    private var connection: IndexConnection?
    private var pages: [PackageIndexes.Source: IndexPage] = [:]
    private var folders: [String: [String]] = [:]
    private var projects: [String: ProjectFiles] = [:]

    /// The most bytes that a page may have; the largest ones of PyPI have about 40 MiB.
    private let pageLimit = 128 << 20

    init(_ indexes: PackageIndexes, _ downloader: Downloader) {
        self.indexes = indexes
        self.downloader = downloader
    }

    /// What all places together offer of a project; `nil` when none knows it.
    ///
    /// *Throws*: errors of downloads, and `index` for a page that is none.
    func files(of project: String) throws -> ProjectFiles? {
        if let known = projects[project] { return known }
        var all = ProjectFiles()
        var isKnown = false
        var names: Set<String> = []
        for source in indexes.sources {
            guard let files = try files(of: project, in: source) else { continue }
            isKnown = isKnown || files.otherCount > 0 || !files.wheels.isEmpty
            all.otherCount += files.otherCount
            for wheel in files.wheels where names.insert(wheel.name.text).inserted { all.wheels.append(wheel) }
        }
        if isKnown { projects[project] = all }
        return isKnown ? all : nil
    }

    private func files(of project: String, in source: PackageIndexes.Source) throws -> ProjectFiles? {
        switch source {
        case .folder(let path): return try files(of: project, inFolder: path)
        case .page(let address):
            if let page = pages[source] { return page.files(of: project, from: address) }
            guard let page = try page(at: address) else {
                throw PythonPackageError(.notFound, at: .file(address.description), "there is no such page")
            }
            pages[source] = page
            return page.files(of: project, from: address)
        case .index(let index):
            let address = index.page(of: project)
            return try page(at: address)?.files(of: project, from: address)
        }
    }

    private func files(of project: String, inFolder path: String) throws -> ProjectFiles {
        let names = try folders[path] ?? folderNames(path)
        folders[path] = names
        var files = ProjectFiles()
        for name in names {
            guard let wheel = WheelFileName(name) else {
                if isSource(name, of: project) { files.otherCount += 1 }
                continue
            }
            guard wheel.name == project else { continue }
            let file = IndexFile(
                name: wheel,
                location: .local(path: "\(path)/\(name)"),
                digest: nil,
                byteCount: nil,
                requiresPython: VersionSpecifiers(),
                isYanked: false,
                metadataDigest: nil
            )
            files.wheels.append(file)
        }
        return files
    }

    private func page(at address: ServerAddress) throws -> IndexPage? {
        let accept = """
            application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01
            """
        guard let answer = try ask(.get, address, accept: accept, limit: pageLimit) else { return nil }
        let type = split(answer.response["content-type"] ?? "") { $0 == UInt8(ascii: ";") }.first ?? ""
        do {
            switch lowercasedASCII(trimmed(type)) {
            case "application/vnd.pypi.simple.v1+json": return try IndexPage(json: answer.body, at: answer.address)
            case "application/vnd.pypi.simple.v1+html", "text/html":
                return try IndexPage(html: answer.body, at: answer.address)
            default:
                throw PythonPackageError(
                    .index,
                    "the page has another type, expected JSON or HTML of an index, got `\(type)`"
                )
            }
        } catch let error as any Diagnostic {
            throw error.within(.file(address.description))
        }
    }

    /// The size of a file as its server says it.
    func byteCount(of file: IndexFile, at address: ServerAddress) throws -> Int {
        let answer = try ask(.head, address, limit: 0)
        guard let byteCount = answer?.response["content-length"].flatMap({ Int($0) }),
            (1...Downloader.byteLimit).contains(byteCount)
        else {
            throw PythonPackageError(
                .index,
                at: .file(address.description),
                "neither the index nor the server says how large the file is"
            )
        }
        return byteCount
    }

    /// The `METADATA` that stands beside a file; `nil` when the server has none.
    func metadata(at address: ServerAddress, _ digest: Digest) throws -> [UInt8]? {
        if downloader.store.byteCount(of: digest) != nil {
            return try downloader.store.read(digest, limit: CoreMetadata.byteLimit)
        }
        let beside = WebAddress(
            scheme: address.address.scheme,
            authority: address.address.authority,
            path: address.address.path + ".metadata",
            query: address.address.query
        )
        let place = ServerAddress(beside, credentials: address.credentials)
        guard let answer = try ask(.get, place, limit: CoreMetadata.byteLimit) else { return nil }
        let got = Digest(of: answer.body)
        guard got == digest else {
            throw DownloadError(
                .digestMismatch,
                at: .file(place.description),
                "the file has another digest, expected `\(digest)`, got `\(got)`"
            )
        }
        _ = try downloader.store.add(answer.body)
        return answer.body
    }

    private func ask(
        _ method: HTTPRequest.Method,
        _ address: ServerAddress,
        accept: String = "*/*",
        limit: Int
    ) throws -> IndexConnection.Answer? {
        guard !downloader.isOffline else {
            throw DownloadError(.offline, at: .file(address.description), "nothing is fetched offline")
        }
        let connection = try connection ?? IndexConnection(indexes.retries)
        self.connection = connection
        return try connection.ask(method, address, accept: accept, limit: limit)
    }
}
