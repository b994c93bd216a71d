package org.ptuning4j.train.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Connects the workers that train one run together. All have the same model, data and settings, and
 * make the same steps: each computes its share of a step's rows, the gradients are added up before
 * they are clipped, and so all workers change their parameters alike. The batch that the settings
 * name is the step's, however many workers share it: a run of N workers makes the steps that one
 * process makes, to rounding, wherever no dropout is drawn.
 *
 * <p>Every method is called by all workers at the same point of the run, from the thread that
 * trains.
 */
public interface GradientExchange extends AutoCloseable {

  /** How many workers there are, 1 or more. */
  int workers();

  /** Which of them this is, from 0. The first keeps the run's files. */
  int rank();

  /**
   * Adds up the values of all workers, in place. The result is the same to the bit at each.
   *
   * @param values as many at each worker
   * @throws ExchangeException if another worker is gone or does not answer in time
   */
  void sum(float[] values);

  /**
   * Gives the bytes of all workers to each.
   *
   * @return one array a worker, in their order
   * @throws ExchangeException if another worker is gone or does not answer in time
   */
  List<byte[]> gather(byte[] own);

  /** One process by itself, which adds nothing. */
  static GradientExchange alone() {
    return Alone.ONE;
  }

  /** Whether there is one worker only. */
  default boolean isAlone() {
    return workers() == 1;
  }

  /** Whether this worker keeps the run's files. */
  default boolean isFirst() {
    return rank() == 0;
  }

  /**
   * This worker's rows of a batch. The shares of all workers have every row once, and differ by one
   * row at most. Rows of a batch come longest first; each share is a piece of it, so that it is
   * padded no more than the whole.
   *
   * @return none if there are fewer rows than workers
   */
  default int[] share(int[] batch) {
    int from = (int) ((long) batch.length * rank() / workers());
    int to = (int) ((long) batch.length * (rank() + 1) / workers());
    return Arrays.copyOfRange(batch, from, to);
  }

  /** The places of a list that are this worker's: every N-th of it. */
  default int[] share(int size) {
    return IntStream.range(0, size).filter(place -> place % workers() == rank()).toArray();
  }

  @Override
  void close();
}
