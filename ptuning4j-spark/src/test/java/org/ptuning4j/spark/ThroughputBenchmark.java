package org.ptuning4j.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Rows a second of {@link PromptModel} in one executor of two cores, and of a predictor in one
 * process with two threads: MODEL PACK ROWS. Run by hand.
 */
final class ThroughputBenchmark {

  private static final int CORES = 2;
  private static final int AT_ONCE = 1024;

  private ThroughputBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int rows = Integer.parseInt(arguments[2]);
    for (int round = 0; round < 2; round++) {
      System.out.printf(Locale.ROOT, "one process: %.0f rows/s%n", rows / alone(arguments, rows));
    }
    try (SparkApplication spark = SparkApplication.local(CORES)) {
      Dataset<Row> frame =
          spark
              .session()
              .range(0, rows, 1, CORES)
              .select(
                  functions
                      .concat(
                          functions.lit("row "),
                          functions.col("id"),
                          functions.lit(" of a table that has many, all of them short"))
                      .as("sentence"));
      PromptModel model =
          PromptModel.of(arguments[0], Map.of("pack", arguments[1])).setPrecision("fp32");
      model.transform(frame.limit(100)).count(); // the model is loaded
      for (int round = 0; round < 2; round++) {
        long start = System.nanoTime();
        model.transform(frame).write().format("noop").mode("overwrite").save();
        System.out.printf(
            Locale.ROOT, "Spark: %.0f rows/s%n", rows / ((System.nanoTime() - start) / 1e9));
      }
    }
  }

  private static double alone(String[] arguments, int rows) throws Exception {
    try (Predictor predictor = Predictor.open(Path.of(arguments[0]), Precision.FP32)) {
      predictor.add("pack", Path.of(arguments[1]));
      ExecutorService threads = Executors.newFixedThreadPool(CORES);
      long start = System.nanoTime();
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < CORES; thread++) {
        int from = (int) ((long) rows * thread / CORES);
        int to = (int) ((long) rows * (thread + 1) / CORES);
        all.add(threads.submit(() -> answer(predictor, from, to)));
      }
      for (Future<?> each : all) {
        each.get();
      }
      threads.shutdown();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static void answer(Predictor predictor, int from, int to) {
    Torch.useThreads(1);
    for (int at = from; at < to; at += AT_ONCE) {
      List<Request> some = new ArrayList<>();
      for (int row = at; row < Math.min(to, at + AT_ONCE); row++) {
        some.add(Request.of("pack", "row " + row + " of a table that has many, all of them short"));
      }
      predictor.answer(some);
    }
  }
}
