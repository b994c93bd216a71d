package org.ptuning4j.benchmarks.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.ptuning4j.hub.Models;

/**
 * Asks a server for long, while names in its registry mean one pack and then another: single
 * questions, batches, several tasks about one text, and requests that are refused. Each answer is
 * compared with what the pack answers alone, in this process. Samples of the server's heap, memory,
 * open files and threads are taken. Prints a line of JSON, and ends with 1 if an answer was wrong
 * or something has grown.
 *
 * <p>Arguments: {@code prepare REGISTRY PACKS MODEL} makes the registry; {@code run REGISTRY PACKS
 * MODEL PORT ADMIN-PORT PID REQUESTS} asks. PACKS has packs {@code pack-0} to {@code pack-7}.
 * {@code benchmarks/soak.sh} does both.
 */
public final class Soak {

  private static final int PACKS = 8;
  private static final int NAMES = 12;
  private static final int TEXTS = 150;
  private static final int CLIENTS = 6;
  private static final long SAMPLE_SECONDS = 3;
  private static final long CHANGE_MILLIS = 400;

  private Soak() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path registry = Path.of(args[1]);
    List<Path> packs =
        IntStream.range(0, PACKS).mapToObj(i -> Path.of(args[2], "pack-" + i)).toList();
    Expected expected = Expected.of(Models.resolve(args[3]), packs, TEXTS);
    ChangingPacks changing = new ChangingPacks(registry, packs, expected, NAMES);
    if (args[0].equals("run")) {
      boolean well =
          run(
              changing,
              expected,
              Integer.parseInt(args[4]),
              Integer.parseInt(args[5]),
              new ServerSamples(Long.parseLong(args[6])),
              Long.parseLong(args[7]));
      System.exit(well ? 0 : 1); // threads of clients may wait still
    }
  }

  private static boolean run(
      ChangingPacks packs,
      Expected expected,
      int port,
      int adminPort,
      ServerSamples samples,
      long requests)
      throws Exception {
    Thread.sleep(5000); // until the server has seen what the names mean now
    Asking.Tally tally = new Asking.Tally();
    Asking asking =
        new Asking(URI.create("http://127.0.0.1:" + port), packs, expected.texts(), tally);
    ExecutorService threads = Executors.newCachedThreadPool();
    long start = System.nanoTime();
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      long seed = i;
      clients.add(
          threads.submit(
              () -> {
                asking.ask(seed, requests);
                return null;
              }));
    }
    URI metrics = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
    HttpClient client = HttpClient.newHttpClient();
    long nextSample = start;
    for (Future<?> each : clients) {
      while (!isDone(each)) {
        packs.change();
        if (System.nanoTime() - nextSample > 0) {
          samples.take(get(client, metrics));
          nextSample += TimeUnit.SECONDS.toNanos(SAMPLE_SECONDS);
        }
      }
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("requests", Math.min(requests, tally.requests.get()));
    line.put("answers_compared", tally.answers.get());
    line.put("wrong", tally.wrong.get());
    line.put("packs_published", packs.changes());
    line.put("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    line.putAll(samples.summary());
    line.put("flat", samples.areFlat());
    System.out.println(new ObjectMapper().writeValueAsString(line));
    return tally.wrong.get() == 0 && samples.areFlat();
  }

  private static boolean isDone(Future<?> client) throws Exception {
    try {
      client.get(CHANGE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static String get(HttpClient client, URI address)
      throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
