package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.hub.dataset.DataSets;
import org.ptuning4j.train.TrainingData;
import picocli.CommandLine.Option;

/** The model that a task is trained on, and its rows. */
public final class TrainingFiles {

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--train",
      paramLabel = "FILE",
      description =
          "Rows to train on: JSONL, CSV or TSV (also .gz). Without --train and --dev the published"
              + " files of the task are fetched, where there are any.")
  Path train;

  @Option(
      names = "--dev",
      paramLabel = "FILE",
      description =
          "Rows to evaluate on; they decide which epoch, and of a search which settings, are the"
              + " best. A search with --hold-out evaluates its winner on them in the end.")
  Path dev;

  @Option(
      names = "--skip-bad-rows",
      description = "Leave out rows that cannot be used, and count them, instead of refusing.")
  boolean skipBadRows;

  /** What was typed for the model. */
  public String model() {
    return model;
  }

  /** The model's folder, fetched if need be. */
  public Path modelFolder(Console console) {
    return ModelLookup.folder(console, model);
  }

  /** The rows to train on; null where none were given. */
  public Path train() {
    return train;
  }

  /** The rows to evaluate on; null where none were given. */
  public Path dev() {
    return dev;
  }

  /**
   * Takes the files that a task's authors publish, if none were given.
   *
   * @param task its name; null for a task of the user's
   */
  public void orPublished(Console console, String task) {
    if (train == null && dev == null && task != null) {
      DataSets.TaskFiles files = PublishedFiles.of(console, task);
      train = files.train();
      dev = files.dev();
    }
  }

  /**
   * The rows as they are read.
   *
   * @param judge those to evaluate on
   */
  public TrainingData read(InputOptions reading, Path judge) {
    return new TrainingData(
        reading.file(train),
        reading.file(judge),
        skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE);
  }
}
