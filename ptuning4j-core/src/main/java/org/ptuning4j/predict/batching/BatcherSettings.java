package org.ptuning4j.predict.batching;

import java.time.Duration;
import java.util.Objects;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;

/**
 * How requests of many callers are put together.
 *
 * @param capacity how many requests may be accepted and not yet answered; further ones are refused
 * @param tokens of one batch, padding included; a single longer request is a batch of its own
 * @param timeout how long a request may take, unless its caller says otherwise
 * @param readers threads that make tokens of requests and load packs while the model computes
 */
public record BatcherSettings(int capacity, int tokens, Duration timeout, int readers) {

  private static final int CAPACITY = 1024;
  private static final int TOKENS = 2048;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Checks the values. */
  public BatcherSettings {
    Objects.requireNonNull(timeout, "timeout");
    requirePositive("queue-size", capacity);
    requirePositive("batch-tokens", tokens);
    requirePositive("readers", readers);
    if (timeout.isZero() || timeout.isNegative()) {
      throw InvalidInputException.of(
          "%s: %s; more than nothing is expected", new SettingName("timeout"), timeout);
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw InvalidInputException.of(
          "%s: %d; a number from 1 on is expected", new SettingName(name), value);
    }
  }

  /** 1,024 requests, 4,096 tokens, 30 seconds, a reader for every other processor. */
  public static BatcherSettings standard() {
    int readers = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return new BatcherSettings(CAPACITY, TOKENS, TIMEOUT, readers);
  }

  /** The same with another capacity. */
  public BatcherSettings withCapacity(int other) {
    return new BatcherSettings(other, tokens, timeout, readers);
  }

  /** The same with another number of tokens in a batch. */
  public BatcherSettings withTokens(int other) {
    return new BatcherSettings(capacity, other, timeout, readers);
  }

  /** The same with another time. */
  public BatcherSettings withTimeout(Duration other) {
    return new BatcherSettings(capacity, tokens, other, readers);
  }

  /** The same with another number of readers. */
  public BatcherSettings withReaders(int other) {
    return new BatcherSettings(capacity, tokens, timeout, other);
  }
}
