package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.value.NormalText;

/**
 * Reads named entities and other labels of words from column files as the CoNLL shared tasks write
 * them: one word a line, a blank line between sentences, {@code -DOCSTART-} lines between
 * documents. Tabs in most of the first lines mean that tabs separate the columns and that no column
 * has a blank in it; else any white space separates them. Tags may be spelt in several {@linkplain
 * TagForm forms}; what is returned has them in {@link TagScheme#IOB2}.
 *
 * <p>A bad sentence is reported once, at its first bad line, and left out; the rest is read.
 *
 * @param wordColumn the column that holds the words: 1 is the first, {@link #LAST} the last
 * @param tagColumn the column that holds the tags, likewise
 * @param scheme the scheme of the tags in the file, or {@code null} to detect it
 * @param comments whether lines that begin with {@code #} are comments; else they are words
 */
public record ConllReader(int wordColumn, int tagColumn, TagScheme scheme, boolean comments)
    implements ExampleReader<TaggedSentence> {

  /** The last column, however many there are. */
  public static final int LAST = -1;

  private static final String DOCUMENT_START = "-DOCSTART-";

  private static final Pattern COUNT = Pattern.compile("\\d+([-.]\\d+)?");

  /** Checks the columns. */
  public ConllReader {
    requireColumn("wordColumn", wordColumn);
    requireColumn("tagColumn", tagColumn);
    if (wordColumn == tagColumn) {
      throw InvalidInputException.of("wordColumn and tagColumn are both %d", wordColumn);
    }
  }

  /** Words in the first column, tags in the last in a scheme to be detected, no comments. */
  public ConllReader() {
    this(1, LAST, null, false);
  }

  /** The same with other columns. */
  public ConllReader withColumns(int newWordColumn, int newTagColumn) {
    return new ConllReader(newWordColumn, newTagColumn, scheme, comments);
  }

  /** The same for a file whose scheme is known. */
  public ConllReader withScheme(TagScheme newScheme) {
    return new ConllReader(wordColumn, tagColumn, newScheme, comments);
  }

  /** The same for a file with comments. */
  public ConllReader withComments() {
    return new ConllReader(wordColumn, tagColumn, scheme, true);
  }

  @Override
  public Examples<TaggedSentence> read(InputFile file) {
    return read(file, true);
  }

  @Override
  public Examples<TaggedSentence> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  private Examples<TaggedSentence> read(InputFile file, boolean tagged) {
    InputFile.Content<SentenceCollector> content =
        file.readLines(
            (input, lines) -> {
              ColumnLayout layout = ColumnLayout.of(input.firstLines(ColumnLayout.LOOK), true);
              SentenceCollector sentences = new SentenceCollector(scheme);
              ColumnBlocks blocks = new ColumnBlocks(lines, layout, new Layout(layout, tagged));
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
      sentences.bad(block.bad());
      return;
    }
    List<ColumnBlocks.Line> lines = block.lines();
    List<String> words = lines.stream().map(line -> at(line.columns(), wordColumn)).toList();
    List<String> tags =
        tagged
            ? lines.stream().map(line -> at(line.columns(), tagColumn)).toList()
            : List.<String>of();
    if (lines.get(0).columns().size() > 2 && isCount(words)) {
      sentences.counted(wordColumn);
    }
    sentences.add(
        new TaggedSentence(block.line(), words, tags, block.document()),
        lines.stream().map(ColumnBlocks.Line::number).toList());
  }

  /** Whether words are 1, 2, 3 …, with what CoNLL-U puts between. */
  private static boolean isCount(List<String> words) {
    return words.size() > 1
        && words.get(0).startsWith("1")
        && words.stream().allMatch(word -> COUNT.matcher(word).matches());
  }

  /**
   * Whether an input is written in columns, as its settings, its beginning or its name tell: most
   * lines have the same number of columns, and half of them a tag in the tags' place; or all are
   * single words, with blank lines between. No more is waited for where the first line is no such.
   *
   * @throws IOException where the beginning cannot be read
   */
  public boolean isIn(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    if (set != FileFormat.AUTO) {
      return set == FileFormat.CONLL;
    }
    String first = input.firstLine();
    if (FileFormat.isJson(first)) {
      return false;
    }
    boolean hopeful =
        first.startsWith("#") || first.startsWith(DOCUMENT_START) || hasTag(first, true);
    List<String> lines = hopeful ? input.firstLines(ColumnLayout.LOOK) : input.seenLines();
    Optional<FileFormat> named = FileFormat.fromName(input.name());
    return named.filter(format -> format == FileFormat.CONLL).isPresent() || areColumns(lines);
  }

  private boolean areColumns(List<String> lines) {
    List<String> words =
        lines.stream()
            .filter(line -> !NormalText.isBlank(line))
            .filter(line -> !line.startsWith("#") && !line.startsWith(DOCUMENT_START))
            .toList();
    if (words.size() < 2) {
      return false;
    }
    ColumnLayout layout = ColumnLayout.of(words, true);
    long same = words.stream().filter(l -> layout.columns(l).size() == layout.columns()).count();
    if (10 * same < 8L * words.size()) {
      return false;
    }
    if (layout.columns() == 1) {
      int last = lines.lastIndexOf(words.get(words.size() - 1));
      return lines.subList(0, last).stream().anyMatch(NormalText::isBlank);
    }
    long tagged = words.stream().filter(line -> hasTag(line, layout.tabs())).count();
    return 2 * tagged >= words.size();
  }

  private boolean hasTag(String line, boolean tabs) {
    List<String> columns = ColumnLayout.of(List.of(line), tabs).columns(line);
    int tag = index(columns, tagColumn);
    return columns.size() > 1 && tag < columns.size() && TagForm.isTag(columns.get(tag));
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

  /** What one file's lines must look like. */
  private final class Layout implements ColumnBlocks.Rules {

    private final ColumnLayout layout;
    private final boolean tagged;

    Layout(ColumnLayout layout, boolean tagged) {
      this.layout = layout;
      this.tagged = tagged;
    }

    @Override
    public ColumnBlocks.LineKind kind(String line) {
      if (line.startsWith(DOCUMENT_START)) {
        return ColumnBlocks.LineKind.BOUNDARY;
      } else if (!line.startsWith("#")) {
        return ColumnBlocks.LineKind.WORD;
      } else if (comments) {
        return ColumnBlocks.LineKind.COMMENT;
      }
      boolean word = layout.columns(line).size() == layout.columns();
      return word ? ColumnBlocks.LineKind.WORD : ColumnBlocks.LineKind.STRAY;
    }

    @Override
    public String stray() {
      return "the line begins with # and has other columns than most lines; if such lines are"
          + " comments, set comments: true";
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
      return Optional.empty();
    }

    private Optional<String> wrongValue(List<String> columns) {
      return NormalText.isSpace(at(columns, wordColumn))
          ? Optional.of(name(wordColumn) + " should hold a word and is blank")
          : Optional.empty();
    }

    private static String count(int columns) {
      return columns == 1 ? "1 column" : columns + " columns";
    }

    private static String name(int column) {
      return column == LAST ? "the last column" : "column " + column;
    }
  }
}
