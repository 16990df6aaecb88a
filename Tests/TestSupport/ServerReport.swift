import Foundation

/// What `sluice status --json` says.
package struct ServerReport: Decodable, Equatable, Sendable {
  package var process: Int32
  package var generation: Int
  package var uptime: Int
  package var connections: Int
  package var paths: [String]
  package var listeners: [String]
  package var sources: [Source]
  package var routes: [Route]
  package var groups: [Group]
  package var lastReload: Receipt?
  package var lastRefusal: String?

  private enum CodingKeys: String, CodingKey {
    case process, generation, uptime, connections, paths, listeners, sources, routes, groups
    case lastReload = "last_reload"
    case lastRefusal = "last_refusal"
  }

  package struct Source: Decodable, Equatable, Sendable {
    package var name: String
    package var kind: String
    package var state: String
    package var reason: String
    package var messages: Int
    package var failures: Int
  }

  package struct Route: Decodable, Equatable, Sendable {
    package var path: String
    package var subscribers: Int
  }

  package struct Group: Decodable, Equatable, Sendable {
    package var name: String
    package var subscribers: Int
    package var messages: Int
  }

  package struct Receipt: Decodable, Equatable, Sendable {
    package var generation: Int
    package var milliseconds: Double
    package var connections: Connections
    package var plan: Plan
  }

  package struct Connections: Decodable, Equatable, Sendable {
    package var kept: Int
    package var moved: Int
    package var closed: Int

    package init(kept: Int, moved: Int = 0, closed: Int = 0) {
      self.kept = kept
      self.moved = moved
      self.closed = closed
    }
  }

  package struct Plan: Decodable, Equatable, Sendable {
    package var routes = Changes()
    package var sources = Changes()
    package var groups = Changes()
    package var filters = Changes()
    package var listeners = Changes()
    package var server: [String] = []
    package var notes: [String] = []

    package init() {}
  }

  package struct Changes: Decodable, Equatable, Sendable {
    package var added: [String] = []
    package var changed: [Change] = []
    package var removed: [String] = []
    package var kept = 0

    package init() {}
  }

  package struct Change: Decodable, Equatable, Sendable {
    package var name: String
    package var keys: [String]

    package init(_ name: String, _ keys: [String] = []) {
      self.name = name
      self.keys = keys
    }
  }

  package init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

  package func source(_ name: String) -> Source? { sources.first { $0.name == name } }
  package func route(_ path: String) -> Route? { routes.first { $0.path == path } }
  package func group(_ name: String) -> Group? { groups.first { $0.name == name } }
}
