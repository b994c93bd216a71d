package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;

/** Names of tasks that look like paths, markup or something else than a name. */
class NamesTest {

  private static TestServer server;
  private static HttpClientForTests client;

  @BeforeAll
  static void start() {
    server = TestServer.withPacks();
    client = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../reviews",
        "reviews/../pairs",
        "/etc/passwd",
        "C:\\Windows",
        "reviews\\..\\pairs",
        "reviews\u0000",
        "reviews ",
        "REVIEWS",
        "réviews",
        "revıews",
        "reviews\u200b",
        "<script>alert(1)</script>",
        "reviews\r\nX-Injected: 1",
        "http://169.254.169.254/",
        "jar:file:/x!/y",
        "${jndi:ldap://x}",
        "#{7*7}",
        "",
        "*"
      })
  void aNameInABodyIsOnlyAName(String name) throws IOException {
    String quoted = new ObjectMapper().writeValueAsString(name);
    Reply reply = client.post("/v1/predict", "{\"task\":" + quoted + ",\"text\":\"a\"}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("X-Injected")).isEmpty();
    assertThat(reply.header("Content-Type")).contains("application/problem+json");
    assertThat(reply.json().at("/type").asText()).endsWith("unknown-task");
  }

  @Test
  void aLongNameIsRepeatedInPartOnly() {
    String name = "n".repeat(10_000);
    Reply reply = client.post("/v1/predict", "{\"task\":\"" + name + "\",\"text\":\"a\"}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).hasSizeLessThan(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/tasks/..",
        "/v1/tasks/../tasks/reviews",
        "/v1/tasks/%2e%2e",
        "/v1/tasks/%2e%2e/%2e%2e/etc/passwd",
        "/v1/tasks/reviews%2f..%2fpairs",
        "/v1/tasks/reviews%5c..%5cpairs",
        "/v1/tasks/reviews%00",
        "/v1/tasks/%ff%fe",
        "/v1/tasks/reviews;x=1",
        "/v1/tasks/%252e%252e",
        "//v1/tasks/reviews",
        "/v1//tasks/reviews",
        "/V1/tasks/reviews",
        "/v1/tasks/reviews/"
      })
  void aNameInAnAddressIsOnlyAName(String path) throws IOException {
    try (RawConnection raw = new RawConnection(server.server().port())) {
      String all =
          raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
              .all();
      assertThat(all).as(path).matches("(?s)HTTP/1.1 (40[045]|301).*");
      assertThat(all)
          .doesNotContain("p-tuning-v2")
          .doesNotContain("root:")
          .doesNotContain("Exception");
    }
  }

  @Test
  void namesThatAreMarkupComeBackAsJsonOnly() {
    Reply reply = client.get("/v1/tasks/%3Cscript%3E");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("Content-Type")).contains("application/problem+json");
    assertThat(reply.header("X-Content-Type-Options")).contains("nosniff");
  }
}
