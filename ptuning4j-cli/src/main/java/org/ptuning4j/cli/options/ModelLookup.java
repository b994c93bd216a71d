package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.DownloadProgress;
import org.ptuning4j.hub.Models;

/** Finds the model that a command is given, and shows how it is fetched if it has to be. */
public final class ModelLookup {

  /** How {@code --model} is labelled in help. */
  public static final String LABEL = "MODEL";

  /** What may stand there. */
  public static final String FORMS =
      "a folder in the Hugging Face layout; bert-mini, minilm, bge-small-en, e5-small or"
          + " bge-small-zh; owner/name[@revision] on the Hugging Face hub; onnx:FILE; or"
          + " maven:GROUP:ARTIFACT:VERSION";

  private ModelLookup() {}

  /**
   * The model's folder.
   *
   * @param model what was typed
   */
  public static Path folder(Console console, String model) {
    try (DownloadProgress progress = new DownloadProgress(console)) {
      return Models.standard(progress).folder(model);
    }
  }
}
