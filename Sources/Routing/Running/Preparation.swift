import ConfigText
import Descriptors
import Filters
import Ingest
import Processes
import Serving

/// What a reload needs and might not get, got before anything changes. Dropped as a whole when anything fails.
struct Preparation {
  /// For the addresses that nobody listens on yet.
  var listeners: [Listener] = []
  /// Sources that are to be started, by name, with what they need of the system.
  var sources: [String: (source: RunningSource, holding: [Holding])] = [:]
  /// What cannot be had, all of it.
  var failures: [Diagnostic] = []

  /// Looks whether a source can run, and keeps what it needs.
  mutating func add(_ name: String, _ source: RunningSource, at place: Place?) {
    do throws(SourceFailure) {
      sources[name] = (source, try source.prepare())
    } catch {
      failures.append(Diagnostic("source '\(name)': \(error.reason)", at: place))
    }
  }

  /// Looks whether filters can run.
  mutating func check(_ steps: [FilterStep], of owner: String) {
    for step in steps {
      do throws(ProcessFailure) {
        try step.spec.checkSystem()
      } catch {
        failures.append(Diagnostic("\(owner): \(step.key): \(error.reason)", at: step.place))
      }
    }
  }

  /// Gives up what was got.
  func discard() async {
    for listener in listeners { await listener.close() }
  }
}
