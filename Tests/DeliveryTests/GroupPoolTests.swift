import Delivery
import Streams
import Synchronization
import Testing

struct GroupPoolTests {
  private func settings(_ messages: Int) -> GroupPool.Settings {
    GroupPool.Settings(history: History(messages: messages, size: 1 << 20), holdLimit: 0)
  }

  @Test func `a group is born on first use and leaves with its last user`() {
    let pool = GroupPool { _ in self.settings(1) }
    let first = pool.acquire("room.a")
    #expect(pool.acquire("room.a") === first)
    #expect(pool.groups.map(\.name) == ["room.a"])
    pool.release("room.a")
    #expect(pool.groups.count == 1)
    pool.release("room.a")
    #expect(pool.groups.isEmpty)
    #expect(pool.acquire("room.a") !== first)
  }

  @Test func `another rule holds for the groups there are and for those to come`() {
    let pool = GroupPool { _ in self.settings(1) }
    let group = pool.acquire("g")
    pool.apply { self.settings($0 == "g" ? 3 : 2) }
    let other = pool.acquire("h")
    for group in [group, other] {
      for text in ["a", "b", "c", "d"] { group.publish(Batch(texts: [text])) }
    }
    #expect(group.log.start(.all, within: settings(9).history).next == Offset(2))
    #expect(other.log.start(.all, within: settings(9).history).next == Offset(3))
    pool.apply { _ in self.settings(1) }
    #expect(group.log.start(.all, within: settings(9).history).next == Offset(4))
  }

  @Test func `what is published to a group goes on to those it forwards to`() {
    let (from, to) = (
      Group(name: "from", log: StreamLog(history: settings(9).history, holdLimit: 0)),
      Group(name: "to", log: StreamLog(history: settings(9).history, holdLimit: 0))
    )
    from.forward(to: to)
    from.publish(Batch(texts: ["a"]))
    #expect(to.log.end.next == Offset(2))
  }
}
