#if LIBFUZZER
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif
  import Synchronization

  /// The same targets for libFuzzer, which watches what an input reaches and keeps those that reach more; see
  /// `libfuzzer.sh`. `SLUICE_FUZZ_TARGET` names the target.
  @_cdecl("LLVMFuzzerTestOneInput")
  func runOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    var random = Random(for: input)
    do throws(Finding) {
      try LibFuzzer.target.run(input, &random)
    } catch {
      fatalError(error.message)
    }
    return 0
  }

  /// `target` is written before `isReady` and read after it.
  private final class Made: Sendable {
    nonisolated(unsafe) var target: (any FuzzTarget)?
    let isReady = Atomic(false)
  }

  private enum LibFuzzer {
    // libFuzzer calls from one thread only.
    nonisolated(unsafe) static let target = make()

    /// libFuzzer's `main` is not asynchronous, so it waits here.
    private static func make() -> any FuzzTarget {
      let name = getenv("SLUICE_FUZZ_TARGET").map { String(cString: $0) } ?? FrameTarget.name
      guard let type = Fuzz.targets.first(where: { $0.name == name }) else { fatalError("no target '\(name)'") }
      let made = Made()
      Task.detached {
        do {
          made.target = try await type.init()
        } catch {
          fatalError("\(error)")
        }
        made.isReady.store(true, ordering: .releasing)
      }
      while !made.isReady.load(ordering: .acquiring) { usleep(1000) }
      guard let target = made.target else { preconditionFailure("a target that is ready is there") }
      return target
    }
  }
#endif
