package org.ptuning4j.train.exchange;

import java.util.List;

/** One process by itself. */
enum Alone implements GradientExchange {
  ONE;

  @Override
  public int workers() {
    return 1;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public void sum(float[] values) {
    // The sum of one.
  }

  @Override
  public List<byte[]> gather(byte[] own) {
    return List.of(own);
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
