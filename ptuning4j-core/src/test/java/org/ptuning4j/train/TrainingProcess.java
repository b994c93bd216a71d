package org.ptuning4j.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.ChildJvm;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** A run in a process of its own, to be killed. */
public final class TrainingProcess {

  private TrainingProcess() {}

  /** Some thirty steps with dropout and accumulation, an evaluation after every other one. */
  static TrainingConfig config() {
    return TrainingConfig.builder()
        .method(PTuningV2.asPublished(4))
        .learningRate(1e-2)
        .epochs(3)
        .batching(new TokenBudget(80))
        .accumulation(2)
        .dropout(Optional.of(0.2))
        .evaluateEvery(2)
        .precision(Precision.FP32)
        .build();
  }

  static Training training() {
    return new Training(TinyModel.bert(), TinyModel.task(), config());
  }

  static TrainingData data(Path folder) {
    return TrainingData.of(folder.resolve("train.jsonl"), folder.resolve("dev.jsonl"));
  }

  /** Writes the data of {@link #data}. */
  static TrainingData writeData(Path folder) {
    TinyModel.data(folder.resolve("train.jsonl"), 96, 1);
    TinyModel.data(folder.resolve("dev.jsonl"), 40, 2);
    return data(folder);
  }

  /** A file that is there when the run has begun. */
  static Path begun(Path data) {
    return data.resolve("begun");
  }

  /** Starts the run, or goes on with it. */
  static ChildJvm start(Path data, Path out) throws IOException {
    Files.deleteIfExists(begun(data));
    return ChildJvm.start(
        data.resolve("child.log"), TrainingProcess.class, List.of(data.toString(), out.toString()));
  }

  /** Starts the run and has it wait before its first step for as long as {@code hold} is there. */
  static ChildJvm startHeld(Path data, Path out, Path hold) {
    return ChildJvm.start(
        data.resolve("child.log"),
        TrainingProcess.class,
        List.of(data.toString(), out.toString(), hold.toString()));
  }

  /** Arguments: the folder of the data, the folder of the run, and perhaps what holds it up. */
  public static void main(String[] arguments) {
    Path out = Path.of(arguments[1]);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void started(Start start) {
            touch(begun(Path.of(arguments[0])));
            while (arguments.length > 2 && Files.exists(Path.of(arguments[2]))) {
              sleep();
            }
          }
        };
    training().resume(data(Path.of(arguments[0])), out, listener);
  }

  private static void touch(Path file) {
    try {
      Files.writeString(file, "", StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
