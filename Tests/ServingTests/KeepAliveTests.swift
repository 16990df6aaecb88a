import NIOCore
@testable import Serving
import Testing

struct KeepAliveTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
  private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

  private func peer(answers: Bool = true, every seconds: Int64 = 10) -> KeepAlive {
    KeepAlive(every: .seconds(seconds), expectsAnswer: answers, now: start)
  }

  @Test func `a quiet peer is asked, and given up when it does not answer`() {
    var peer = peer()
    #expect(peer.tick(at: at(9), sent: 0, isBlocked: false) == .nothing)
    #expect(peer.tick(at: at(10), sent: 0, isBlocked: false) == .ask)
    #expect(peer.tick(at: at(19), sent: 0, isBlocked: false) == .nothing)
    #expect(peer.tick(at: at(20), sent: 0, isBlocked: false) == .giveUp)
  }

  @Test func `a peer that answers is asked again`() {
    var peer = peer()
    #expect(peer.tick(at: at(10), sent: 0, isBlocked: false) == .ask)
    peer.heard(at: at(11))
    #expect(peer.tick(at: at(20), sent: 0, isBlocked: false) == .nothing)
    #expect(peer.tick(at: at(21), sent: 0, isBlocked: false) == .ask)
  }

  @Test func `to be sent messages is no answer, to take them from a full socket is one`() {
    var quiet = peer()
    #expect(quiet.tick(at: at(10), sent: 5, isBlocked: false) == .ask)
    #expect(quiet.tick(at: at(20), sent: 9, isBlocked: false) == .giveUp)
    var slow = peer()
    #expect(slow.tick(at: at(10), sent: 0, isBlocked: true) == .ask)
    #expect(slow.tick(at: at(19), sent: 1, isBlocked: true) == .nothing)
    #expect(slow.tick(at: at(28), sent: 1, isBlocked: true) == .nothing)
    #expect(slow.tick(at: at(29), sent: 1, isBlocked: true) == .ask)
    #expect(slow.tick(at: at(39), sent: 1, isBlocked: true) == .giveUp)
  }

  @Test func `an event stream gets a comment only when nothing else was sent, and is never given up`() {
    var stream = peer(answers: false)
    #expect(stream.tick(at: at(5), sent: 1, isBlocked: false) == .nothing)
    #expect(stream.tick(at: at(14), sent: 1, isBlocked: false) == .nothing)
    #expect(stream.tick(at: at(15), sent: 1, isBlocked: false) == .ask)
    #expect(stream.tick(at: at(25), sent: 1, isBlocked: false) == .ask)
  }

  @Test func `zero means never`() {
    var peer = peer(every: 0)
    #expect(peer.tick(at: at(1_000_000), sent: 0, isBlocked: false) == .nothing)
  }
}
