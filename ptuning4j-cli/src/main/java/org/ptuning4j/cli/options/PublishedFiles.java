package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.DownloadProgress;
import org.ptuning4j.hub.dataset.DataSets;

/** Finds the files that a built-in task's authors publish, and shows how they are fetched. */
public final class PublishedFiles {

  private PublishedFiles() {}

  /**
   * The files of a task.
   *
   * @param task its name
   */
  public static DataSets.TaskFiles of(Console console, String task) {
    try (DownloadProgress progress = new DownloadProgress(console)) {
      return DataSets.standard(progress).files(task);
    }
  }

  /**
   * A task's rows to evaluate on.
   *
   * @param task its name
   */
  public static Path evaluation(Console console, String task) {
    try (DownloadProgress progress = new DownloadProgress(console)) {
      return DataSets.standard(progress).evaluation(task);
    }
  }
}
