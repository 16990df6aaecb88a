/// How much is done, from the command line.
struct SoakPlan {
  var webSockets = 2000
  var events = 500
  /// Messages a second.
  var rate = 200
  /// In a row.
  var reloads = 1000
  /// While connections come and go.
  var busyReloads = 100
  /// Connections that come and go, in a second.
  var passing = 300
  /// Idle connections, as far as descriptors allow.
  var idle = 10_000
  /// Which scenarios, by number.
  var scenarios = Set(1...5)

  var subscribers: Int { webSockets + events }

  struct Usage: Error, CustomStringConvertible {
    var description: String {
      "usage: reload-soak [--quick] [websockets=N] [events=N] [rate=N] [reloads=N] [busy=N] [passing=N] [idle=N] "
        + "[only=SCENARIO]"
    }
  }

  init(_ arguments: some Sequence<String>) throws {
    for argument in arguments {
      if argument == "--quick" {
        makeQuick()
        continue
      }
      let parts = argument.split(separator: "=")
      guard parts.count == 2, let value = Int(parts[1]), value > 0 else { throw Usage() }
      switch parts[0] {
      case "websockets": webSockets = value
      case "events": events = value
      case "rate": rate = value
      case "reloads": reloads = value
      case "busy": busyReloads = value
      case "passing": passing = value
      case "idle": idle = value
      case "only" where scenarios.contains(value): scenarios = [value]
      default: throw Usage()
      }
    }
  }

  private mutating func makeQuick() {
    (webSockets, events) = (200, 50)
    reloads = 50
    busyReloads = 20
    passing = 100
    idle = 1000
  }
}
