import Foundation

/// What `sluice reload` or a refused one came to.
package struct ReloadFailed: Error, CustomStringConvertible {
  package var description: String
}

extension SluiceProcess {
  /// Writes the routes in the place of those it serves, as `serve` does; the server does not look at them by itself.
  package func write(routes: String, server: String = "") throws {
    try folder.write("routes.yaml", Self.configuration(routes, server: server))
  }

  /// Reloads with these routes, and returns the receipt.
  @discardableResult
  package func reload(_ routes: String, server: String = "") async throws -> String {
    try write(routes: routes, server: server)
    return try await reload()
  }

  /// Reloads with the files as they are, and returns the receipt.
  @discardableResult
  package func reload() async throws -> String {
    let result = try await run(["reload"])
    guard result.status == 0 else { throw ReloadFailed(description: "\(result.status): \(result.errors)") }
    return result.output
  }

  /// What `sluice status --json` tells.
  package func status() async throws -> ServerReport {
    let result = try await run(["status", "--json"])
    return try ServerReport(json: result.output)
  }
}

extension SluiceProcess {
  /// The number that a file of its folder holds: the id of a process that wrote it there.
  package func number(in file: String) -> Int32? {
    guard let text = try? String(contentsOfFile: folder(file), encoding: .utf8) else { return nil }
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

extension Sequence {
  /// One after the other.
  package func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var out: [T] = []
    for element in self { out.append(try await body(element)) }
    return out
  }
}
