package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.Excerpt;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.PhysicalLine;
import org.ptuning4j.data.value.NormalText;

/**
 * Sentences of a file with one word a line and blank lines between the sentences. A sentence with a
 * bad line is passed on as a {@link BadRow}; reading goes on after it.
 */
final class ColumnBlocks {

  /** What a line is that holds more than white space. */
  enum LineKind {
    WORD,
    COMMENT,
    /** Is not a word; all such lines together become one bad row. */
    STRAY,
    /** Ends the sentence and the document. */
    BOUNDARY
  }

  /** What a kind of file asks of a line and of its columns. */
  interface Rules {
    LineKind kind(String line);

    /** What is wrong with a line, looking at those before it in the sentence; empty: nothing. */
    Optional<String> problem(List<String> columns, List<Line> before);
  }

  /** One word. */
  record Line(int number, List<String> columns) {}

  /**
   * A sentence.
   *
   * @param document counted from 0
   * @param lines none where the sentence is bad
   * @param bad the first bad line, or {@code null}
   */
  record Block(int document, List<Line> lines, BadRow bad) {
    int line() {
      return lines.get(0).number();
    }
  }

  private static final int ZERO_WIDTH_SPACE = 0x200B;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final LineReader source;
  private final Rules rules;
  private final ColumnLayout layout;
  private int firstStray;
  private int strays;
  private int document;
  private boolean documentHasBlocks;

  /** Reads from the lines. */
  ColumnBlocks(LineReader source, ColumnLayout layout, Rules rules) {
    this.source = source;
    this.layout = layout;
    this.rules = rules;
  }

  /** The next sentence, or empty at the end of the file. */
  Optional<Block> next() throws IOException {
    List<Line> lines = new ArrayList<>();
    BadRow bad = null;
    for (Optional<PhysicalLine> next = source.next(); next.isPresent(); next = source.next()) {
      PhysicalLine line = next.get();
      boolean blank = !line.isBad() && isBlank(line.text());
      LineKind kind = line.isBad() || blank ? LineKind.WORD : rules.kind(line.text());
      boolean inside = !lines.isEmpty() || bad != null;
      if (kind == LineKind.BOUNDARY || blank) {
        Block block = inside ? block(lines, bad) : null;
        if (kind == LineKind.BOUNDARY) {
          endDocument();
        }
        if (inside) {
          return Optional.of(block);
        }
      } else if (kind == LineKind.STRAY) {
        firstStray = strays == 0 ? line.number() : firstStray;
        strays++;
      } else if (kind == LineKind.WORD && bad == null) {
        bad = add(line, lines);
      }
    }
    return lines.isEmpty() && bad == null ? Optional.empty() : Optional.of(block(lines, bad));
  }

  /** How many lines so far were {@link LineKind#STRAY}. */
  int strays() {
    return strays;
  }

  /** The first of them; 0 where there is none. */
  int firstStray() {
    return firstStray;
  }

  /**
   * Whether a line ends a sentence: white space only, perhaps with what a byte order mark or a
   * zero-width space leaves. Other signs that show nothing, as parts of emoji do, are words.
   */
  private static boolean isBlank(String line) {
    return line.codePoints()
        .allMatch(c -> NormalText.isSpace(c) || c == ZERO_WIDTH_SPACE || c == BYTE_ORDER_MARK);
  }

  private Block block(List<Line> lines, BadRow bad) {
    documentHasBlocks = true;
    return new Block(document, bad == null ? List.copyOf(lines) : List.of(), bad);
  }

  private void endDocument() {
    if (documentHasBlocks) {
      document++;
      documentHasBlocks = false;
    }
  }

  /** Adds a line to the sentence, or says why it cannot be. */
  private BadRow add(PhysicalLine line, List<Line> lines) {
    if (line.isBad()) {
      return new BadRow(line.number(), line.problem());
    }
    List<String> columns = layout.columns(line.text());
    Optional<String> problem = blankInside(columns).or(() -> rules.problem(columns, lines));
    if (problem.isPresent()) {
      return new BadRow(line.number(), problem.get());
    }
    lines.add(new Line(line.number(), columns));
    return null;
  }

  private static Optional<String> blankInside(List<String> columns) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).indexOf(' ') >= 0) {
        return Optional.of(
            "column "
                + (i + 1)
                + " "
                + Excerpt.of(columns.get(i))
                + " has a blank in it; each word needs a line of its own, and only tabs separate"
                + " this file's columns");
      }
    }
    return Optional.empty();
  }
}
