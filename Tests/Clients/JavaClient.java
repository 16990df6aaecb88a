import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * java.net.http.WebSocket, which does not compress: gets 100 messages in order, and what it sends comes back; then two
 * streams through a GZIPInputStream. Run: java JavaClient.java PORT
 */
public final class JavaClient {
  /** Puts whole messages, pongs and the close into a queue. */
  private static final class Inbox implements WebSocket.Listener {
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @Override public CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean isLast) {
      text.append(piece);
      if (isLast) {
        received.add("text " + text);
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer piece, boolean isLast) {
      received.add("binary " + piece.remaining());
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      received.add("pong " + payload.remaining());
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      received.add("close " + code);
      return null;
    }

    @Override public void onError(WebSocket socket, Throwable error) { received.add("error " + error); }

    void expect(String wanted) throws InterruptedException {
      String got = received.poll(10, TimeUnit.SECONDS);
      if (!wanted.equals(got)) throw new AssertionError("received " + got + ", not " + wanted);
    }
  }

  private static BufferedReader gzip(HttpClient client, String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Accept-Encoding", "gzip").build();
    HttpResponse<InputStream> response =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()).get(10, TimeUnit.SECONDS);
    expect("its coding", response.headers().firstValue("Content-Encoding").orElse("none"), "gzip");
    return new BufferedReader(
        new InputStreamReader(new GZIPInputStream(response.body()), StandardCharsets.UTF_8));
  }

  /** The same text as `ticks` writes. */
  private static String tick(long number) {
    return String.format(
        "{\"number\":%d,\"symbol\":\"SYM%d\",\"bid\":%d,\"ask\":%d,\"size\":%d,\"venue\":\"XNAS\",\"currency\":\"USD\","
            + "\"condition\":\"regular\",\"volume\":%d,\"session\":\"continuous trading\"}",
        number, number * 7 % 40, number * 7919 % 10007, number * 7919 % 10007 + 3, number * 13 % 900 * 100,
        number * 350);
  }

  private static void expect(String what, Object got, Object wanted) {
    if (!wanted.equals(got)) throw new AssertionError(what + ": " + got + ", not " + wanted);
  }

  /** Reads so many ticks in order; returns the number of the next. */
  private static long readTicks(BufferedReader lines, long next, int count) throws Exception {
    for (int read = 0; read < count; read++) {
      String line = lines.readLine();
      if (next == 0 && line != null) next = Long.parseLong(line.substring(10, line.indexOf(',')));
      expect("a tick", line, tick(next++));
    }
    return next;
  }

  public static void main(String[] arguments) throws Exception {
    String base = "ws://127.0.0.1:" + arguments[0];
    HttpClient client = HttpClient.newHttpClient();

    Inbox numbers = new Inbox();
    WebSocket reader =
        client.newWebSocketBuilder().buildAsync(URI.create(base + "/numbers"), numbers).get(10, TimeUnit.SECONDS);
    for (int number = 1; number <= 100; number++) numbers.expect("text " + number);
    reader.abort();

    Inbox echo = new Inbox();
    WebSocket writer =
        client.newWebSocketBuilder().buildAsync(URI.create(base + "/echo"), echo).get(10, TimeUnit.SECONDS);
    for (String message : List.of("hello", "", "häuser 😀\n", "y".repeat(60000))) {
      writer.sendText(message, true).get(10, TimeUnit.SECONDS);
      echo.expect("text " + message);
    }
    writer.sendText("in ", false).get(10, TimeUnit.SECONDS);
    writer.sendText("fragments", true).get(10, TimeUnit.SECONDS);
    echo.expect("text in fragments");
    writer.sendBinary(ByteBuffer.wrap(new byte[] {0, 1, -1}), true).get(10, TimeUnit.SECONDS);
    echo.expect("binary 3");
    writer.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).get(10, TimeUnit.SECONDS);
    echo.expect("pong 2");
    writer.sendClose(WebSocket.NORMAL_CLOSURE, "done").get(10, TimeUnit.SECONDS);
    echo.expect("close 1000");

    String http = "http://127.0.0.1:" + arguments[0];
    BufferedReader whole = gzip(client, http + "/whole");
    expect("the next tick", readTicks(whole, 1, 500), 501L);
    // A wrong trailer would be an exception.
    if (whole.readLine() != null) throw new AssertionError("a stream goes on behind its end");
    BufferedReader first = gzip(client, http + "/ticks");
    long next = readTicks(first, 0, 30);
    // It joins while the first reads, and waits for a key frame.
    readTicks(gzip(client, http + "/ticks"), 0, 200);
    readTicks(first, next, 200);
    System.out.println("ok: java " + Runtime.version().feature());
    System.exit(0);
  }
}
