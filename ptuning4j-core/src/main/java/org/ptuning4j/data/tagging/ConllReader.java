package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
 * <p>Two releases are recognised and read by columns of their own: the {@code _conll} files of
 * OntoNotes ({@link OntoNotesColumns}) and {@code conll04.corp} ({@link RelationCorpusColumns}).
 *
 * <p>A bad sentence is reported once, at its first bad line, and left out; the rest is read.
 *
 * @param wordColumn the column that holds the words: 1 is the first, {@link #LAST} the last
 * @param tagColumn the column that holds the tags, likewise
 * @param scheme the scheme of the tags in the file, or {@code null} to detect it
 * @param comments whether lines that begin with {@code #} are comments; else they are words
 * @param tagNames what tags that are numbers stand for
 */
public record ConllReader(
    int wordColumn, int tagColumn, TagScheme scheme, boolean comments, TagNames tagNames)
    implements ExampleReader<TaggedSentence> {

  /** The last column, however many there are. */
  public static final int LAST = -1;

  static final String DOCUMENT_START = "-DOCSTART-";

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
    this(1, LAST, null, false, TagNames.NONE);
  }

  /** The same with other columns. */
  public ConllReader withColumns(int newWordColumn, int newTagColumn) {
    return new ConllReader(newWordColumn, newTagColumn, scheme, comments, tagNames);
  }

  /** The same for a file whose scheme is known. */
  public ConllReader withScheme(TagScheme newScheme) {
    return new ConllReader(wordColumn, tagColumn, newScheme, comments, tagNames);
  }

  /** The same for a file with comments. */
  public ConllReader withComments() {
    return new ConllReader(wordColumn, tagColumn, scheme, true, tagNames);
  }

  /** The same for a file whose tags are numbers. */
  public ConllReader withTagNames(TagNames newTagNames) {
    return new ConllReader(wordColumn, tagColumn, scheme, comments, newTagNames);
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
              List<String> first = input.firstLines(ColumnLayout.LOOK);
              boolean ontoNotes = isOntoNotes(input);
              ColumnLayout layout = ColumnLayout.of(first, !ontoNotes);
              SentenceColumns columns =
                  ontoNotes
                      ? new OntoNotesColumns(tagged)
                      : areUsual() && RelationCorpusColumns.areIn(first, layout)
                          ? new RelationCorpusColumns(tagged)
                          : new TagColumns(this, layout, tagged);
              SentenceCollector sentences = new SentenceCollector(scheme, formatOf(input));
              ColumnBlocks blocks = new ColumnBlocks(lines, layout, columns);
              for (Optional<ColumnBlocks.Block> block = blocks.next();
                  block.isPresent();
                  block = blocks.next()) {
                if (block.get().bad() != null) {
                  sentences.bad(block.get().bad());
                } else {
                  columns.add(block.get(), sentences);
                }
              }
              if (blocks.strays() > 0) {
                sentences.likelyComments(blocks.firstStray(), blocks.strays());
              }
              return sentences;
            });
    return content.value().finish(file, content.fingerprint());
  }

  private boolean isOntoNotes(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    return set == FileFormat.CONLL12
        || (set == FileFormat.AUTO && areUsual() && OntoNotesColumns.areIn(input.firstLine()));
  }

  /** Whether the columns are the usual ones, so that a released file may have its own. */
  private boolean areUsual() {
    return wordColumn == 1 && tagColumn == LAST;
  }

  /**
   * Whether an input is written in columns, judged by its settings, its beginning or its name: most
   * lines have the same number of columns, and half of them a tag in the tags' place; or all are
   * single words, with blank lines between. No more is waited for where the first line is no such.
   *
   * @throws IOException where the beginning cannot be read
   */
  public boolean isIn(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    if (set != FileFormat.AUTO) {
      return set == FileFormat.CONLL || set == FileFormat.CONLL12;
    }
    String first = input.firstLine();
    if (FileFormat.isJson(first)) {
      return false;
    } else if (isOntoNotes(input)) {
      return true;
    }
    boolean hopeful =
        first.startsWith("#") || first.startsWith(DOCUMENT_START) || hasTag(first, true);
    List<String> lines = hopeful ? input.firstLines(ColumnLayout.LOOK) : input.seenLines();
    Optional<FileFormat> named = FileFormat.fromName(input.name());
    return named.filter(format -> format == FileFormat.CONLL).isPresent() || areColumns(lines);
  }

  /**
   * What an input in columns is called: {@code conll12} where they are those of OntoNotes' files.
   *
   * @throws IOException where the beginning cannot be read
   */
  public FileFormat formatOf(TextInput input) throws IOException {
    return isOntoNotes(input) ? FileFormat.CONLL12 : FileFormat.CONLL;
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

  static int index(List<String> columns, int column) {
    return column == LAST ? columns.size() - 1 : column - 1;
  }

  private static void requireColumn(String name, int column) {
    if (column < 1 && column != LAST) {
      throw InvalidInputException.of(
          "%s is %d, must be a column counted from 1, or %d for the last", name, column, LAST);
    }
  }
}
