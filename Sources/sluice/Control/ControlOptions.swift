import ArgumentParser
import Routing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How commands find the server that runs.
struct ControlOptions: ParsableArguments {
  @Option(help: "The server's control socket. Without it: server.control of the route files, else the usual place.")
  var control: String?

  @OptionGroup var configuration: ConfigurationOptions

  /// Asks the server, writes what it says, and exits as it says.
  ///
  /// - Parameter patience: seconds that it may say nothing; `nil`: any number.
  func ask(_ request: ControlRequest, patience: Int? = nil) throws {
    signal(SIGPIPE, SIG_IGN)
    let answer: ControlAnswer
    do throws(ControlFailure) {
      answer = try ControlClient(path: try place(), patience: patience).ask(request)
    } catch {
      StandardStreams.writeError("sluice: \(error.message)\n")
      throw error.status
    }
    guard answer.status == 0 else {
      StandardStreams.writeError(answer.text)
      throw ExitCode(answer.status)
    }
    StandardStreams.writeOutput(answer.text)
  }

  /// A configuration that is wrong says as much of the place as can be read of it: the server reports what is wrong.
  private func place() throws(ControlFailure) -> String {
    if let control { return control }
    switch configuration.load().routeSet.server.control {
    case .path(let path): return path.path
    case .off:
      throw ControlFailure(message: "server.control is off in the route files", status: ExitStatus.unavailable)
    case .standard:
      let usual = ControlPlace.candidates(Environment.current, isRoot: geteuid() == 0)
      // A user who has no server may still mean the system's.
      return usual.first { access($0, F_OK) == 0 } ?? usual.first ?? ControlPlace.systemFolder + "/control"
    }
  }
}
