package org.ptuning4j.train.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who has which rows of a batch. */
class GradientExchangeTest {

  @Test
  void sharesHaveEveryRowOnceInOrder() {
    for (int workers = 1; workers <= 5; workers++) {
      for (int rows = 0; rows <= 12; rows++) {
        int[] batch = IntStream.range(100, 100 + rows).toArray();
        List<int[]> shares = Threads.run(workers, exchange -> exchange.share(batch));
        assertThat(shares.stream().flatMapToInt(Arrays::stream).toArray()).isEqualTo(batch);
        int least = shares.stream().mapToInt(share -> share.length).min().orElseThrow();
        int most = shares.stream().mapToInt(share -> share.length).max().orElseThrow();
        assertThat(most - least).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void placesOfAListAreDealtOut() {
    List<int[]> shares = Threads.run(3, exchange -> exchange.share(7));
    assertThat(shares.get(0)).containsExactly(0, 3, 6);
    assertThat(shares.get(1)).containsExactly(1, 4);
    assertThat(shares.get(2)).containsExactly(2, 5);
  }

  @Test
  void oneAloneHasAllAndAddsNothing() {
    GradientExchange alone = GradientExchange.alone();
    float[] values = {1, 2};
    alone.sum(values);
    assertThat(values).containsExactly(1, 2);
    assertThat(alone.share(new int[] {4, 5})).containsExactly(4, 5);
    assertThat(alone.isAlone()).isTrue();
    assertThat(alone.isFirst()).isTrue();
  }
}
