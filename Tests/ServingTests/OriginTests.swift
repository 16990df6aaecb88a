@testable import Serving
import Testing

/// RFC 6454 sections 4 and 6.2.
struct OriginTests {
  @Test(arguments: [
    ("https://example.com", "https://example.com"), ("HTTPS://Example.COM:443", "https://example.com"),
    ("http://a:80", "http://a"), ("http://a:443", "http://a:443"), ("http://[::1]:3000", "http://[::1]:3000"),
    ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ("capacitor://localhost", "capacitor://localhost"),
  ])
  func `an origin is compared without the case of its letters and its scheme's own port`(text: String, same: String) {
    #expect((try? Origin(text))?.text == same)
  }

  @Test(arguments: [
    "", "null", "*", "example.com", "https://", "https://a/", "https://a/x", "https://a?x", "https://a:", "https://a:x",
    "https://a:0", "https://a:65536", "https://a b", "https://u@a", "https://*.a", "https://[", "https://[]",
    "https://[::1", "https://[x]", "1http://a", "https:a", "https://bücher.example", "https://a, https://b",
    "https://a:+80", "https://" + String(repeating: "a", count: 600),
  ])
  func `what is no origin is none`(text: String) {
    #expect((try? Origin(text)) == nil)
  }

  @Test func `a path behind an origin is told from the origin`() {
    #expect(throws: Origin.Problem.tail(before: "https://a:8443")) { try Origin("https://A:8443/path") }
    #expect(throws: Origin.Problem.noScheme) { try Origin("example.com") }
    #expect(throws: Origin.Problem.noHost) { try Origin("https:///x") }
  }
}
