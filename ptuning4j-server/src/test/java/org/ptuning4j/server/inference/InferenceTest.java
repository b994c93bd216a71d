package org.ptuning4j.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

/** The Open Inference Protocol over HTTP. */
class InferenceTest {

  private static final String TEXT =
      "{\"name\":\"text\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"A great film.\",\"An"
          + " awful meal.\"]}";

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

  private static Reply infer(String body) {
    return client.post("/v2/models/reviews/infer", body);
  }

  @Test
  void healthAndServerAreTold() {
    assertThat(client.get("/v2/health/live").json().at("/live").asBoolean()).isTrue();
    assertThat(client.get("/v2/health/ready").json().at("/ready").asBoolean()).isTrue();
    assertThat(client.get("/v2").json().at("/name").asText()).isEqualTo("ptuning4j");
    assertThat(client.get("/v2/models/reviews/ready").json().at("/ready").asBoolean()).isTrue();
    assertThat(client.get("/v2/models/nothing/ready").status()).isEqualTo(404);
  }

  @Test
  void aTaskIsAModel() {
    JsonNode model = client.get("/v2/models/pairs").json();
    assertThat(model.at("/platform").asText()).isEqualTo("ptuning4j");
    assertThat(model.at("/inputs").findValuesAsText("name")).containsExactly("text", "pair");
    assertThat(model.at("/inputs/0/datatype").asText()).isEqualTo("BYTES");
    assertThat(model.at("/inputs/0/shape/0").asInt()).isEqualTo(-1);
    assertThat(model.at("/outputs").findValuesAsText("name"))
        .containsExactly("label", "name", "probability", "probabilities", "answer_json");
    assertThat(client.get("/v2/models/pairs/versions/1").json()).isEqualTo(model);
    assertThat(client.get("/v2/models/pairs/versions/2").status()).isEqualTo(404);
  }

  @Test
  void rowsAreAnsweredAsTheServersOwnProtocolDoes() throws IOException {
    JsonNode reply = infer("{\"id\":\"r-1\",\"inputs\":[" + TEXT + "]}").json();
    assertThat(reply.at("/model_name").asText()).isEqualTo("reviews");
    assertThat(reply.at("/id").asText()).isEqualTo("r-1");
    assertThat(reply.at("/outputs/0/data/0").asText()).isEqualTo("good");
    assertThat(reply.at("/outputs/0/data/1").asText()).isEqualTo("bad");
    assertThat(reply.at("/outputs/2/datatype").asText()).isEqualTo("FP64");
    assertThat(reply.at("/outputs/2/data/0").isNumber()).isTrue();
    JsonNode own =
        client.post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"An awful meal.\"}").json();
    JsonNode whole = new ObjectMapper().readTree(reply.at("/outputs/4/data/1").asText());
    assertThat(whole.at("/label")).isEqualTo(own.at("/answer/label"));
    assertThat(whole.at("/probability").asDouble())
        .isCloseTo(
            own.at("/answer/probability").asDouble(), org.assertj.core.data.Offset.offset(2e-6));
  }

  @Test
  void outputsMayBeChosenAndShapesMayHaveAColumn() {
    JsonNode reply =
        infer(
                "{\"inputs\":[{\"name\":\"text\",\"shape\":[2,1],\"datatype\":\"BYTES\",\"data\":[[\"A"
                    + " great film.\"],[\"Dull.\"]]}],\"outputs\":[{\"name\":\"label\"}]}")
            .json();
    assertThat(reply.at("/outputs")).hasSize(1);
    assertThat(reply.at("/outputs/0/shape/0").asInt()).isEqualTo(2);
  }

  @Test
  void severalInputsMakeARow() {
    Reply reply =
        client.post(
            "/v2/models/pairs/infer",
            "{\"inputs\":[{\"name\":\"first\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]},"
                + "{\"name\":\"second\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"b\"]}]}");
    assertThat(reply.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"inputs\":[]}",
        "{\"inputs\":[7]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[3],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[-1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[0],\"datatype\":\"BYTES\",\"data\":[]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1.5]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"nothing\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1000000000000],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}",
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}],\"outputs\":[{\"name\":\"x\"}]}",
        "{\"binary\":1,\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]}]}"
      })
  void whatIsWrongIsAnErrorOfTheProtocol(String body) {
    Reply reply = infer(body);
    assertThat(reply.status()).as(body).isBetween(400, 422);
    assertThat(reply.header("Content-Type")).contains("application/json");
    assertThat(reply.json().at("/error").asText()).as(body).isNotEmpty();
  }

  @Test
  void anUnknownModelIsNoOtherModel() {
    Reply reply = client.post("/v2/models/review/infer", "{\"inputs\":[" + TEXT + "]}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.json().at("/error").asText()).contains("no such task");
  }
}
