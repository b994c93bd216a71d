package org.ptuning4j.predict.batching;

/**
 * How long a request spent where, in nanoseconds; 0 where it did not come.
 *
 * @param queued until a reader took it
 * @param read while its tokens were made, and its pack loaded
 * @param waited until its batch began
 * @param computed while its batch was computed
 */
public record Stages(long queued, long read, long waited, long computed) {

  /** From acceptance to answer. */
  public long total() {
    return queued + read + waited + computed;
  }
}
