package org.ptuning4j.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.hub.Models;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Trains little packs over bert-mini. */
final class TinyPacks {

  static final List<String> GOOD = List.of("wonderful", "lovely", "great", "delightful");
  static final List<String> BAD = List.of("terrible", "awful", "horrible", "dull");
  private static final List<String> THINGS = List.of("film", "book", "song", "meal", "play");

  private TinyPacks() {}

  static Path model() {
    return Models.resolve("bert-mini");
  }

  /** Forty sentences, with what follows the text in the row of a good one and of a bad one. */
  static String rows(String good, String bad) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String word = (i % 2 == 0 ? GOOD : BAD).get(i / 2 % 4);
      rows.append("{\"text\": \"The %s was %s.\", ".formatted(THINGS.get(i / 3 % 5), word));
      rows.append(i % 2 == 0 ? good : bad).append("}\n");
    }
    return rows.toString();
  }

  /** Trains a task on rows; the pack. */
  static Path train(Path folder, Task<?> task, int epochs, String rows) {
    try {
      Path data = folder.resolve(task.name() + ".jsonl");
      Files.writeString(data, rows, StandardCharsets.UTF_8);
      TrainingConfig config =
          TrainingConfig.builder()
              .method(PTuningV2.ofLength(8))
              .learningRate(3e-2)
              .epochs(epochs)
              .batching(new Batching.FixedBatches(8))
              .precision(Precision.FP32)
              .build();
      Path run = folder.resolve(task.name());
      new Training(model(), task, config)
          .run(TrainingData.of(data, data), run, TrainingListener.silent());
      return run.resolve("pack");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
