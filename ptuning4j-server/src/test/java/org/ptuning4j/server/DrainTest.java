package org.ptuning4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.http.AccessLog;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.Asked;
import org.ptuning4j.server.serving.Question;

/** The end of a server: what was accepted is answered, what comes later is refused. */
class DrainTest {

  /** Answers when it is told to. */
  private static final class Slow extends FixedServing {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    Slow() {
      super("slow");
    }

    @Override
    public Asked ask(Question question, Instant deadline) {
      asked.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw ProblemDetails.of(ProblemKind.INTERNAL, "interrupted").exception();
      }
      return super.ask(question, deadline);
    }
  }

  @Test
  void acceptedRequestsAreAnsweredAndLaterOnesRefused() throws Exception {
    Slow slow = new Slow();
    ModelServer server = slow.start(ServerSettings.standard());
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
    LogLines lines = new LogLines(AccessLog.NAME);
    Reply late = client.post("/v1/predict", "{\"task\":\"slow\",\"text\":\"a\"}");
    assertThat(late.header("X-Request-Id")).isPresent();
    assertThat(lines.await(1).get(0).at("/problem").asText()).isEqualTo("shutting-down");
    lines.close();
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
