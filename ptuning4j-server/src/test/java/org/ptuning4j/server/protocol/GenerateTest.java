package org.ptuning4j.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;

/** Answers that a decoder writes, at once and as they are written. */
class GenerateTest {

  /** A GPT-2 of a few layers with random weights, from the tests of core. */
  private static final Path MODEL =
      Path.of("..", "ptuning4j-core", "src", "test", "resources", "golden", "gpt2", "model");

  private static TestServer server;
  private static HttpClientForTests client;

  @BeforeAll
  static void start() {
    Predictor predictor = Predictor.open(MODEL, Precision.FP32);
    predictor.addUntrained("plain", GenerationTask.plain());
    server = TestServer.over(predictor);
    client = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply generate(String more) {
    return client.post(
        "/v1/generate", "{\"task\":\"plain\",\"text\":\"the quick brown\"" + more + "}");
  }

  @Test
  void aTextIsContinued() {
    Reply reply = generate(",\"max_new_tokens\":5");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/answer/tokens").asInt()).isBetween(1, 5);
    assertThat(reply.json().at("/answer/ending").asText()).isNotEmpty();
    Reply predicted =
        client.post("/v1/predict", "{\"task\":\"plain\",\"text\":\"the quick brown\"}");
    assertThat(predicted.json().at("/answer/text").asText())
        .startsWith(reply.json().at("/answer/text").asText());
  }

  @Test
  void drawsFollowTheSeed() {
    String drawn = ",\"max_new_tokens\":8,\"temperature\":1.5,\"top_k\":20,\"top_p\":0.9,\"seed\":";
    JsonNode first = generate(drawn + "7").json().at("/answer");
    assertThat(generate(drawn + "7").json().at("/answer")).isEqualTo(first);
    boolean differs = false;
    for (int seed = 8; seed < 14 && !differs; seed++) {
      differs = !generate(drawn + seed).json().at("/answer").equals(first);
    }
    assertThat(differs).isTrue();
  }

  @Test
  void piecesComeAsEventsAndMakeTheAnswer() throws IOException {
    Reply reply = generate(",\"max_new_tokens\":6,\"stream\":true");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type").orElseThrow()).startsWith("text/event-stream");
    StringBuilder written = new StringBuilder();
    JsonNode answer = null;
    for (String event : List.of(reply.body().split("\n\n"))) {
      assertThat(event.lines()).hasSize(2);
      JsonNode data =
          new ObjectMapper().readTree(event.lines().toList().get(1).substring("data: ".length()));
      if (event.startsWith("event: text\n")) {
        written.append(data.at("/text").asText());
      } else {
        assertThat(event).startsWith("event: answer\n");
        answer = data;
      }
    }
    assertThat(answer).isNotNull();
    assertThat(answer.at("/answer/text").asText()).isEqualTo(written.toString());
    assertThat(answer.at("/answer/text"))
        .isEqualTo(generate(",\"max_new_tokens\":6").json().at("/answer/text"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"max_new_tokens\":0",
        ",\"max_new_tokens\":100000",
        ",\"max_new_tokens\":1.5",
        ",\"temperature\":-1",
        ",\"temperature\":\"hot\"",
        ",\"top_p\":2,\"temperature\":1",
        ",\"top_k\":5",
        ",\"top_k\":5000000000,\"temperature\":1",
        ",\"stop\":\"a\"",
        ",\"stop\":[7]",
        ",\"stop\":[\"\"]",
        ",\"stream\":\"yes\"",
        ",\"seed\":1.5"
      })
  void whatIsWrongIsRefusedBeforeAnythingIsWritten(String more) {
    Reply reply = generate(more);
    assertThat(reply.status()).as(more).isEqualTo(400);
    assertThat(reply.header("Content-Type")).contains("application/problem+json");
  }

  @Test
  void tasksThatDoNotWriteAreAskedElsewhere() {
    try (TestServer scoring = TestServer.withPacks()) {
      Reply reply = scoring.client().post("/v1/generate", "{\"task\":\"reviews\",\"text\":\"a\"}");
      assertThat(reply.status()).isEqualTo(422);
      assertThat(reply.json().at("/detail").asText()).contains("/v1/predict");
    }
    assertThat(client.post("/v1/generate", "{\"task\":\"other\",\"text\":\"a\"}").status())
        .isEqualTo(404);
    assertThat(
            client.post("/v1/generate", "{\"task\":\"plain\",\"inputs\":[\"a\",\"b\"]}").status())
        .isEqualTo(400);
  }
}
