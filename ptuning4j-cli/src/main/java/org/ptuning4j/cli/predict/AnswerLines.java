package org.ptuning4j.cli.predict;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.OutputFile;
import org.ptuning4j.data.input.FileFormat;

/** Where the lines of a prediction go. */
interface AnswerLines {

  /** Makes the file, if it is one; called when the input is known to be usable. */
  void open();

  /** Writes a line. */
  void line(String line);

  /** Hands on what was written so far. */
  void flush();

  /** Lines on standard output. */
  static AnswerLines to(Console console) {
    return new AnswerLines() {

      @Override
      public void open() {
        // Standard output is always open.
      }

      @Override
      public void line(String line) {
        console.print(line);
      }

      @Override
      public void flush() {
        console.flush();
      }
    };
  }

  /**
   * A file of answers, which are lines of JSON.
   *
   * @throws InvalidInputException if its name promises something else, or {@link OutputFile#of}
   */
  static OutputFile file(Path output, Collection<Path> read, Console console) {
    Optional<FileFormat> promised =
        FileFormat.fromName(output.getFileName() + "").filter(FileFormat::isTable);
    if (promised.isPresent() && promised.get() != FileFormat.JSONL) {
      throw InvalidInputException.of(
          "output: %s would hold lines of JSON, not %s; let its name end in .jsonl",
          output, promised.get().name());
    }
    return OutputFile.of("output", output, read, console);
  }

  /** Lines of a file. */
  static AnswerLines to(OutputFile file) {
    return new AnswerLines() {

      @Override
      public void open() {
        file.open();
      }

      @Override
      public void line(String line) {
        file.line(line);
      }

      @Override
      public void flush() {
        file.flush();
      }
    };
  }
}
