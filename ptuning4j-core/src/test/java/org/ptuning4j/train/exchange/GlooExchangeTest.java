package org.ptuning4j.train.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Real sockets, between threads. */
class GlooExchangeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HERE = "127.0.0.1";

  private static <T> List<T> run(int workers, Function<GradientExchange, T> work) {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    return Threads.each(
        workers,
        rank -> {
          GlooMeeting meeting =
              rank == 0 ? GlooMeeting.open(PATIENCE) : GlooMeeting.at(HERE, port.join(), PATIENCE);
          if (rank == 0) {
            port.complete(meeting.port());
          }
          try (GlooExchange exchange = meeting.join(rank, workers, HERE)) {
            return work.apply(exchange);
          }
        });
  }

  private static float[] values(int rank) {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(rank * 10_000 + i) / 3;
    }
    return values;
  }

  @Test
  void sumsAreTheSameToTheBitAtAllWorkers() {
    List<float[]> sums =
        run(
            3,
            exchange -> {
              float[] values = values(exchange.rank());
              exchange.sum(values);
              return values;
            });
    assertThat(sums.get(1)).isEqualTo(sums.get(0));
    assertThat(sums.get(2)).isEqualTo(sums.get(0));
    for (int i = 0; i < 10_000; i += 997) {
      double expected = (double) values(0)[i] + values(1)[i] + values(2)[i];
      assertThat((double) sums.get(0)[i])
          .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-6));
    }
  }

  @Test
  void bytesOfAllLengthsComeInTheWorkersOrder() {
    byte[] any = new byte[256];
    for (int i = 0; i < any.length; i++) {
      any[i] = (byte) i;
    }
    List<byte[]> own = List.of("first".getBytes(StandardCharsets.UTF_8), new byte[0], any);
    for (List<byte[]> all : run(3, exchange -> exchange.gather(own.get(exchange.rank())))) {
      assertThat(all).hasSize(3);
      for (int i = 0; i < 3; i++) {
        assertThat(all.get(i)).isEqualTo(own.get(i));
      }
    }
    assertThat(run(2, exchange -> exchange.gather(new byte[0])).get(1))
        .allMatch(bytes -> bytes.length == 0);
  }

  @Test
  void aWorkerThatNeverComesIsMissed() {
    try (GlooMeeting meeting = GlooMeeting.open(Duration.ofMillis(500))) {
      assertThatThrownBy(() -> meeting.join(0, 2, HERE))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("worker 0 of 2, at 127.0.0.1, did not find the others");
    }
  }

  @Test
  void aWorkerThatLeavesIsMissed() {
    List<String> messages =
        run(
            2,
            exchange -> {
              float[] values = new float[1 << 20];
              exchange.sum(values);
              if (exchange.rank() == 1) {
                return "left";
              }
              try {
                exchange.sum(values);
                return "alone";
              } catch (ExchangeException e) {
                return e.getMessage();
              }
            });
    assertThat(messages.get(0)).startsWith("worker 0 of 2 lost the others: ");
    assertThat(Arrays.asList(messages.get(0).split("\n", -1))).hasSize(1);
  }
}
