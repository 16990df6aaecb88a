import JSONText
import Streams

/// A message of the server's own to one subscriber, marked as such in every protocol: `{"sluice":"…"}`, an SSE event `sluice.…`.
package enum Note: Equatable, Sendable {
  case gap(Gap)
  case health(Health)
  /// Where the subscriber starts, for one that asked to resume and cannot read response heads.
  case position(ResumeToken)

  /// The word behind `sluice.` in an SSE event's name.
  package var name: String {
    switch self {
    case .gap: "gap"
    case .health: "health"
    case .position: "position"
    }
  }

  package var json: String { "{\"sluice\":\"\(name)\"\(members)}" }

  /// The data of the SSE event.
  var data: String { "{\(members.dropFirst())}" }

  private var members: String {
    switch self {
    case .gap(let gap):
      ",\"missed\":\(gap.missed.map(String.init) ?? "null"),\"after\":\"\(gap.resumed)\""
    case .health(let health):
      ",\"source\":\(JSONText.quoted(health.source)),\"state\":\"\(health.state.rawValue)\""
    case .position(let token): ",\"after\":\"\(token)\""
    }
  }
}
