/// What to measure, from the command line.
struct Plan {
  var subscribers = 1000
  var messages = 150
  /// Messages a second: slow enough that each is sent by itself.
  var rate = 50
  var rounds = 5
  /// Only what is served so.
  var only: Case.Endpoint?

  struct Usage: Error, CustomStringConvertible {
    var description: String {
      "usage: compression-benchmark [subscribers=N] [messages=N] [rate=N] [rounds=N] [only=websocket|sse]"
    }
  }

  init(_ arguments: some Sequence<String>) throws(Usage) {
    for argument in arguments {
      let parts = argument.split(separator: "=").map(String.init)
      guard parts.count == 2 else { throw Usage() }
      if parts[0] == "only" {
        guard let endpoint = Case.Endpoint(rawValue: parts[1]) else { throw Usage() }
        only = endpoint
        continue
      }
      guard let value = Int(parts[1]), value > 0 else { throw Usage() }
      switch parts[0] {
      case "subscribers": subscribers = value
      case "messages": messages = value
      case "rate": rate = value
      case "rounds": rounds = value
      default: throw Usage()
      }
    }
  }

  var cases: [Case] { Case.all.filter { only == nil || $0.endpoint == only } }
}
