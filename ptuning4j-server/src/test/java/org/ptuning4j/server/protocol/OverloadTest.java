package org.ptuning4j.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.ModelServer;
import org.ptuning4j.server.TestPacks;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.serving.BatchedServing;
import org.ptuning4j.tensor.engine.Precision;

/** More questions than may wait, and answers that do not come in time; the model is held. */
class OverloadTest {

  private static final String ASK = "{\"task\":\"reviews\",\"text\":\"A great film.\"}";

  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private Predictor predictor;
  private BatchedServing serving;
  private ModelServer server;
  private HttpClientForTests client;

  /** Holds the thread that has the model compute, once it has computed the first batch. */
  private final class Holding implements BatcherListener {
    @Override
    public void batch(int requests, long nanos) {
      held.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @BeforeEach
  void start() {
    predictor = Predictor.open(TestPacks.model(), Precision.FP32);
    serving =
        new BatchedServing(
            predictor,
            Map.of("reviews", TestPacks.reviews()),
            Optional.empty(),
            BatcherSettings.standard().withCapacity(2),
            new Holding());
    server =
        ModelServer.start(
            serving,
            serving,
            new ServerMetrics(),
            new Address("127.0.0.1", 0),
            ServerSettings.standard());
    client = new HttpClientForTests(server.port());
  }

  @AfterEach
  void stop() {
    go.countDown();
    server.close();
    serving.close();
    predictor.close();
  }

  private CompletableFuture<Reply> asked(String body) {
    return CompletableFuture.supplyAsync(() -> client.post("/v1/predict", body));
  }

  @Test
  void whatIsTooMuchIsToldToComeAgainAndWhatWasAcceptedIsAnswered() throws Exception {
    CompletableFuture<Reply> first = asked(ASK);
    held.await();
    Reply batch =
        client.post(
            "/v1/batch", "{\"requests\":[" + ASK + "," + ASK + "," + ASK + "],\"timeout_ms\":200}");
    assertThat(batch.status()).isEqualTo(200);
    JsonNode results = batch.json().at("/results");
    assertThat(results.at("/0/error/type").asText()).endsWith("deadline"); // it was accepted
    assertThat(results.at("/1/error/type").asText()).endsWith("overloaded");
    assertThat(results.at("/2/error/retry_after_seconds").asInt()).isEqualTo(1);
    CompletableFuture<Reply> refused = asked(ASK); // the one that came too late waits still
    Reply late = refused.get();
    assertThat(late.status()).isEqualTo(429);
    assertThat(late.header("Retry-After")).contains("1");
    assertThat(late.json().at("/type").asText()).endsWith("overloaded");
    assertThat(first).isNotDone();
    go.countDown();
    assertThat(first.get().json().at("/answer/label").asText()).isEqualTo("good");
    Reply after = asked(ASK).get();
    for (int i = 0; i < 200 && after.status() == 429; i++) {
      after = asked(ASK).get();
    }
    assertThat(after.status()).isEqualTo(200);
  }

  @Test
  void anAnswerThatIsNotThereInTimeIsAnErrorOfItsOwn() throws Exception {
    CompletableFuture<Reply> first = asked(ASK);
    held.await();
    Reply late = asked(ASK.replace("}", ",\"timeout_ms\":50}")).get();
    assertThat(late.status()).isEqualTo(504);
    assertThat(late.json().at("/type").asText()).endsWith("deadline");
    Reply wrong = client.post("/v1/predict", ASK.replace("}", ",\"timeout_ms\":3000000}"));
    assertThat(wrong.json().at("/field").asText()).isEqualTo("timeout_ms");
    go.countDown();
    assertThat(first.get().status()).isEqualTo(200);
  }
}
