package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;

/** Clients that send their headers or bodies a byte now and then, or nothing at all. */
class SlowClientsTest {

  private static TestServer server;

  @BeforeAll
  static void start() {
    Limits limits =
        Limits.standard()
            .with(Limit.HEADER_SECONDS, 1)
            .with(Limit.BODY_SECONDS, 1)
            .with(Limit.IDLE_SECONDS, 3)
            .with(Limit.CONNECTIONS, 200);
    server = TestServer.withPacks(ServerSettings.of(limits));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RawConnection connect() throws IOException {
    return new RawConnection(server.server().port());
  }

  /** Sends a byte ten times a second until the server has enough of it. */
  private static boolean isCutOff(RawConnection raw) throws IOException, InterruptedException {
    for (int i = 0; i < 150; i++) {
      try {
        raw.send("a");
      } catch (IOException e) {
        return true;
      }
      Thread.sleep(100);
    }
    return false;
  }

  @Test
  void headersThatDripAreCutOff() throws Exception {
    try (RawConnection raw = connect()) {
      raw.send("GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      assertThat(isCutOff(raw)).isTrue();
    }
  }

  @Test
  void headersOfALaterRequestThatDripAreCutOff() throws Exception {
    try (RawConnection raw = connect()) {
      raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(raw.line()).startsWith("HTTP/1.1 200");
      raw.send("GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      assertThat(isCutOff(raw)).isTrue();
    }
  }

  @Test
  void bodiesThatDripAreCutOff() throws Exception {
    try (RawConnection raw = connect()) {
      raw.send(
          String.join(
              "\r\n",
              "POST /v1/predict HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Content-Length: 9000",
              "",
              ""));
      assertThat(isCutOff(raw)).isTrue();
    }
  }

  @Test
  void silentConnectionsAreClosed() throws IOException {
    try (RawConnection raw = connect()) {
      assertThat(raw.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aHundredThatHangDisturbNobody() throws IOException {
    List<RawConnection> hanging = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        hanging.add(
            connect()
                .send(
                    "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"));
      }
      String body = "{\"task\":\"reviews\",\"text\":\"A great film.\"}";
      assertThat(server.client().post("/v1/predict", body).status()).isEqualTo(200);
    } finally {
      for (RawConnection each : hanging) {
        each.close();
      }
    }
  }
}
