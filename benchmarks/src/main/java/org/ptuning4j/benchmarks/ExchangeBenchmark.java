package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.ptuning4j.train.exchange.GlooExchange;
import org.ptuning4j.train.exchange.GlooMeeting;

/**
 * Times of one sum over all workers, by its size: what a step of a run of several workers takes
 * besides computing. Each worker is a process: {@code ExchangeBenchmark RANK WORKERS ADDRESS
 * FIRST-ADDRESS PORT-FILE VALUES,…}; see distributed.sh.
 */
public final class ExchangeBenchmark {

  private static final int SERIES = 15;
  private static final long POLL_MILLIS = 50;

  private ExchangeBenchmark() {}

  /** Runs one worker; the first prints a line for each size. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rank = Integer.parseInt(arguments[0]);
    int workers = Integer.parseInt(arguments[1]);
    Path port = Path.of(arguments[4]);
    Duration patience = Duration.ofSeconds(60);
    GlooMeeting meeting;
    if (rank == 0) {
      meeting = GlooMeeting.open(patience);
      Files.writeString(port, Integer.toString(meeting.port()));
    } else {
      while (!Files.exists(port) || Files.size(port) == 0) {
        Thread.sleep(POLL_MILLIS);
      }
      meeting =
          GlooMeeting.at(arguments[3], Integer.parseInt(Files.readString(port).strip()), patience);
    }
    try (GlooExchange exchange = meeting.join(rank, workers, arguments[2])) {
      for (String size : arguments[5].split(",", -1)) {
        double millis = medianMillis(exchange, Integer.parseInt(size));
        if (rank == 0) {
          System.out.printf(Locale.ROOT, "%d workers, %s values: %.2f ms%n", workers, size, millis);
        }
      }
    }
  }

  private static double medianMillis(GlooExchange exchange, int values) {
    float[] gradients = new float[values];
    double[] times = new double[SERIES];
    for (int i = -2; i < SERIES; i++) {
      exchange.gather(new byte[1]); // all begin together
      long start = System.nanoTime();
      exchange.sum(gradients);
      if (i >= 0) {
        times[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(times);
    return times[SERIES / 2];
  }
}
