package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Asks a server at a rate of its own, however long the answers take, and prints a line of JSON for
 * each rate: what was answered, and how long answers took from the moment at which each question
 * was due.
 *
 * <p>Arguments: {@code URL TASKS SECONDS TEXTS RATE...}; TEXTS is a file with a text a line. Each
 * question is {@code {"task": "task-N", "text": …}} by POST. Rates that follow one at which less
 * than nine tenths were answered in time are left out.
 */
public final class ServeLoad {

  /** What takes longer than this is given up. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int WARM_UP_SECONDS = 4;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newFixedThreadPool(4))
          .build();
  private final URI address;
  private final int tasks;
  private final List<String> texts;
  private final SplittableRandom random = new SplittableRandom(11);

  private ServeLoad(URI address, int tasks, List<String> texts) {
    this.address = address;
    this.tasks = tasks;
    this.texts = texts;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    List<String> texts =
        Files.readAllLines(Path.of(args[3]), StandardCharsets.UTF_8).stream()
            .filter(line -> !line.isBlank())
            .toList();
    ServeLoad load = new ServeLoad(URI.create(args[0]), Integer.parseInt(args[1]), texts);
    int seconds = Integer.parseInt(args[2]);
    load.run(Integer.parseInt(args[4]), WARM_UP_SECONDS);
    for (int i = 4; i < args.length; i++) {
      Map<String, Object> line = load.run(Integer.parseInt(args[i]), seconds);
      System.out.println(load.json.writeValueAsString(line));
      if ((double) line.get("answered_share") < 0.9) {
        break;
      }
    }
    System.exit(0); // threads of the client may wait still
  }

  /** Questions come at random, as those of many people do. */
  private Map<String, Object> run(int rate, int seconds) throws Exception {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    AtomicInteger failed = new AtomicInteger();
    long start = System.nanoTime();
    double due = 0;
    while (due < seconds) {
      long at = start + (long) (due * 1e9);
      for (long wait = at - System.nanoTime(); wait > 0; wait = at - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      answers.add(ask(at, failed));
      due += -Math.log(1 - random.nextDouble()) / rate;
    }
    long[] nanos = new long[answers.size()];
    int answered = 0;
    long end = System.nanoTime();
    for (CompletableFuture<Long> each : answers) {
      long took = each.get(60, TimeUnit.SECONDS);
      if (took > 0) {
        nanos[answered++] = took;
      }
    }
    end = Math.max(end, System.nanoTime());
    long[] sorted = LongStream.of(nanos).limit(answered).sorted().toArray();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("rate", rate);
    line.put("asked", answers.size());
    line.put("answered", answered);
    line.put("failed", failed.get());
    line.put("answered_share", rounded((double) answered / answers.size()));
    line.put("answered_per_second", rounded(answered / ((end - start) / 1e9)));
    line.put("ms_p50", percentile(sorted, 0.50));
    line.put("ms_p95", percentile(sorted, 0.95));
    line.put("ms_p99", percentile(sorted, 0.99));
    return line;
  }

  private static double percentile(long[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : rounded(sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6);
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  /** Ends with the nanoseconds since the question was due; 0 if it was not answered. */
  private CompletableFuture<Long> ask(long due, AtomicInteger failed) throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("task", "task-" + random.nextInt(tasks));
    body.put("text", texts.get(random.nextInt(texts.size())));
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .handle(
            (reply, failure) -> {
              if (failure != null || reply.statusCode() != 200) {
                failed.incrementAndGet();
                return 0L;
              }
              return System.nanoTime() - due;
            });
  }
}
