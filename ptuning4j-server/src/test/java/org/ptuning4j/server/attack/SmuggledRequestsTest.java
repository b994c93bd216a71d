package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.server.TestServer;

/** Requests whose length two readers might understand in two ways. */
class SmuggledRequestsTest {

  private static final String START =
      "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.withPacks();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        "Content-Length: 4, 5\r\n\r\nabcde",
        "Content-Length: +4\r\n\r\nabcd",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x4\r\n\r\nabcd",
        "Content-Length : 4\r\n\r\nabcd",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n",
        "X-Folded: a\r\n b\r\nContent-Length: 4\r\n\r\nabcd",
        "X-Bad\u0000Name: a\r\nContent-Length: 4\r\n\r\nabcd",
        "Host: other\r\nContent-Length: 4\r\n\r\nabcd"
      })
  void anAmbiguousRequestIsRefusedAndTheConnectionClosed(String rest) throws IOException {
    try (RawConnection raw = new RawConnection(server.server().port())) {
      raw.send(START + rest);
      String all = raw.send("GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n").all();
      assertThat(all).as(rest).startsWith("HTTP/1.1 4").doesNotContain("\"tasks\"");
      assertThat(all).doesNotContain("Jetty").doesNotContain("Exception");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/tasks HTTP/1.1\r\n\r\n",
        "GET /v1/tasks HTTP/1.0\r\n\r\n",
        "GET http://elsewhere/v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/tasks HTTP/1.1\r\nHost: elsewhere\r\n\r\n",
        "GET /v1/tasks HTTP/1.1\r\nHost: localhost.elsewhere\r\n\r\n",
        "GET /v1/tasks HTTP/1.1\r\nHost: localhost@elsewhere\r\n\r\n",
        "GET /v1/tasks\r\n\r\n",
        "DELETE /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "INVENTED /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "TRACE /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void requestsForNobodyOrSomebodyElseAreRefused(String request) throws IOException {
    try (RawConnection raw = new RawConnection(server.server().port())) {
      assertThat(raw.send(request).line()).as(request).matches("HTTP/1.1 [45]\\d\\d.*");
    }
  }
}
