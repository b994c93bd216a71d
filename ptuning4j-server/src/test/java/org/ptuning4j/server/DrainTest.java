package org.ptuning4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.Asked;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.PackAdministration;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.server.serving.Serving;
import org.ptuning4j.task.LabelAnswer;

/** The end of a server: what was accepted is answered, what comes later is refused. */
class DrainTest {

  /** Answers when it is told to. */
  private static final class Slow implements Serving, PackAdministration {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Override
    public List<String> names() {
      return List.of("slow");
    }

    @Override
    public boolean has(String name) {
      return name.equals("slow");
    }

    @Override
    public Optional<OfferedTask> task(String name) {
      return Optional.empty();
    }

    @Override
    public int waiting() {
      return 0;
    }

    @Override
    public Residency residency() {
      return new Residency(0, 0, 0, 0, 0, List.of());
    }

    @Override
    public Asked ask(Question question, Instant deadline) {
      asked.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw ProblemDetails.of(ProblemKind.INTERNAL, "interrupted").exception();
      }
      LabelAnswer answer = new LabelAnswer("a", "a", Map.of("a", 1.0));
      return new Asked(CompletableFuture.completedFuture(new Result.Answered(answer)), () -> {});
    }

    @Override
    public List<KnownPack> packs() {
      return List.of();
    }

    @Override
    public void promote(String name, int version, String alias) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int rollback(String name, String alias) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void load(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void unload(String name) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void acceptedRequestsAreAnsweredAndLaterOnesRefused() throws Exception {
    Slow slow = new Slow();
    ModelServer server =
        ModelServer.start(
            slow,
            slow,
            new ServerMetrics(),
            new Address("127.0.0.1", 0),
            ServerSettings.standard());
    HttpClientForTests client = new HttpClientForTests(server.port());
    CompletableFuture<Reply> accepted =
        CompletableFuture.supplyAsync(
            () -> client.post("/v1/predict", "{\"task\":\"slow\",\"text\":\"a\"}"));
    slow.asked.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
    Reply ready = client.get("/health/ready");
    while (ready.status() == 200) {
      Thread.sleep(10);
      ready = client.get("/health/ready");
    }
    assertThat(ready.status()).isEqualTo(503);
    assertThat(client.get("/health/live").status()).isEqualTo(200);
    Reply late = client.post("/v1/predict", "{\"task\":\"slow\",\"text\":\"a\"}");
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.json().at("/type").asText()).endsWith("shutting-down");
    assertThat(late.header("Retry-After")).contains("1");
    assertThat(accepted).isNotDone();
    assertThat(closing).isNotDone();
    slow.go.countDown();
    assertThat(accepted.get().status()).isEqualTo(200);
    closing.get();
  }
}
