import Delivery
import Filters
import Ingest
import Serving
import Streams

/// How a request gets its stream.
typealias Opener = @Sendable (StreamRequest) throws -> StreamLease

/// What stands behind a route: makes the streams of its requests. Owned by the topology.
protocol RouteStream: AnyObject {
  /// Opens a stream for a request; may be called long after the route has gone.
  var open: Opener { get }
  /// What the route's sources feed; `nil`: it has none.
  var entrance: (any Sink)? { get }

  /// Goes on as another definition says, which continues the one before. Sources are set by the topology.
  func apply(_ new: RouteDefinition)

  /// The sources that its filters may close.
  func setFeeders(_ sources: [RunningSource])

  /// Goes on for its subscribers alone: the route is no more, or has another stream.
  func endInto()

  /// Lets all go that feeds it. Its subscribers have been told.
  func close()
}

extension RouteStream {
  var entrance: (any Sink)? { nil }
  func setFeeders(_ sources: [RunningSource]) {}
  func endInto() {}
}

extension RouteDefinition {
  var name: String { "route '\(endpoint.path.text)'" }

  /// A stream that runs for it.
  func makeStream(in context: RunningContext) -> any RouteStream {
    switch form {
    case .eachFile: FileStream(self, in: context)
    case .group(let template): GroupStream(template, self, in: context)
    case .filteredGroups(let template, let use): FilteredGroupStream(template, use, self, in: context)
    case .own(let use): OwnStream(use, self, in: context)
    }
  }

  /// What the groups of its streams have.
  func groupSettings(in context: RunningContext) -> GroupPool.Settings {
    GroupPool.Settings(
      history: history, holdLimit: holdLimit, keying: latestBy.map { context.keying(by: $0, for: name) })
  }

  /// What the streams have that are made for values of requests.
  func derivedSettings(_ steps: [FilterStep], in context: RunningContext) -> DerivedStreams.Settings {
    DerivedStreams.Settings(
      name: name, steps: steps, onError: onError, group: groupSettings(in: context), limit: streamLimit)
  }
}

extension NameTemplate {
  /// The name for a request.
  func group(of request: StreamRequest) throws -> String {
    guard let name = name(request.parameters) else {
      throw Unavailable(reason: "the group's name would be too long", isMissing: true)
    }
    return name
  }
}

extension FilterUse {
  /// What it uses of a request.
  func parameters(of request: StreamRequest) -> FilterParameters {
    parameters(path: request.parameters.byName, query: request.query)
  }
}

extension Unavailable {
  static let noMoreStreams = Unavailable(
    reason: "there are as many streams as 'streams' of server.limits allows")
}

extension PathParameters {
  var byName: [String: String] {
    Dictionary(zip(names, values), uniquingKeysWith: { _, last in last })
  }
}
