package org.ptuning4j.cli.options;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import picocli.CommandLine.Option;

/** How data files are read: in which format, and how their text is written. */
public final class InputOptions extends TextOptions {

  /** The name that means standard input. */
  public static final String STANDARD_INPUT = "-";

  @Option(
      names = "--format",
      paramLabel = "NAME",
      completionCandidates = Choices.InputFormats.class,
      description =
          "How files are written: ${COMPLETION-CANDIDATES}. Default: auto, told from the content,"
              + " then from the name.")
  String format = FileFormat.AUTO.label();

  @Override
  public InputSettings settings() {
    return super.settings().withFormat(FileFormat.parse(format));
  }

  /**
   * A file, a pipe or standard input to be read once, as it comes.
   *
   * @param name the file, or {@value #STANDARD_INPUT}
   * @param standardInput what is read for the latter
   */
  public InputFile once(String name, InputStream standardInput) {
    if (name.equals(STANDARD_INPUT)) {
      return InputFile.ofStream(standardInput, "standard input", settings());
    }
    Path path = Path.of(name);
    if (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
      return file(path);
    }
    try {
      return InputFile.ofStream(new FileInputStream(path.toFile()), name, settings());
    } catch (IOException e) {
      throw new InvalidInputException(name + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
