import Streams
import Testing

struct ResumeTokenTests {
  @Test func `a token reads back as it was written`() {
    let token = ResumeToken(epoch: .fresh(), last: Offset(123_456))
    #expect(ResumeToken(token.description) == token)
    #expect(token.description.utf8.count <= ResumeToken.maximumLength)
  }

  @Test(arguments: [
    "", "-", "a", "a-", "-1", "a-b", "a--1", "a-+1", "+a-1", "a-1-1", "a-99999999999999999999", "ä-1", " a-1",
  ])
  func `what is not a token is refused`(text: String) {
    #expect(ResumeToken(text) == nil)
  }
}
