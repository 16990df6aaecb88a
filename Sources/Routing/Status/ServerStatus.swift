import Streams

/// How a server does, at one moment.
package struct ServerStatus: Equatable, Sendable {
  package struct Source: Equatable, Sendable {
    package var name: String
    /// "exec", "pipe", …
    package var kind: String
    package var state: Health.State
    /// Why, in words: "feed runs as process 4711".
    package var reason: String
    package var messages: Int
    package var bytes: Int
    /// Messages dropped because they were too long, or cut off.
    package var dropped: Int
    package var failures: Int
  }

  package struct Route: Equatable, Sendable {
    package var path: String
    package var subscribers: Int
  }

  package struct Group: Equatable, Sendable {
    package var name: String
    package var subscribers: Int
    /// Messages published since it was made.
    package var messages: Int
  }

  /// The server's process.
  package var process: Int
  package var generation = 1
  /// Seconds since the start.
  package var uptime: Int
  /// The configuration's files and folders, absolute.
  package var paths: [String] = []
  package var listeners: [String] = []
  package var connections = 0
  package var sources: [Source] = []
  package var routes: [Route] = []
  package var groups: [Group] = []
  /// Of the last reload that took effect.
  package var lastReload: Receipt?
  /// Why the last reload was refused, if the last was.
  package var lastRefusal: String?

  package init(process: Int, uptime: Int) {
    self.process = process
    self.uptime = uptime
  }
}
