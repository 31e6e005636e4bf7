import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// The page for people at `/`, and what describes the server to programs.
///
/// *Parameter* routes: what else is served on the port, which is described.
package func pageRoutes(describing routes: [Route]) -> [Route] {
    let documents = [openAPI(of: routes), azureSwagger(of: routes)]
    let home = homeDocument(routes + documents)
    return documents + [
        Route("GET", "/", group: .open) { call in
            let takesPage = call.request.values(of: "accept").contains { value in
                value.lowercased().split { ",; ".contains($0) }.contains("text/html")
            }
            return takesPage ? pageIndex.response(to: call.request) : HTTPResponse(.ok, home)
        },
        Route("GET", "/page/{file}", group: .open) { call in
            let name = call.parameters["file", default: ""]
            return pageFiles[name]?.response(to: call.request)
                ?? HTTPResponse(.notFound, error: "the page has no file `\(name)`")
        },
    ]
}

/// What a program is told at `/`: that the server lives, who answers, and the paths that there are with their methods.
///
/// *Source*: KServe, V1 Inference Protocol, Server Live.
private func homeDocument(_ routes: [Route]) -> JSONValue {
    var paths = JSONObject()
    for route in routes {
        paths[route.path] = .array((paths[route.path]?.array ?? []) + [.string(route.method)])
    }
    return [
        "status": "alive", "name": .string(serverName), "version": .string(mlpackVersion), "paths": .object(paths),
    ]
}

private let pageIndex = PageFile("text/html; charset=utf-8", PackageResources.index_html)

/// What the page loads, by its name.
private let pageFiles: [String: PageFile] = [
    "answer.js": PageFile(script, PackageResources.answer_js),
    "charts.js": PageFile(script, PackageResources.charts_js),
    "documents.js": PageFile(script, PackageResources.documents_js),
    "elements.js": PageFile(script, PackageResources.elements_js),
    "form.js": PageFile(script, PackageResources.form_js),
    "icon.svg": PageFile("image/svg+xml", PackageResources.icon_svg),
    "models.js": PageFile(script, PackageResources.models_js),
    "page.css": PageFile("text/css; charset=utf-8", PackageResources.page_css),
    "page.js": PageFile(script, PackageResources.page_js),
    "server.js": PageFile(script, PackageResources.server_js),
]

private let script = "text/javascript; charset=utf-8"
