package org.ptuning4j.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.hub.Models;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Little packs over bert-mini, trained once for all tests of a JVM. */
public final class TestPacks {

  private static final List<String> GOOD = List.of("wonderful", "lovely", "great", "delightful");
  private static final List<String> BAD = List.of("terrible", "awful", "horrible", "dull");
  private static final List<String> THINGS = List.of("film", "book", "song", "meal", "play");

  private TestPacks() {}

  /** The model that all packs are for. */
  public static Path model() {
    return Models.resolve("bert-mini");
  }

  /** One text, {@code good} or {@code bad}. */
  public static Path reviews() {
    return Reviews.PACK;
  }

  /** The same task with the labels the other way round. */
  public static Path contrary() {
    return Contrary.PACK;
  }

  /**
   * Two texts, {@code yes} or {@code no}; its columns are called {@code first} and {@code second}.
   */
  public static Path pairs() {
    return Pairs.PACK;
  }

  private static final class Reviews {
    static final Path PACK =
        train(
            SequenceClassificationTask.onText("reviews", Template.column("text"), "label"),
            reviewRows(40));
  }

  private static final class Contrary {
    static final Path PACK =
        train(
            SequenceClassificationTask.onText("reviews", Template.column("text"), "label"),
            reviewRows(40)
                .replace("\"good\"", "\"?\"")
                .replace("\"bad\"", "\"good\"")
                .replace("\"?\"", "\"bad\""));
  }

  private static final class Pairs {
    static final Path PACK =
        train(
            SequenceClassificationTask.onPair(
                "pairs", Template.column("first"), Template.column("second"), "same"),
            pairRows(16));
  }

  private static Path train(Task<?> task, String rows) {
    try {
      Path folder = Files.createTempDirectory("ptuning4j-server-pack");
      Path data = Files.writeString(folder.resolve("data.jsonl"), rows, StandardCharsets.UTF_8);
      TrainingConfig config =
          TrainingConfig.builder()
              .method(PTuningV2.asPublished(4))
              .learningRate(2e-2)
              .epochs(3)
              .precision(Precision.FP32)
              .build();
      Path run = folder.resolve("run");
      new Training(model(), task, config)
          .run(TrainingData.of(data, data), run, TrainingListener.silent());
      return run.resolve("pack");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String reviewRows(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      boolean good = i % 2 == 0;
      String word = (good ? GOOD : BAD).get(i / 2 % 4);
      lines.append(
          "{\"text\": \"The %s was %s.\", \"label\": \"%s\"}%n"
              .formatted(THINGS.get(i / 3 % 5), word, good ? "good" : "bad"));
    }
    return lines.toString();
  }

  private static String pairRows(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String thing = THINGS.get(i % 5);
      String other = i % 2 == 0 ? thing : THINGS.get((i + 1) % 5);
      lines.append(
          "{\"first\": \"He saw the %s.\", \"second\": \"She saw the %s.\", \"same\": \"%s\"}%n"
              .formatted(thing, other, i % 2 == 0 ? "yes" : "no"));
    }
    return lines.toString();
  }
}
