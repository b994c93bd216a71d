package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;

/** Bodies that are too large, too deep, twice named, compressed, or no JSON at all. */
class OddJsonTest {

  private static TestServer server;
  private static HttpClientForTests client;

  @BeforeAll
  static void start() {
    Limits limits =
        Limits.standard()
            .with(Limit.BODY_BYTES, 10_000)
            .with(Limit.TEXT_LENGTH, 2_000)
            .with(Limit.INPUTS, 8)
            .with(Limit.TASKS, 3)
            .with(Limit.ANSWERS, 10)
            .with(Limit.JSON_DEPTH, 6)
            .with(Limit.JSON_VALUES, 100);
    server = TestServer.withPacks(ServerSettings.of(limits));
    client = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Whatever came before, the server goes on answering. */
  @AfterEach
  void answersAsBefore() {
    assertThat(
            client
                .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A great film.\"}")
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "7",
        "null",
        "\"text\"",
        "{",
        "{\"task\":\"reviews\",\"text\":\"a\"",
        "{\"task\":\"reviews\",\"text\":\"a\"} {}",
        "{\"task\":\"reviews\",\"text\":\"a\"}]",
        "{\"task\":\"reviews\",\"task\":\"pairs\",\"text\":\"a\"}",
        "{\"task\":\"reviews\",\"text\":{\"a\":1,\"a\":2}}",
        "{\"task\":\"reviews\",\"text\":NaN}",
        "{\"task\":\"reviews\",\"text\":Infinity}",
        "{\"task\":\"reviews\",\"text\":1e999}",
        "{\"task\":\"reviews\",\"text\":\"\\ud83d\"}",
        "{'task':'reviews','text':'a'}",
        "{\"task\":\"reviews\",\"text\":\"a\",}",
        "// {\"task\":\"reviews\",\"text\":\"a\"}",
        "{task:\"reviews\",text:\"a\"}"
      })
  void whatIsNoStrictJsonIsRefused(String body) {
    Reply reply = client.post("/v1/predict", body);
    assertThat(reply.status()).as(body).isEqualTo(400);
    assertNothingLeaks(reply);
  }

  private static void assertNothingLeaks(Reply reply) {
    assertThat(reply.body())
        .doesNotContain("Exception")
        .doesNotContain("org.ptuning4j")
        .doesNotContain("com.fasterxml")
        .doesNotContain("StreamRead")
        .doesNotContain("\\tat ");
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    byte[] latin = {'{', '"', (byte) 0xe4, '"', ':', '1', '}'};
    Reply reply = send(HttpRequest.BodyPublishers.ofByteArray(latin), "application/json");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("UTF-8");
    byte[] wide =
        "{\"task\":\"reviews\",\"text\":\"a\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16);
    assertThat(send(HttpRequest.BodyPublishers.ofByteArray(wide), "application/json").status())
        .isEqualTo(400);
  }

  private static Reply send(HttpRequest.BodyPublisher body, String type) {
    return client.send(client.request("/v1/predict").header("Content-Type", type).POST(body));
  }

  @Test
  void depthIsLimited() {
    String deep = "[".repeat(4_000) + "]".repeat(4_000);
    Reply reply = client.post("/v1/predict", "{\"task\":\"reviews\",\"text\":" + deep + "}");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.body()).contains("6 levels");
    assertNothingLeaks(reply);
  }

  @Test
  void numbersAreLimited() {
    Reply reply =
        client.post("/v1/predict", "{\"task\":\"reviews\",\"n\":" + "9".repeat(5_000) + "}");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.body()).contains("64 characters");
    assertNothingLeaks(reply);
    Reply small =
        client.post("/v1/predict", "{\"task\":\"reviews\",\"n\":1e-" + "9".repeat(70) + "}");
    assertThat(small.status()).isEqualTo(413);
  }

  @Test
  void textsAreLimited() {
    String text = "a".repeat(2_001);
    Reply reply = client.post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"" + text + "\"}");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.body()).contains("texts of 2000");
  }

  @Test
  void countsAreLimited() {
    String inputs = "\"a\",".repeat(9).replaceAll(",$", "");
    assertTooLarge("{\"task\":\"reviews\",\"inputs\":[" + inputs + "]}", "inputs");
    assertTooLarge("{\"tasks\":[\"a\",\"b\",\"c\",\"d\"],\"text\":\"a\"}", "tasks");
    String four = "\"a\",\"b\",\"c\",\"d\"";
    assertTooLarge("{\"tasks\":[\"*\"],\"inputs\":[" + four + "]}", "");
    assertTooLarge("{\"task\":\"reviews\",\"text\":[" + "1,".repeat(100) + "1]}", "");
    String requests = "{\"task\":\"reviews\",\"text\":\"a\"},".repeat(9).replaceAll(",$", "");
    Reply batch = client.post("/v1/batch", "{\"requests\":[" + requests + "]}");
    assertThat(batch.status()).isEqualTo(413);
  }

  private static void assertTooLarge(String body, String field) {
    Reply reply = client.post("/v1/predict", body);
    assertThat(reply.status()).as(body).isEqualTo(413);
    assertThat(reply.json().path("field").asText("")).isEqualTo(field);
  }

  @Test
  void aBodyThatIsAnnouncedAsTooLongIsNotRead() throws IOException {
    try (RawConnection raw = new RawConnection(server.server().port())) {
      raw.send(
          "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 99999999999\r\n\r\n{");
      assertThat(raw.all()).startsWith("HTTP/1.1 413").contains("Connection: close");
    }
  }

  @Test
  void aBodyThatGoesOnWithoutEndIsCut() throws IOException {
    try (RawConnection raw = new RawConnection(server.server().port())) {
      raw.send(
          String.join(
              "\r\n",
              "POST /v1/predict HTTP/1.1",
              "Host: localhost",
              "Content-Type: application/json",
              "Transfer-Encoding: chunked",
              "",
              ""));
      for (int i = 0; i < 3; i++) {
        raw.send("1000\r\n" + "a".repeat(0x1000) + "\r\n");
      }
      assertThat(raw.line()).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void compressedBodiesAreRefused() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[1 << 20]);
    }
    for (String encoding : new String[] {"gzip", "deflate", "br", "gzip, gzip"}) {
      Reply reply =
          client.send(
              client
                  .request("/v1/predict")
                  .header("Content-Type", "application/json")
                  .header("Content-Encoding", encoding)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(bomb.toByteArray())));
      assertThat(reply.status()).as(encoding).isEqualTo(415);
    }
  }

  @Test
  void otherKindsOfBodiesAreRefused() {
    String body = "{\"task\":\"reviews\",\"text\":\"a\"}";
    for (String type :
        new String[] {
          "text/plain",
          "application/x-www-form-urlencoded",
          "application/jsonx",
          "application/json; charset=utf-16"
        }) {
      assertThat(send(HttpRequest.BodyPublishers.ofString(body), type).status())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(
            send(HttpRequest.BodyPublishers.ofString(body), "application/json; charset=UTF-8")
                .status())
        .isEqualTo(200);
  }
}
