package org.ptuning4j.data.tagging;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.DataFile;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Excerpt;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads named entities and other labels of words from column files as the CoNLL shared tasks write
 * them: one word a line, a blank line between sentences, {@code -DOCSTART-} lines between
 * documents, plain or gzipped. A tab in the file's first line means that tabs separate its columns
 * and that no column has a blank in it; else any white space separates them. Tags are given back in
 * {@link TagScheme#IOB2}.
 *
 * <p>A bad sentence is reported once, at its first bad line, and left out; the rest is read.
 *
 * @param wordColumn the column that holds the words: 1 is the first, {@link #LAST} the last
 * @param tagColumn the column that holds the tags, likewise
 * @param scheme the scheme of the tags in the file, or {@code null} to detect it
 * @param comments whether lines that begin with {@code #} are comments; else they are words
 * @param maxLineBytes the longest line that is read; a longer one is bad and is never held
 */
public record ConllReader(
    int wordColumn, int tagColumn, TagScheme scheme, boolean comments, int maxLineBytes) {

  /** The last column, however many there are. */
  public static final int LAST = -1;

  private static final String DOCUMENT_START = "-DOCSTART-";

  /** Checks the columns and the limit. */
  public ConllReader {
    requireColumn("wordColumn", wordColumn);
    requireColumn("tagColumn", tagColumn);
    if (wordColumn == tagColumn) {
      throw InvalidInputException.of("wordColumn and tagColumn are both %d", wordColumn);
    }
    if (maxLineBytes < 1) {
      throw InvalidInputException.of("maxLineBytes is %d, must be at least 1", maxLineBytes);
    }
  }

  /** Words in the first column, tags in the last in a scheme to be detected, no comments. */
  public ConllReader() {
    this(1, LAST, null, false, TableReader.DEFAULT_MAX_LINE_BYTES);
  }

  /** The same with other columns. */
  public ConllReader withColumns(int newWordColumn, int newTagColumn) {
    return new ConllReader(newWordColumn, newTagColumn, scheme, comments, maxLineBytes);
  }

  /** The same for a file whose scheme is known. */
  public ConllReader withScheme(TagScheme newScheme) {
    return new ConllReader(wordColumn, tagColumn, newScheme, comments, maxLineBytes);
  }

  /** The same for a file with comments. */
  public ConllReader withComments() {
    return new ConllReader(wordColumn, tagColumn, scheme, true, maxLineBytes);
  }

  /**
   * Reads sentences with their tags.
   *
   * @throws InvalidInputException naming the file, where it is missing, unreadable, empty, binary,
   *     damaged or without a sentence
   */
  public Examples<TaggedSentence> read(Path file) {
    return read(file, true);
  }

  /**
   * Reads sentences to be tagged. The file needs no column of tags; where it has one it is not
   * looked at.
   *
   * @throws InvalidInputException as {@link #read(Path)}
   */
  public Examples<TaggedSentence> readUnlabelled(Path file) {
    return read(file, false);
  }

  private Examples<TaggedSentence> read(Path file, boolean tagged) {
    DataFile.Content<SentenceCollector> content =
        DataFile.readLines(
            file,
            maxLineBytes,
            lines -> {
              SentenceCollector sentences = new SentenceCollector(scheme);
              ColumnBlocks blocks = new ColumnBlocks(lines, new Layout(tagged), true);
              for (Optional<ColumnBlocks.Block> block = blocks.next();
                  block.isPresent();
                  block = blocks.next()) {
                add(block.get(), tagged, sentences);
              }
              return sentences;
            });
    return content.value().finish(file, content.fingerprint());
  }

  private void add(ColumnBlocks.Block block, boolean tagged, SentenceCollector sentences) {
    if (block.bad() != null) {
      sentences.bad(block.bad().line(), block.bad().cause());
      return;
    }
    List<ColumnBlocks.Line> lines = block.lines();
    List<String> words = lines.stream().map(line -> at(line.columns(), wordColumn)).toList();
    List<String> tags =
        tagged
            ? lines.stream().map(line -> at(line.columns(), tagColumn)).toList()
            : List.<String>of();
    sentences.add(
        new TaggedSentence(block.line(), words, tags, block.document()),
        lines.stream().map(ColumnBlocks.Line::number).toList());
  }

  private static String at(List<String> columns, int column) {
    return columns.get(index(columns, column));
  }

  private static int index(List<String> columns, int column) {
    return column == LAST ? columns.size() - 1 : column - 1;
  }

  private static void requireColumn(String name, int column) {
    if (column < 1 && column != LAST) {
      throw InvalidInputException.of(
          "%s is %d, must be a column counted from 1, or %d for the last", name, column, LAST);
    }
  }

  /** What one file's lines must look like; the first word's line says how many columns. */
  private final class Layout implements ColumnBlocks.Rules {

    private final boolean tagged;
    private int columnsOfFile;

    Layout(boolean tagged) {
      this.tagged = tagged;
    }

    @Override
    public ColumnBlocks.LineKind kind(String line) {
      if (line.startsWith(DOCUMENT_START)) {
        return ColumnBlocks.LineKind.BOUNDARY;
      }
      boolean comment = comments && line.startsWith("#");
      return comment ? ColumnBlocks.LineKind.COMMENT : ColumnBlocks.LineKind.WORD;
    }

    @Override
    public Optional<String> problem(List<String> columns, List<ColumnBlocks.Line> before) {
      return wrongNumber(columns).or(() -> wrongValue(columns));
    }

    private Optional<String> wrongNumber(List<String> columns) {
      int found = columns.size();
      if (columnsOfFile != 0 && found != columnsOfFile) {
        return Optional.of(count(found) + " where the file's first word has " + columnsOfFile);
      }
      int word = index(columns, wordColumn);
      int tag = index(columns, tagColumn);
      if (word >= found || (tagged && (tag >= found || tag == word))) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%s; the words should be in %s%s",
                count(found),
                name(wordColumn),
                tagged ? " and the tags in " + name(tagColumn) + " beside it" : ""));
      }
      columnsOfFile = found;
      return Optional.empty();
    }

    private Optional<String> wrongValue(List<String> columns) {
      if (at(columns, wordColumn).isBlank()) {
        return Optional.of(name(wordColumn) + " should hold a word and is blank");
      }
      if (tagged && !TagScheme.isTag(at(columns, tagColumn))) {
        return Optional.of(
            Excerpt.of(at(columns, tagColumn))
                + " in "
                + name(tagColumn)
                + " is no tag; it should be O, or a letter, a hyphen and a label as in B-PER");
      }
      return Optional.empty();
    }

    private static String count(int columns) {
      return columns == 1 ? "1 column" : columns + " columns";
    }

    private static String name(int column) {
      return column == LAST ? "the last column" : "column " + column;
    }
  }
}
