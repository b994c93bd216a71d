package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Times answers: one text, and batches of one length, by a pack of P-Tuning v2 with P = 20 in every
 * layer, from the text to its label's probabilities. Prints a line for each shape with the median,
 * and the tenth and ninetieth percentile.
 *
 * <p>Arguments: {@code MODEL fp32|bf16|int8 ROWSxTOKENS...}. {@code benchmarks/answers.sh} runs it,
 * beside ONNX Runtime on request.
 */
public final class AnswerBenchmark {

  private static final int PROMPT = 20;

  /** Tokens that are not words: {@code [CLS]} and {@code [SEP]}. */
  private static final int SPECIAL = 2;

  /** Tokens to be timed in all of a shape's repetitions. */
  private static final int TOKENS = 40_000;

  private AnswerBenchmark() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    Path model = Models.resolve(args[0]);
    Path folder = Files.createTempDirectory("answers");
    List<Path> packs = new RandomPacks(folder, "all", PROMPT).write(model, 1);
    try (Predictor predictor = Predictor.open(model, Precision.parse(args[1]))) {
      predictor.add("task", packs.get(0));
      for (int i = 2; i < args.length; i++) {
        String[] shape = args[i].split("x", 2);
        time(predictor, Integer.parseInt(shape[0]), Integer.parseInt(shape[1]));
      }
    }
  }

  private static void time(Predictor predictor, int rows, int tokens) {
    String text = String.join(" ", Collections.nCopies(tokens - SPECIAL, "good"));
    List<Request> requests = Collections.nCopies(rows, Request.of("task", text));
    int count = Math.max(15, TOKENS / (rows * tokens));
    for (int i = 0; i < count / 3; i++) {
      once(predictor, requests);
    }
    double[] ms =
        IntStream.range(0, count).mapToDouble(i -> once(predictor, requests)).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%d x %d: median %.2f ms, p10 %.2f, p90 %.2f%n",
        rows,
        tokens,
        ms[count / 2],
        ms[count / 10],
        ms[count * 9 / 10]);
  }

  private static double once(Predictor predictor, List<Request> requests) {
    long start = System.nanoTime();
    predictor.answer(requests).forEach(outcome -> outcome.orElseThrow());
    return (System.nanoTime() - start) / 1e6;
  }
}
