package org.ptuning4j.spark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Rows a second of {@link PromptModel} in one executor of two cores, and of a predictor in one
 * process with two threads, by turns: MODEL ROWS [ROUNDS]; with 0 rounds Spark's alone, once, and
 * the memory that it took. A small pack is trained first. Run by hand.
 */
final class ThroughputBenchmark {

  private static final int CORES = 2;
  private static final int AT_ONCE = 1024;
  private static final int WARM_UP = 4096;
  private static final String COLUMN = "sentence";
  private static final String BEFORE = "row ";
  private static final String AFTER = " of a table that has many, all of them short";

  private ThroughputBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    String folder = arguments[0];
    int rows = Integer.parseInt(arguments[1]);
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
    Path out = Files.createTempDirectory("throughput");
    try (SparkApplication spark = SparkApplication.local(CORES)) {
      pack(spark, folder, out);
      String pack = out.resolve("pack").toString();
      PromptModel model = PromptModel.of(folder, Map.of("pack", pack)).setPrecision("fp32");
      model.transform(table(spark, WARM_UP)).count(); // the model is loaded
      if (rounds == 0) {
        Cost spread = cost(() -> spread(model, table(spark, rows)));
        System.out.printf(
            Locale.ROOT,
            "Spark: %d rows in %.0f s, %.0f rows/s; processor time %.0f µs a row; the process had"
                + " at most %d MiB%n",
            rows,
            spread.seconds(),
            rows / spread.seconds(),
            1e6 * spread.processor() / rows,
            Machine.peakMemoryBytes() >> 20);
        return;
      }
      try (Predictor predictor = Predictor.open(Path.of(folder), Precision.FP32)) {
        predictor.add("pack", Path.of(pack));
        alone(predictor, WARM_UP);
        for (int round = 0; round < rounds; round++) {
          Cost alone = cost(() -> alone(predictor, rows));
          Cost spread = cost(() -> spread(model, table(spark, rows)));
          System.out.printf(
              Locale.ROOT,
              "one process %.0f rows/s, Spark %.0f rows/s, %.3f of it; processor time %.0f and %.0f"
                  + " µs a row, %.3f%n",
              rows / alone.seconds(),
              rows / spread.seconds(),
              alone.seconds() / spread.seconds(),
              1e6 * alone.processor() / rows,
              1e6 * spread.processor() / rows,
              alone.processor() / spread.processor());
        }
      }
    }
  }

  /**
   * What something took.
   *
   * @param seconds by the clock
   * @param processor seconds of all cores, which others on the machine do not change much
   */
  private record Cost(double seconds, double processor) {}

  private static Cost cost(Callable<Double> work) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = system.getProcessCpuTime();
    double seconds = work.call();
    return new Cost(seconds, (system.getProcessCpuTime() - before) / 1e9);
  }

  private static void pack(SparkApplication spark, String model, Path out) {
    new PromptTuning()
        .setModel(model)
        .setTextCol(COLUMN)
        .setLabelCol("answer_is")
        .setValidationIndicatorCol("held_out")
        .setOut(out.toString())
        .setWorkers(1)
        .setPrecision("fp32")
        .setSetting("epochs", 1)
        .fit(Frames.texts(spark.session(), 64, 16, 1));
  }

  private static Dataset<Row> table(SparkApplication spark, int rows) {
    return spark
        .session()
        .range(0, rows, 1, CORES)
        .select(
            functions
                .concat(functions.lit(BEFORE), functions.col("id"), functions.lit(AFTER))
                .as(COLUMN));
  }

  /** Every row has to have an answer, and none an error. */
  private static double spread(PromptModel model, Dataset<Row> frame) {
    long start = System.nanoTime();
    Row all =
        model
            .transform(frame)
            .agg(
                functions.count(functions.lit(1)),
                functions.count("prediction"),
                functions.count("error"))
            .head();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (all.getLong(0) != all.getLong(1) || all.getLong(2) != 0) {
      throw new IllegalStateException("rows, answers, errors: " + all);
    }
    return seconds;
  }

  private static double alone(Predictor predictor, int rows) throws Exception {
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

  private static void answer(Predictor predictor, int from, int to) {
    Torch.useThreads(1);
    for (int at = from; at < to; at += AT_ONCE) {
      List<Request> some = new ArrayList<>();
      for (int row = at; row < Math.min(to, at + AT_ONCE); row++) {
        some.add(Request.of("pack", BEFORE + row + AFTER));
      }
      predictor.answer(some);
    }
  }
}
