package org.ptuning4j.cli.predict;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.OutputFile;

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
