import Delivery
import Streams
import Synchronization

/// How a subscriber is spoken to.
package enum EndpointProtocol: String, CaseIterable, Sendable {
  case websocket
  case sse
  case stream
  case poll

  /// What a route speaks that does not say.
  package static let usual: [EndpointProtocol] = [.websocket, .sse, .stream]
}

/// A route as requests see it: a path, and what it speaks how.
package struct EndpointSettings: Equatable, Sendable {
  package var path: PathPattern
  package var protocols: Set<EndpointProtocol>
  /// The media type of the plain stream.
  package var contentType: String
  package var history: History
  package var replay: Replay
  package var slow: SlowConsumerPolicy
  /// Subscribers are told how the sources do.
  package var health: Bool
  /// What a gap means to a plain stream that cannot carry notes (its messages are not lines of text): it is closed.
  package var isBinary: Bool
  /// Subprotocols that it speaks over WebSocket (RFC 6455 section 1.9).
  package var subprotocols: [String] = []
  package var publish = Publish()
  package var compression = Compression()
  /// How often a quiet subscriber is asked whether it is there; zero: never.
  package var keepAlive = Duration.seconds(25)
  /// How long the clients of an event stream wait before they connect again, each about so long.
  package var retry = Duration.seconds(3)
  /// Whose pages may read it; `nil`: no page of another origin by HTTP, any by WebSocket.
  package var origins: OriginList?

  package init(
    path: PathPattern, protocols: Set<EndpointProtocol>, contentType: String, history: History, replay: Replay,
    slow: SlowConsumerPolicy, health: Bool, isBinary: Bool
  ) {
    self.path = path
    self.protocols = protocols
    self.contentType = contentType
    self.history = history
    self.replay = replay
    self.slow = slow
    self.health = health
    self.isBinary = isBinary
  }
}

/// A route that is served: its settings, the stream behind it, and once a reload has changed it, what follows.
///
/// Its connections hold it, and follow it to its successor when they are told to look: at once, or when they have joined.
package final class Endpoint: Sendable {
  package let settings: EndpointSettings
  /// Opens the stream for one more subscriber. May read the file system; throws `Unavailable`.
  package let open: @Sendable (StreamRequest) throws -> StreamLease
  package let counters: RouteCounters
  private let next = Mutex<Succession?>(nil)

  /// What a reload has made of an endpoint, for the connections that it has.
  package enum Succession: Sendable {
    /// The same stream goes on with other settings.
    case updated(Endpoint)
    /// The path leads to another stream.
    case moved(Endpoint)
    /// There is no such route any more: connections are closed, each at a random moment within so long.
    case removed(within: Duration)
  }

  /// `counters`: of the endpoint that this one succeeds.
  package init(
    _ settings: EndpointSettings, counters: RouteCounters = RouteCounters(),
    open: @escaping @Sendable (StreamRequest) throws -> StreamLease
  ) {
    self.settings = settings
    self.counters = counters
    self.open = open
  }

  /// What follows; `nil`: it is in force, or nobody has been told yet.
  package var succession: Succession? { next.withLock { $0 } }

  /// Whether its stream is the path's no more, by now or by one of several reloads.
  package var isOver: Bool {
    var endpoint = self
    while let succession = endpoint.succession {
      guard case .updated(let next) = succession else { return true }
      endpoint = next
    }
    return false
  }

  /// Sets what follows, once.
  package func retire(_ succession: Succession) { next.withLock { $0 = succession } }
}

/// What happens on a route, whatever reloads make of it.
package final class RouteCounters: Sendable {
  private let current = Atomic<Int>(0)

  package init() {}

  /// Subscribers at the moment, polls included.
  package var subscribers: Int { current.load(ordering: .relaxed) }

  func join() { current.add(1, ordering: .relaxed) }
  func leave() { current.subtract(1, ordering: .relaxed) }
}

/// What of a request decides which stream it gets.
package struct StreamRequest: Sendable {
  package var parameters: PathParameters
  /// Each parameter of the query with its first value.
  package var query: [String: String]
  package var token: ResumeToken?

  package init(parameters: PathParameters, query: [String: String] = [:], token: ResumeToken? = nil) {
    self.parameters = parameters
    self.query = query
    self.token = token
  }
}

/// What becomes of messages that clients send.
package struct Publish: Equatable, Sendable {
  package enum Target: String, CaseIterable, Sendable {
    /// They go back to the client that sent them, and to nobody else.
    case reply
  }

  /// `nil`: messages are refused.
  package var target: Target?
  /// Payload bytes of one message; a longer one is cut off as soon as its length is known.
  package var messageLimit: Int

  package static let defaultMessageLimit = 64 << 10

  package init(target: Target? = nil, messageLimit: Int = defaultMessageLimit) {
    self.target = target
    self.messageLimit = messageLimit
  }
}

/// The stream behind an endpoint cannot be opened now: 503, and a line in the log.
package struct Unavailable: Error {
  package var reason: String
  /// The thing itself is not there: 404.
  package var isMissing: Bool

  package init(reason: String, isMissing: Bool = false) {
    self.reason = reason
    self.isMissing = isMissing
  }
}

/// One subscriber's hold on a group, given back when it leaves.
package struct StreamLease: Sendable {
  package let group: Group
  /// The stream is this subscriber's own and starts where it was opened (a file from its start).
  package let isPrivate: Bool
  /// The group may go with its last user, so that a poll leaves it only some time later.
  package let hasLinger: Bool
  package let release: @Sendable () -> Void

  package init(group: Group, isPrivate: Bool = false, release: (@Sendable () -> Void)? = nil) {
    self.group = group
    self.isPrivate = isPrivate
    hasLinger = release != nil
    self.release = release ?? {}
  }
}
