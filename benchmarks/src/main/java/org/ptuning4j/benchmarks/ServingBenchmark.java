package org.ptuning4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Input;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Times the serving of many packs over one model, with packs of random values. Prints a line of
 * JSON for each figure.
 *
 * <p>Arguments: {@code FOLDER MODEL WHAT}; the folder keeps the packs. WHAT is {@code residency}
 * (mixed traffic on 8 packs, on 1,024, and on 1,024 of which half fit into memory), {@code fan-out}
 * (8 tasks about one text, together and one after the other), or {@code batcher} (the same mixed
 * traffic through the batcher). {@code benchmarks/serving.sh} runs them. {@code packs} only writes
 * the packs that {@code benchmarks/serve.sh} serves.
 */
public final class ServingBenchmark {

  private static final int LENGTH = 20;
  private static final int MANY = 1024;
  private static final int FEW = 8;
  private static final int SERVED = 32;
  private static final int BATCH = 32;
  private static final int BATCHES = 12; // of a round
  private static final int ROUNDS = 7;

  private static final List<String> WORDS =
      List.of(
          "the", "film", "is", "a", "delight", "from", "start", "to", "finish", "and", "its",
          "music", "was", "better", "than", "all", "that", "we", "had", "seen", "before", "in",
          "this", "town", "of", "small", "houses", "where", "nobody", "knows", "what", "will");

  private final Path folder;
  private final Path model;
  private final SplittableRandom random = new SplittableRandom(7);

  private ServingBenchmark(Path folder, Path model) {
    this.folder = folder;
    this.model = model;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    ServingBenchmark benchmark = new ServingBenchmark(Path.of(args[0]), Models.resolve(args[1]));
    switch (args[2]) {
      case "residency" -> benchmark.residency();
      case "fan-out" -> benchmark.fanOut();
      case "batcher" -> benchmark.batcher();
      case "packs" -> benchmark.packs("all", SERVED);
      default -> throw new IllegalArgumentException("unknown: " + args[2]);
    }
  }

  private List<Path> packs(String layers, int count) {
    String name = layers.replace(':', '-');
    return new RandomPacks(folder.resolve(name), layers, LENGTH).write(model, count);
  }

  private Predictor predictor(List<Path> packs, long limit) {
    Predictor predictor =
        Predictor.open(
            model, PredictorOptions.standard().withPrecision(Precision.FP32).withPackBytes(limit));
    for (int i = 0; i < packs.size(); i++) {
      predictor.add("task-" + i, packs.get(i));
    }
    return predictor;
  }

  private String text(int words) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      chosen.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", chosen);
  }

  /** Texts of 8 to 56 words, mostly short ones, for any of so many tasks. */
  private Request request(int tasks) {
    int words = 8 + random.nextInt(8 + random.nextInt(41));
    return Request.of("task-" + random.nextInt(tasks), text(words));
  }

  private void residency() throws IOException {
    List<Path> packs = packs("all", MANY);
    try (Predictor few = predictor(packs.subList(0, FEW), Long.MAX_VALUE);
        Predictor many = predictor(packs, Long.MAX_VALUE)) {
      Residency all = many.residency();
      try (Predictor limited = predictor(packs, all.bytes() / 2)) {
        List<Predictor> predictors = List.of(few, many, limited);
        double[][] rates = new double[predictors.size()][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) { // one to warm up
          for (int turn = 0; turn < rates.length; turn++) {
            int i = (turn + round + 1) % rates.length; // each is first now and then
            rates[i][Math.max(0, round)] = rate(predictors.get(i), i == 0 ? FEW : MANY);
          }
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", "residency");
        line.put("bytes_per_pack", all.bytes() / MANY);
        line.put("rows_per_second_8", median(rates[0]));
        line.put("rows_per_second_1024", median(rates[1]));
        line.put("rows_per_second_1024_half_in_memory", median(rates[2]));
        line.put("ratio_1024", median(rates[1]) / median(rates[0]));
        line.put("ratio_half", median(rates[2]) / median(rates[0]));
        line.put("loads_half", limited.residency().loads() - MANY);
        line.put("hits_half", limited.residency().hits());
        print(line);
      }
    }
  }

  /** Rows a second of mixed traffic, in batches of 32. */
  private double rate(Predictor predictor, int tasks) {
    List<List<Request>> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      batches.add(requests(tasks, BATCH));
    }
    long start = System.nanoTime();
    batches.forEach(batch -> predictor.answer(batch).forEach(Outcome::orElseThrow));
    return BATCHES * BATCH / ((System.nanoTime() - start) / 1e9);
  }

  private List<Request> requests(int tasks, int count) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request(tasks));
    }
    return requests;
  }

  private void fanOut() throws IOException {
    try (Predictor predictor = predictor(packs("top:2", FEW), Long.MAX_VALUE)) {
      for (int words : new int[] {30, 100}) {
        double[] together = new double[ROUNDS * 10];
        double[] apart = new double[ROUNDS * 10];
        for (int round = -10; round < together.length; round++) {
          List<Request> requests =
              predictor.requests(List.of(Request.ALL_TASKS), Input.of(text(words)));
          long start = System.nanoTime();
          predictor.answer(requests).forEach(Outcome::orElseThrow);
          long between = System.nanoTime();
          requests.forEach(predictor::answer);
          long end = System.nanoTime();
          together[Math.max(0, round)] = (between - start) / 1e6;
          apart[Math.max(0, round)] = (end - between) / 1e6;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", "fan-out");
        line.put("words", words);
        line.put("shared_layers", predictor.sharedLayers(List.of(Request.ALL_TASKS)).shared());
        line.put("ms_8_tasks_together", median(together));
        line.put("ms_8_single_requests", median(apart));
        line.put("ratio", median(apart) / median(together));
        print(line);
      }
    }
  }

  private void batcher() throws IOException {
    try (Predictor predictor = predictor(packs("all", FEW), Long.MAX_VALUE)) {
      double[] direct = new double[ROUNDS];
      double[] batched = new double[ROUNDS];
      Waste waste = new Waste();
      try (Batcher batcher =
          Batcher.over(predictor, BatcherSettings.standard().withCapacity(4096), waste)) {
        for (int round = -1; round < ROUNDS; round++) {
          direct[Math.max(0, round)] = rate(predictor, FEW);
          List<Request> requests = requests(FEW, BATCH * BATCHES);
          long start = System.nanoTime();
          List<CompletableFuture<Outcome>> answers =
              requests.stream().map(batcher::submit).toList();
          answers.forEach(answer -> answer.join().orElseThrow());
          batched[Math.max(0, round)] = requests.size() / ((System.nanoTime() - start) / 1e9);
        }
      }
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("what", "batcher");
      line.put("rows_per_second_batches_of_32", median(direct));
      line.put("rows_per_second_batcher", median(batched));
      line.put("padding", 1 - (double) waste.tokens / waste.places);
      print(line);
    }
  }

  /** Counts what the batcher's only computing thread tells. */
  private static final class Waste implements BatcherListener {

    private long tokens;
    private long places;

    @Override
    public void computed(int rows, long batchTokens, long batchPlaces) {
      tokens += batchTokens;
      places += batchPlaces;
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void print(Map<String, Object> line) throws IOException {
    line.replaceAll(
        (name, value) ->
            value instanceof Double number ? (Object) (Math.round(number * 1000) / 1000.0) : value);
    System.out.println(new ObjectMapper().writeValueAsString(line));
  }
}
