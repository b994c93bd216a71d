package org.ptuning4j.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;

/** The server's own protocol over real packs. */
class PredictTest {

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

  @Test
  void oneInputForOneTaskIsAnsweredPlainly() {
    Reply reply = client.post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A great film.\"}");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).contains("application/json");
    assertThat(reply.json().at("/task").asText()).isEqualTo("reviews");
    assertThat(reply.json().at("/answer/label").asText()).isEqualTo("good");
    assertThat(reply.json().at("/answer/probabilities")).hasSize(2);
  }

  @Test
  void severalInputsComeInTheirOrder() {
    JsonNode results =
        client
            .post(
                "/v1/predict",
                "{\"task\":\"reviews\",\"inputs\":[\"A great film.\",{\"text\":\"An awful"
                    + " meal.\"}]}")
            .json()
            .at("/results");
    assertThat(results).hasSize(2);
    assertThat(results.at("/0/answer/label").asText()).isEqualTo("good");
    assertThat(results.at("/1/answer/label").asText()).isEqualTo("bad");
  }

  @Test
  void namedColumnsAreRead() {
    Reply reply =
        client.post(
            "/v1/predict",
            "{\"task\":\"pairs\",\"first\":\"He saw the film.\",\"second\":\"She saw it.\"}");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/answer/label").asText()).isIn("yes", "no");
    Reply byRole =
        client.post(
            "/v1/predict",
            "{\"task\":\"pairs\",\"text\":\"He saw the film.\",\"pair\":\"She saw it.\"}");
    assertThat(byRole.json().at("/answer")).isEqualTo(reply.json().at("/answer"));
  }

  /** The first of two texts is not answered as if there were no second. */
  @Test
  void aSecondTextIsNotLeftUnread() {
    Reply reply =
        client.post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"a\",\"pair\":\"b\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(422);
    assertThat(reply.json().at("/detail").asText()).contains("one text");
  }

  @Test
  void everyTaskIsAskedAboutOneText() {
    JsonNode results =
        client
            .post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"A great film.\"}")
            .json()
            .at("/results");
    assertThat(results.findValuesAsText("task")).containsExactly("again", "pairs", "reviews");
    assertThat(results.at("/0/answer")).isEqualTo(results.at("/2/answer"));
    assertThat(results.at("/1/error/status").asInt()).isEqualTo(422);
  }

  @Test
  void oneBadRequestOfABatchFailsAlone() {
    JsonNode results =
        client
            .post(
                "/v1/batch",
                "{\"requests\":[{\"task\":\"reviews\",\"text\":\"A great film.\"},"
                    + "{\"task\":\"nothing\",\"text\":\"x\"},{\"task\":\"pairs\",\"text\":\"a\"},"
                    + "7,{\"task\":\"pairs\",\"text\":\"a\",\"pair\":\"b\"}]}")
            .json()
            .at("/results");
    assertThat(results).hasSize(5);
    assertThat(results.at("/0/answer/label").asText()).isEqualTo("good");
    assertThat(results.at("/1/error/type").asText())
        .isEqualTo("urn:ptuning4j:problem:unknown-task");
    assertThat(results.at("/1/error/field").asText()).isEqualTo("requests[1].task");
    assertThat(results.at("/2/error/status").asInt()).isEqualTo(422);
    assertThat(results.at("/3/error/status").asInt()).isEqualTo(400);
    assertThat(results.at("/4/answer/label").asText()).isIn("yes", "no");
  }

  @Test
  void anUnknownTaskIsNoOtherTask() {
    Reply reply = client.post("/v1/predict", "{\"task\":\"review\",\"text\":\"A great film.\"}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("Content-Type")).contains("application/problem+json");
    assertThat(reply.json().at("/field").asText()).isEqualTo("task");
    assertThat(reply.json().at("/value").asText()).contains("review");
  }

  @Test
  void whatIsMissingOrWrongIsNamed() {
    assertProblem("{\"text\":\"a\"}", 400, "task");
    assertProblem("{\"task\":\"reviews\"}", 400, "text");
    assertProblem("{\"task\":7,\"text\":\"a\"}", 400, "task");
    assertProblem("{\"task\":\"reviews\",\"tasks\":[\"reviews\"],\"text\":\"a\"}", 400, "task");
    assertProblem("{\"tasks\":[],\"text\":\"a\"}", 400, "tasks");
    assertProblem("{\"tasks\":[\"*\",\"reviews\"],\"text\":\"a\"}", 400, "tasks");
    assertProblem("{\"tasks\":[\"reviews\",\"reviews\"],\"text\":\"a\"}", 400, "tasks[1]");
    assertProblem("{\"task\":\"reviews\",\"inputs\":7}", 400, "inputs");
    assertProblem("{\"task\":\"reviews\",\"text\":\"a\",\"stream\":true}", 422, "stream");
    assertProblem("{\"task\":\"reviews\",\"inputs\":[\"a\"],\"text\":\"b\"}", 400, "text");
    assertProblem("{\"task\":\"reviews\",\"text\":\"a\",\"timeout_ms\":0}", 400, "timeout_ms");
  }

  private static void assertProblem(String body, int status, String field) {
    Reply reply = client.post("/v1/predict", body);
    assertThat(reply.status()).as(body).isEqualTo(status);
    assertThat(reply.json().at("/field").asText()).as(body).isEqualTo(field);
    assertThat(reply.json().at("/detail").asText()).as(body).isNotEmpty();
  }

  @Test
  void anInputThatIsNoneFailsAlone() {
    JsonNode results =
        client
            .post(
                "/v1/predict",
                "{\"task\":\"reviews\",\"inputs\":[\"A great film.\",7,{},{\"text\":5},null,"
                    + "{\"txt\":\"a\"},\"An awful meal.\"]}")
            .json()
            .at("/results");
    assertThat(results).hasSize(7);
    assertThat(results.at("/0/answer/label").asText()).isEqualTo("good");
    assertThat(results.at("/6/answer/label").asText()).isEqualTo("bad");
    for (int i : new int[] {1, 2, 4}) {
      assertThat(results.get(i).at("/error/status").asInt()).isEqualTo(400);
      assertThat(results.get(i).at("/error/field").asText()).isEqualTo("inputs[" + i + "]");
    }
    assertThat(results.at("/3/error/status").asInt()).isEqualTo(422);
    assertThat(results.at("/5/error/field").asText()).isEqualTo("inputs[5].txt");
  }

  /** Answered without it, the question would be another one. */
  @Test
  void aFieldThatIsNotReadIsAnError() {
    assertProblem("{\"task\":\"reviews\",\"text\":\"a\",\"par\":\"b\"}", 422, "par");
    assertProblem(
        "{\"task\":\"reviews\",\"inputs\":[{\"text\":\"a\"}],\"lang\":\"en\"}", 400, "lang");
    assertProblem(
        "{\"task\":\"pairs\",\"first\":\"a\",\"second\":\"b\",\"same\":\"yes\"}", 422, "same");
    Reply known = client.post("/v1/predict", "{\"task\":\"pairs\",\"frist\":\"a\"}");
    assertThat(known.json().at("/detail").asText()).contains("text (first), pair (second)");
    Reply inBatch =
        client.post(
            "/v1/batch",
            "{\"requests\":[{\"task\":\"reviews\",\"text\":\"a\",\"timeout_ms\":5},"
                + "{\"task\":\"reviews\",\"text\":\"a\",\"x\":1},"
                + "{\"task\":\"reviews\",\"text\":\"A great film.\",\"x\":null}]}");
    assertThat(inBatch.json().at("/results/0/error/field").asText())
        .isEqualTo("requests[0].timeout_ms");
    assertThat(inBatch.json().at("/results/1/error/field").asText()).isEqualTo("requests[1].x");
    assertThat(inBatch.json().at("/results/2/answer/label").asText()).isEqualTo("good");
    assertThat(
            client
                .post(
                    "/v1/batch",
                    "{\"requests\":[{\"task\":\"reviews\",\"text\":\"a\"}],\"task\":\"x\"}")
                .json()
                .at("/field")
                .asText())
        .isEqualTo("task");
  }

  /** Several tasks may each read a part of what there is. */
  @Test
  void aFieldThatOneOfTheTasksReadsIsNone() {
    JsonNode results =
        client
            .post(
                "/v1/predict",
                "{\"tasks\":[\"reviews\",\"pairs\"],\"text\":\"A great film.\","
                    + "\"first\":\"He saw it.\",\"second\":\"She saw it.\"}")
            .json()
            .at("/results");
    assertThat(results.at("/0/answer/label").asText()).isEqualTo("good");
    assertThat(results.at("/1/answer/label").asText()).isIn("yes", "no");
  }

  /** As the command reads a row: by the columns of the task's data; what is beside them is told. */
  @Test
  void aRowWithTheTasksColumnsIsReadByThem() {
    assertProblem(
        "{\"task\":\"pairs\",\"text\":\"a\",\"pair\":\"b\",\"first\":\"c\",\"second\":\"d\"}",
        422,
        "text");
  }

  @Test
  void tasksAreDescribed() {
    JsonNode tasks = client.get("/v1/tasks").json().at("/tasks");
    assertThat(tasks.findValuesAsText("kind")).hasSize(3);
    JsonNode pairs = client.get("/v1/tasks/pairs").json();
    assertThat(pairs.at("/inputs/0/columns/0").asText()).isEqualTo("first");
    assertThat(pairs.at("/answer/0/name").asText()).isEqualTo("label");
    assertThat(pairs.at("/labels").findValuesAsText("label"))
        .containsExactlyInAnyOrder("yes", "no");
    assertThat(pairs.at("/pack/method").asText()).isEqualTo("p-tuning-v2");
    assertThat(pairs.at("/pack/layers").asInt()).isPositive();
    assertThat(pairs.at("/pack/read_layer").isMissingNode()).isTrue();
    assertThat(pairs.at("/registry").isMissingNode()).isTrue();
    assertThat(pairs.at("/pack/metrics/accuracy").isNumber()).isTrue();
    assertThat(client.get("/v1/tasks/nothing").status()).isEqualTo(404);
  }

  @Test
  void healthIsTold() {
    assertThat(client.get("/health/live").status()).isEqualTo(200);
    assertThat(client.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void otherAddressesAndMethodsAreProblemsToo() {
    assertThat(client.get("/nothing").status()).isEqualTo(404);
    assertThat(client.get("/nothing").json().at("/status").asInt()).isEqualTo(404);
    assertThat(client.get("/v1/predict").status()).isEqualTo(405);
  }
}
