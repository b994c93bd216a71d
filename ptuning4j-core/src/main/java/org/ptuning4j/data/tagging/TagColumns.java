package org.ptuning4j.data.tagging;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.value.NormalText;

/**
 * A column of words and one of tags.
 *
 * @param reader which these are, and what is known of the tags
 * @param layout how the columns are separated, and how many there are
 * @param tagged whether the tags are read
 */
record TagColumns(ConllReader reader, ColumnLayout layout, boolean tagged)
    implements SentenceColumns {

  /** What CoNLL-U has in front of words: 1, 2-3, 4.1. */
  private static final Pattern COUNT = Pattern.compile("\\d+([-.]\\d+)?");

  @Override
  public ColumnBlocks.LineKind kind(String line) {
    if (line.startsWith(ConllReader.DOCUMENT_START)) {
      return ColumnBlocks.LineKind.BOUNDARY;
    } else if (!line.startsWith("#")) {
      return ColumnBlocks.LineKind.WORD;
    } else if (reader.comments()) {
      return ColumnBlocks.LineKind.COMMENT;
    }
    boolean word = layout.columns(line).size() == layout.columns();
    return word ? ColumnBlocks.LineKind.WORD : ColumnBlocks.LineKind.STRAY;
  }

  @Override
  public Optional<String> problem(List<String> columns, List<ColumnBlocks.Line> before) {
    return wrongNumber(columns).or(() -> wrongValue(columns));
  }

  private Optional<String> wrongNumber(List<String> columns) {
    int found = columns.size();
    if (found != layout.columns()) {
      return Optional.of(count(found) + " where most lines have " + layout.columns());
    }
    int word = ConllReader.index(columns, reader.wordColumn());
    int tag = ConllReader.index(columns, reader.tagColumn());
    if (word >= found || (tagged && (tag >= found || tag == word))) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s; the words should be in %s%s",
              count(found),
              name(reader.wordColumn()),
              tagged ? " and the tags in " + name(reader.tagColumn()) + " beside it" : ""));
    }
    return Optional.empty();
  }

  private Optional<String> wrongValue(List<String> columns) {
    return NormalText.isSpace(columns.get(ConllReader.index(columns, reader.wordColumn())))
        ? Optional.of(name(reader.wordColumn()) + " should hold a word and is blank")
        : Optional.empty();
  }

  private static String count(int columns) {
    return columns == 1 ? "1 column" : columns + " columns";
  }

  private static String name(int column) {
    return column == ConllReader.LAST ? "the last column" : "column " + column;
  }

  @Override
  public void add(ColumnBlocks.Block block, SentenceCollector sentences) {
    List<ColumnBlocks.Line> lines = block.lines();
    List<String> words = column(lines, reader.wordColumn());
    if (lines.get(0).columns().size() > 2 && isCount(words)) {
      sentences.counted(reader.wordColumn());
    }
    try {
      List<String> tags =
          tagged ? reader.tagNames().named("column", column(lines, reader.tagColumn())) : List.of();
      sentences.add(
          new TaggedSentence(block.line(), words, tags, block.document()),
          lines.stream().map(ColumnBlocks.Line::number).toList());
    } catch (InvalidInputException e) {
      sentences.bad(new BadRow(block.line(), e.getMessage()));
    }
  }

  private static List<String> column(List<ColumnBlocks.Line> lines, int column) {
    return lines.stream()
        .map(line -> line.columns().get(ConllReader.index(line.columns(), column)))
        .toList();
  }

  /** Whether words are 1, 2, 3 …, with what CoNLL-U puts between. */
  private static boolean isCount(List<String> words) {
    return words.size() > 1
        && words.get(0).startsWith("1")
        && words.stream().allMatch(word -> COUNT.matcher(word).matches());
  }
}
