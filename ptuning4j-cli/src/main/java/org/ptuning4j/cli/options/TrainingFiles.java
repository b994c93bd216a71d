package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;
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
          "Rows to train on: JSONL, CSV or TSV (also .gz). Without --train, --dev and --data the"
              + " published files of the task are fetched, where there are any.")
  Path train;

  @Option(
      names = "--dev",
      paramLabel = "FILE",
      description =
          "Rows to evaluate on; they decide which epoch, and of a search which settings, are the"
              + " best. A search with --hold-out evaluates its winner on them in the end.")
  Path dev;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Instead of --train and --dev: where the task's files are, in a folder such as RTE/ with"
              + " train.* and val.* or dev.*, as SuperGLUE is published.")
  Path data;

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
   * Takes the files of the folder that was given, or those that a task's authors publish, if no
   * files were.
   *
   * @param task what the task is chosen by
   * @param judging whether there are rows to evaluate on in a file of their own
   * @throws InvalidInputException if folder and files were given, or the task is not in the folder
   */
  public void find(Console console, TaskOptions task, boolean judging) {
    if (data != null) {
      findIn(new DataFolder(data, "--train FILE --dev FILE"), task, judging);
    } else if (train == null && dev == null && task.task != null) {
      DataSets.TaskFiles files = PublishedFiles.of(console, task.task);
      train = files.train();
      dev = files.dev();
    }
  }

  private void findIn(DataFolder folder, TaskOptions task, boolean judging) {
    if (train != null || dev != null) {
      throw new InvalidInputException(
          "data: it says where --train and --dev are; give either the folder or the files");
    }
    if (task.task == null) {
      throw new InvalidInputException(
          "data: the task's name finds its files; add --task NAME, or give --train FILE and --dev"
              + " FILE");
    }
    String name = task.choose("").name();
    train = folder.train(name);
    dev = judging ? folder.dev(name) : null;
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
