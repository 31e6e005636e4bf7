import Diagnostics
import Environments
import Testing

/// Environment YAML of Azure ML, after the examples of its command line.
@Suite struct AzureEnvironmentTests {
    private func manifest(_ text: String, files: [String: String] = [:]) throws -> EnvironmentManifest {
        try EnvironmentManifest(Array(text.utf8)) { name in Array((files[name] ?? "").utf8) }
    }

    private func words(_ text: String, files: [String: String] = [:]) -> String {
        do {
            _ = try manifest(text, files: files)
            return "no error"
        } catch let error as any Diagnostic {
            return DiagnosticText(error).description
        } catch {
            return "\(error)"
        }
    }

    private static let image = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04"
    private static let conda = """
        name: sklearn
        channels: [conda-forge]
        dependencies:
          - python=3.11
          - numpy=1.26
          - conda-forge::scipy>=1.11
          - pip
          - pip:
              - scikit-learn~=1.5.0
              - azureml-inference-server-http

        """

    @Test func `a conda file becomes Debian's Python and requirements`() throws {
        let manifest = try manifest(
            """
            $schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
            name: docker-image-plus-conda
            version: 3
            description: Environment created from a Docker image plus Conda environment.
            tags: {OS: Ubuntu22.04}
            image: \(Self.image)
            conda_file: conda-yamls/pydata.yml
            inference_config:
              liveness_route: {port: 5001, path: /}
              readiness_route: {port: 5001, path: /}
              scoring_route: {port: 5001, path: /score}

            """,
            files: ["conda-yamls/pydata.yml": Self.conda]
        )
        #expect(manifest.name == "docker-image-plus-conda" && manifest.version == "3")
        #expect(
            manifest.python?.requirements == [
                "numpy==1.26.*", "scipy>=1.11", "scikit-learn~=1.5.0", "azureml-inference-server-http",
            ]
        )
        #expect(manifest.python?.version == "3.11" && manifest.debian?.suites.first == "bookworm")
        #expect(manifest.routes.scoring == .init(path: "/score", port: 5001))
        #expect(manifest.ports == [5001])
        #expect(manifest.base == nil)
        #expect(manifest.companions == ["conda-yamls/pydata.yml"])
        #expect(manifest.notes.contains { $0.contains(Self.image) })
    }

    static let specs: [(spec: String, requirement: String)] = [
        ("numpy", "numpy"), ("NumPy=1.26", "numpy==1.26.*"), ("numpy 1.26", "numpy==1.26"),
        ("numpy =1.26", "numpy==1.26.*"), ("numpy 1.26.*", "numpy==1.26.*"), ("numpy=1.26*", "numpy==1.26.*"),
        ("numpy==1.26.4", "numpy==1.26.4"), ("numpy *", "numpy"), ("pandas=2.1,<3", "pandas==2.1.*,<3"),
        ("conda-forge/linux-64::scipy >= 1.11, <2", "scipy>=1.11,<2"), ("scipy !=1.9.2", "scipy!=1.9.2"),
    ]

    @Test(arguments: specs) func `a version of conda becomes one of PEP 440`(spec: String, requirement: String) throws {
        let manifest = try manifest("name: a\nconda_file: {dependencies: [python 3.11.4, '\(spec)']}\n")
        #expect(manifest.python?.requirements == [requirement])
        #expect(manifest.python?.version == "3.11")
    }

    @Test func `an image with a digest is the base`() throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let manifest = try manifest("name: plain\nimage: \(Self.image)@\(digest)\n")
        #expect(manifest.base == "\(Self.image)@\(digest)")
        #expect(!manifest.isLocked && manifest.entrypoint.isEmpty)
    }

    static let refused: [(text: String, words: String)] = [
        (
            "name: a\nimage: \(image)\n",
            """
            error: line 2:8: the image has no digest, so that another could stand in for it later, expected \
            `name@sha256:…`, got `\(image)`
            hint: `mlpack image inspect \(image)` shows the digest that the name has now
            """
        ),
        (
            "name: a\nbuild: {path: docker-contexts}\n",
            """
            error: line 2:8: `build` runs the commands of a Dockerfile, which images here never do
            hint: name what they install in an environment of mlpack's: `mlpack environment init <name>`
            """
        ),
        (
            "name: a\nimage: i\nos_type: Windows\n",
            "error: line 3:10: the operating system is not supported, expected `linux`, got `Windows`"
        ),
        (
            "name: a\nimage: i\nconda_file: {dependencies: [python=3.8]}\n",
            "error: line 3:29: no supported release of Debian has this Python, expected `3.11` or `3.13`, got `3.8`"
        ),
        (
            "name: a\nconda_file: {dependencies: [python=3.11, cudatoolkit=11.8]}\n",
            """
            error: line 2:42: conda's package `cudatoolkit` has no known counterpart on PyPI
            hint: name what is needed of it below `pip:`
            """
        ),
        (
            "name: a\nconda_file: {dependencies: [{pip: [--extra-index-url=https://example.org]}]}\n",
            """
            error: line 2:36: options of pip are not read here, expected a requirement such as `numpy>=1.26`, got \
            `--extra-index-url=https://example.org`
            """
        ),
        (
            "name: a\nconda_file: {dependencies: [numpy 1.26 py311_0]}\n",
            "error: line 2:29: builds of conda have no counterpart on PyPI, expected `name=version`, got "
                + "`numpy 1.26 py311_0`"
        ),
        (
            "name: a\nconda_file: {dependencies: [numpy=1.26=py311_0]}\n",
            "error: line 2:29: builds of conda have no counterpart on PyPI, expected `name=version`, got "
                + "`numpy=1.26=py311_0`"
        ),
        (
            "name: a\nconda_file: {dependencies: ['numpy 1.25|1.26']}\n",
            "error: line 2:29: alternatives have no counterpart on PyPI, expected `name=version`, got "
                + "`numpy 1.25|1.26`"
        ),
        (
            "name: a\nconda_file: {dependencies: ['numpy[version=1.26]']}\n",
            "error: line 2:29: brackets of a MatchSpec are not read here, expected `name=version`, got "
                + "`numpy[version=1.26]`"
        ),
        (
            "name: a\nconda_file: {dependencies: ['numpy >=']}\n",
            "error: line 2:29: a version is missing, expected `name=version`, got `numpy >=`"
        ),
        (
            "name: a\nconda_file: {dependencies: ['python >=3.11']}\n",
            "error: line 2:29: the version of Python is open, expected such as `python=3.11`, got `python >=3.11`"
        ),
        (
            "name: a\nimage: i\ndatastore: x\n",
            """
            error: line 3:1: unknown key `datastore`
            hint: known keys: `$schema`, `name`, `version`, `description`, `tags`, `image`, `build`, `conda_file`, \
            `os_type`, `inference_config`
            """
        ),
    ]

    @Test(arguments: refused) func `what does not map is refused by name`(text: String, words: String) {
        #expect(self.words(text) == words)
    }
}
