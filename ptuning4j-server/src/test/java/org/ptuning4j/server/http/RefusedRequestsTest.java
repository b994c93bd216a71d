package org.ptuning4j.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.FixedServing;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.LogLines;
import org.ptuning4j.server.ModelServer;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;

/** What is refused before an address is looked for is said, marked and logged like all else. */
class RefusedRequestsTest {

  private static ModelServer server;
  private static HttpClientForTests client;

  @BeforeAll
  static void start() {
    server = new FixedServing("fixed").start(ServerSettings.standard());
    client = new HttpClientForTests(server.port());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply method(String name, String path) {
    return client.send(client.request(path).method(name, HttpRequest.BodyPublishers.noBody()));
  }

  @Test
  void aMethodThatAnAddressDoesNotTakeIsAProblemWithThoseThatItTakes() {
    Reply predict = client.get("/v1/predict");
    assertThat(predict.status()).isEqualTo(405);
    assertThat(predict.header("Allow")).contains("POST");
    assertProblem(predict, 405);
    Reply tasks = client.post("/v1/tasks", "{}");
    assertThat(tasks.header("Allow")).contains("GET, HEAD");
    assertProblem(tasks, 405);
  }

  @Test
  void aMethodThatNoAddressTakesIsAProblem() {
    for (String name : new String[] {"PUT", "DELETE", "BREW"}) {
      Reply reply = method(name, "/v1/predict");
      assertProblem(reply, 501);
      assertThat(reply.header("Allow")).as(name).contains("GET, HEAD, POST");
      assertThat(reply.json().at("/type").asText()).endsWith("not-implemented");
    }
  }

  @Test
  void headersThatAreTooLongAreAProblem() {
    Reply reply = client.with("X-Long", "x".repeat(20_000)).get("/v1/tasks");
    assertProblem(reply, 431);
  }

  private static void assertProblem(Reply reply, int status) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Content-Type")).contains("application/problem+json");
    assertThat(reply.header("X-Request-Id")).isPresent();
    assertThat(reply.json().at("/status").asInt()).isEqualTo(status);
    assertThat(reply.json().at("/detail").asText()).isNotEmpty();
  }

  @Test
  void eachOfThemIsALineOfTheLog() throws Exception {
    try (LogLines lines = new LogLines(AccessLog.NAME)) {
      Reply put = method("PUT", "/v1/predict");
      Reply get = client.get("/v1/predict");
      String first = put.header("X-Request-Id").orElseThrow();
      String second = get.header("X-Request-Id").orElseThrow();
      List<JsonNode> own = lines.awaitOf(first, second);
      assertThat(own.stream().map(line -> line.at("/path").asText()))
          .containsExactly("/v1/predict", "/v1/predict");
      assertThat(own.stream().map(line -> line.at("/id").asText()))
          .containsExactlyInAnyOrder(first, second);
      assertThat(own.stream().map(line -> line.at("/status").asInt()))
          .containsExactlyInAnyOrder(501, 405);
      assertThat(own.stream().map(line -> line.at("/problem").asText()))
          .contains("not-implemented");
    }
  }

  @Test
  void aPortThatIsTakenIsSaidOnce() {
    Address taken = new Address("127.0.0.1", server.port());
    try (LogLines all = new LogLines("io.javalin")) {
      FixedServing serving = new FixedServing("fixed");
      assertThatThrownBy(() -> serving.start(taken, ServerSettings.standard()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("port: 127.0.0.1:" + server.port() + " cannot be listened at");
      assertThat(all.all()).isEmpty();
    }
    assertThat(client.get("/health/live").json().at("/status").asText()).isEqualTo("live");
    assertThat(Map.of("still", client.get("/v1/tasks").status())).containsEntry("still", 200);
  }
}
