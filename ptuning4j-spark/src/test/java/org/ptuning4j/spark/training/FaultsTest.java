package org.ptuning4j.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.spark.SparkApplication.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.spark.Frames;
import org.ptuning4j.spark.Packs;
import org.ptuning4j.spark.SparkApplication;
import org.ptuning4j.spark.row.RowLines;
import org.ptuning4j.spark.row.RowValues;

/** Whatever befalls a worker, the result is that of the undisturbed run, to the bit. */
@Tag("ci")
class FaultsTest {

  private static final String DEFINITION =
      "{\"kind\": \"sequence-classification\", \"name\": \"toy\", \"text\": \"sentence\","
          + " \"label_column\": \"answer_is\"}";

  /** Longer than any test. */
  private static final Duration LONG = Duration.ofMinutes(30);

  @TempDir Path temp;

  /** Something that happens once, at a step of a worker. */
  private enum Mishap {
    HALT {
      @Override
      void happen() {
        Runtime.getRuntime().halt(1);
      }
    },
    HANG {
      @Override
      void happen() {
        try {
          Thread.sleep(LONG.toMillis());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    },
    /** As code outside of Java: nothing but the end of its process ends it. */
    DEAF {
      @Override
      void happen() {
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < end) {
          LockSupport.parkNanos(1_000_000_000L);
          Thread.interrupted();
        }
      }
    };

    abstract void happen();
  }

  private record Once(Mishap mishap, int worker, int step, String marker) implements WorkerFault {
    @Override
    public void after(int made, TaskContext task) {
      Path happened = Path.of(marker);
      if (task.partitionId() == worker && made == step && !Files.exists(happened)) {
        try {
          Files.createFile(happened);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        mishap.happen();
      }
    }
  }

  private static RunPlan plan() {
    return new RunPlan(
        SparkApplication.model(),
        DEFINITION,
        "p-tuning-v2",
        Map.of("batch", "2", "epochs", "2", "evaluate-every", "3", "prompt-length", "2"),
        false,
        2);
  }

  private static FileBundle data(SparkApplication spark) {
    return new FileBundle(
        Map.of(
            TrainingStage.TRAIN, lines(spark, 32, 1),
            TrainingStage.DEV, lines(spark, 9, 2)));
  }

  private static byte[] lines(SparkApplication spark, int count, long seed) {
    List<Row> rows =
        Frames.texts(spark.session(), count, 0, seed)
            .select("sentence", "answer_is")
            .collectAsList();
    RowValues values = new RowValues(Map.of());
    return RowLines.file(rows.stream().map(row -> RowLines.line(values.of(row))).toList());
  }

  private TrainedPack train(
      SparkApplication spark, String out, Duration patience, WorkerFault fault) {
    return new TrainingStage(spark.session().sparkContext(), patience, fault)
        .train(plan(), data(spark), text(temp.resolve(out)));
  }

  private void requireSame(String out) throws IOException {
    for (String file : List.of("checkpoint.safetensors", "pack/prompt.safetensors")) {
      assertThat(Packs.values(temp.resolve(out).resolve(file)))
          .isEqualTo(Packs.values(temp.resolve("undisturbed").resolve(file)));
    }
    assertThat(metrics(out)).isEqualTo(metrics("undisturbed")).hasSize(6);
    assertThat(names(out)).isEqualTo(names("undisturbed"));
  }

  private List<String> metrics(String out) throws IOException {
    return Files.readAllLines(temp.resolve(out + "/metrics.jsonl"), StandardCharsets.UTF_8).stream()
        .map(line -> line.replaceAll("\"(seconds|tokens_per_second)\":[0-9.]+", ""))
        .toList();
  }

  private List<String> names(String out) throws IOException {
    try (var files = Files.walk(temp.resolve(out))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> temp.resolve(out).relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private WorkerFault once(Mishap mishap, int worker, int step) {
    return new Once(mishap, worker, step, text(temp.resolve(mishap + "-has-happened")));
  }

  @Test
  void anExecutorThatIsHaltedInMidEpoch() throws IOException {
    Duration patience = Duration.ofSeconds(60);
    try (SparkApplication spark = SparkApplication.cluster(2)) {
      train(spark, "undisturbed", patience, WorkerFault.NONE);
      train(spark, "halted", patience, once(Mishap.HALT, 1, 7));
      assertThat(temp.resolve("HALT-has-happened")).exists();
      requireSame("halted");
    }
  }

  @Test
  @Tag("long")
  void peersThatHangAndTheFirstWorkerHalted() throws IOException {
    Duration patience = Duration.ofSeconds(8);
    try (SparkApplication spark = SparkApplication.cluster(2)) {
      train(spark, "undisturbed", patience, WorkerFault.NONE);
      train(spark, "hung", patience, once(Mishap.HANG, 1, 8));
      assertThat(temp.resolve("HANG-has-happened")).exists();
      requireSame("hung");
      train(spark, "deaf", patience, once(Mishap.DEAF, 1, 5));
      assertThat(temp.resolve("DEAF-has-happened")).exists();
      requireSame("deaf");
      train(spark, "first", patience, once(Mishap.HALT, 0, 4));
      requireSame("first");
    }
  }

  /** A run whose driver was ended goes on in another application. */
  @Test
  @Tag("long")
  void aDriverThatIsStartedAgain() throws Exception {
    Duration patience = Duration.ofSeconds(60);
    try (SparkApplication spark = SparkApplication.cluster(2)) {
      train(spark, "undisturbed", patience, WorkerFault.NONE);
      WorkerFault hang = once(Mishap.HANG, 1, 8);
      Thread driver =
          new Thread(
              () -> {
                try {
                  train(spark, "restarted", patience, hang);
                } catch (RuntimeException e) {
                  // Its application ends.
                }
              });
      driver.start();
      while (!Files.exists(temp.resolve("HANG-has-happened"))) {
        Thread.sleep(50);
      }
      spark.session().sparkContext().cancelAllJobs();
      driver.join();
    }
    assertThat(temp.resolve("restarted/result.json")).doesNotExist();
    assertThat(temp.resolve("restarted/checkpoint.safetensors")).exists();
    try (SparkApplication spark = SparkApplication.cluster(2)) {
      train(spark, "restarted", patience, WorkerFault.NONE);
      requireSame("restarted");
    }
  }
}
