package org.ptuning4j.hub.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.ptuning4j.FailureReason;

/**
 * Repeats what may have failed only for the moment: a lost connection, a server that is busy or
 * asks to wait. Each pause is twice the one before, unless the server says how long to wait.
 *
 * @param attempts how often in a row something may fail without any progress
 * @param firstPause the pause after the first failure
 * @param longestPause the longest that a server may ask to wait
 * @param pauses waits
 */
public record Retries(int attempts, Duration firstPause, Duration longestPause, Pauses pauses) {

  /** Waits, or, in a test, notes what it was asked to wait. */
  @FunctionalInterface
  public interface Pauses {

    /** Returns after that time. */
    void pause(Duration duration) throws InterruptedException;
  }

  /**
   * One attempt.
   *
   * @param <T> its result
   */
  @FunctionalInterface
  interface Attempt<T> {

    /** Does it. */
    T run() throws IOException, InterruptedException;
  }

  /** Measures progress: a failure after progress does not count. */
  @FunctionalInterface
  interface Position {

    /** A number that grows with progress. */
    long now();
  }

  /** Five attempts, pauses from one second, at most five minutes when a server asks for it. */
  public static Retries standard() {
    return new Retries(
        5,
        Duration.ofSeconds(1),
        Duration.ofMinutes(5),
        duration -> Thread.sleep(duration.toMillis()));
  }

  <T> T run(DownloadListener listener, Attempt<T> attempt) throws IOException {
    return run(listener, () -> 0, attempt);
  }

  /** Runs an attempt until it succeeds, fails for good, or has failed too often. */
  <T> T run(DownloadListener listener, Position position, Attempt<T> attempt) throws IOException {
    int failures = 0;
    Duration pause = firstPause;
    long reached = position.now();
    while (true) {
      try {
        return attempt.run();
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (IOException e) {
        if (isFinal(e)) {
          throw e;
        }
        if (position.now() > reached) {
          reached = position.now();
          failures = 0;
          pause = firstPause;
        }
        failures++;
        Duration wait = e instanceof PassingException passing ? passing.wait(pause) : pause;
        if (failures >= attempts || wait.compareTo(longestPause) > 0) {
          throw e;
        }
        pause(listener, e, wait);
        pause = pause.multipliedBy(2);
      }
    }
  }

  private void pause(DownloadListener listener, IOException failure, Duration wait)
      throws IOException {
    listener.remarked(
        reason(failure) + "; trying again in " + Math.max(1, wait.toSeconds()) + " s");
    try {
      pauses.pause(wait);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Why a connection failed, in words. */
  public static String reason(IOException failure) {
    if (hostIsUnknown(failure)) {
      return "there is no such host, as far as this machine can see; it may need a proxy"
          + " (HTTPS_PROXY)";
    }
    return failure.getMessage() == null && failure instanceof ConnectException
        ? "no connection"
        : FailureReason.of(failure);
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private static boolean isFinal(IOException e) {
    return e instanceof RefusedException
        || e instanceof ChangedException
        || e instanceof DamagedException
        || Thread.currentThread().isInterrupted()
        || e instanceof FileSystemException
        || e instanceof SSLException
        || hostIsUnknown(e);
  }

  /** Whether there is no such host, as far as this machine can see. */
  public static boolean hostIsUnknown(IOException e) {
    return e instanceof UnknownHostException
        || e.getCause() instanceof UnknownHostException
        || e.getCause() instanceof UnresolvedAddressException
        || (e.getCause() instanceof ConnectException inner
            && inner.getCause() instanceof UnresolvedAddressException);
  }
}
