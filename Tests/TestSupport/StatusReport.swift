import Foundation

/// What `sluice status --json` says, as far as tests look at it.
package struct StatusReport: Decodable, Sendable {
  package var process: Int
  package var generation: Int
  package var connections: Int
  package var listeners: [String]
  package var sources: [Source]
  package var last_reload: Receipt?
  package var last_refusal: String?

  package struct Source: Decodable, Equatable, Sendable {
    package var name: String
    package var state: String
    package var failures: Int
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
}
