/// One use of a socket or pipe of the pool: it stays open as long as this lives, and whoever has a duplicate of the
/// descriptor keeps this until that is closed.
package final class Holding: Sendable {
  private let held: Held
  private let pool: DescriptorPool

  init(_ held: Held, pool: DescriptorPool) {
    self.held = held
    self.pool = pool
  }

  deinit { pool.release(held, by: ObjectIdentifier(self)) }

  /// What is held.
  package var claim: Claim { held.claim }

  /// A second descriptor of the same socket or pipe, which its user must close.
  ///
  /// - Throws: `OpenFailure` when there are too many.
  package func duplicate() throws(OpenFailure) -> CInt {
    let number = held.number
    return try OpenFailure.of(claim.refusal) { () throws(SystemError) in try Descriptor.duplicate(number) }
  }

  /// It is used: what was made or replaced to hold it is so for good. Else all is as before when nobody holds it any more.
  package func keep() { held.keep() }

  /// Calls `begin` when it is this one's turn to accept or to read: when all who asked before have let go of what is held.
  /// Call once; the turn ends with this.
  package func whenItsTurn(_ begin: @escaping @Sendable () -> Void) {
    keep()
    pool.queue(ObjectIdentifier(self), for: held, begin)
  }

  /// Returns when it is this one's turn.
  ///
  /// - Throws: `CancellationError`.
  package func untilItsTurn() async throws {
    let (turns, turn) = AsyncStream.makeStream(of: Void.self)
    whenItsTurn { turn.yield() }
    for await _ in turns { return }
    throw CancellationError()
  }

  /// Leaves what was read and not used to the one whose turn is next.
  package func leave(_ rest: any Sendable) { held.rest.withLock { $0 = rest } }

  /// What the one before has left; `nil`: nothing.
  package func takeRest() -> (any Sendable)? {
    held.rest.withLock { rest in
      defer { rest = nil }
      return rest
    }
  }

  /// Makes the backlog long again, after a library has listened on a duplicate with a shorter one of its own.
  package func listenAgain() { try? StreamSocket.listen(held.number) }
}
