package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import picocli.CommandLine.Option;

/** How the text of data files is written; the same for every command that reads some. */
public class TextOptions {

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "How characters are written, such as windows-1252, UTF-16 or GB18030. Default: UTF-8.")
  String encoding;

  @Option(
      names = "--delimiter",
      paramLabel = "SIGN",
      description =
          "What separates the columns of CSV. Default: a comma, or what a first line such as sep=;"
              + " says.")
  String delimiter;

  /** The settings that the options make. */
  public InputSettings settings() {
    InputSettings settings = InputSettings.DEFAULT;
    if (encoding != null) {
      settings = settings.withEncoding(encoding);
    }
    return delimiter == null ? settings : settings.withDelimiter(delimiter);
  }

  /** A file to be read by the settings. */
  public final InputFile file(Path path) {
    return InputFile.of(path, settings());
  }
}
