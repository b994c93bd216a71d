package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.table.ExampleCollector;

/**
 * Reads semantic roles: one {@link RoleFrame} for each predicate, from any of the {@link RoleFormat
 * formats}. A sentence without predicates makes none.
 *
 * <p>Of brackets within each other the outermost is the argument, but a verb's bracket {@code V}
 * keeps its words: the argument around it is cut into two with the same label.
 *
 * <p>A bad sentence is reported once, at its first bad line, and left out with all its predicates;
 * the rest is read.
 *
 * @param format how the file is written
 * @param wordColumn the column of words in {@link RoleFormat#CONLL05}, counted from 1
 * @param predicateColumn the column of predicates in {@link RoleFormat#CONLL05}, counted from 1;
 *     the argument columns follow it and end the line
 */
public record RoleReader(RoleFormat format, int wordColumn, int predicateColumn)
    implements ExampleReader<RoleFrame> {

  /** Checks the columns. */
  public RoleReader {
    requireAtLeastOne("wordColumn", wordColumn);
    requireAtLeastOne("predicateColumn", predicateColumn);
    if (wordColumn >= predicateColumn) {
      throw InvalidInputException.of(
          "wordColumn is %d, must be before predicateColumn %d", wordColumn, predicateColumn);
    }
  }

  /** Any format; in CoNLL-2005's, words in the first column and predicates in the second. */
  public RoleReader() {
    this(RoleFormat.AUTO, 1, 2);
  }

  /** The same for a file whose format is known. */
  public RoleReader withFormat(RoleFormat newFormat) {
    return new RoleReader(newFormat, wordColumn, predicateColumn);
  }

  /** The same with other columns in {@link RoleFormat#CONLL05}. */
  public RoleReader withColumns(int newWordColumn, int newPredicateColumn) {
    return new RoleReader(format, newWordColumn, newPredicateColumn);
  }

  @Override
  public Examples<RoleFrame> read(InputFile file) {
    return read(file, true);
  }

  @Override
  public Examples<RoleFrame> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  /** The format of an input: the one that is set, or else the one its first line looks like. */
  public RoleFormat formatOf(TextInput input) throws IOException {
    RoleFormat known = format.orSet(input.settings().format());
    return known == RoleFormat.AUTO ? RoleFormat.fromFirstLine(input.firstLine()) : known;
  }

  /**
   * The format of those that are no rows with a predicate each: columns, or {@code frames} in JSON,
   * or whole documents.
   */
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    if (set == FileFormat.CSV || set == FileFormat.TSV || isHeader(input.firstLine())) {
      return Optional.empty();
    }
    return switch (formatOf(input)) {
      case CONLL05, AUTO -> Optional.of(FileFormat.CONLL05);
      case CONLL12 -> Optional.of(FileFormat.CONLL12);
      case JSONL ->
          JsonNames.first(input, Set.of("frames", "sentences", "predicate"))
              .filter(name -> !name.equals("predicate"))
              .map(name -> FileFormat.JSONL);
    };
  }

  /** Whether a line is the header of a table with a predicate a row. */
  private static boolean isHeader(String line) {
    List<String> names =
        Arrays.stream(line.split("[,;\t]", -1))
            .map(name -> name.replace("\"", "").strip())
            .toList();
    return names.contains("predicate")
        && (names.contains("text") || names.contains("words") || names.contains("tokens"));
  }

  private Examples<RoleFrame> read(InputFile file, boolean tagged) {
    RoleFormat known = file.look(this::formatOf);
    if (known == RoleFormat.JSONL) {
      Examples<RoleFrame> frames =
          ExampleCollector.fromJson(
              file, (row, collector) -> collector.take(last(row), "", () -> frames(row, tagged)));
      requireSome(file, known, frames.examples().isEmpty() && frames.badRows().isEmpty());
      return frames;
    }
    ExampleCollector<RoleFrame> collector = new ExampleCollector<>();
    InputFile.Content<Void> content =
        file.readLines(
            (input, lines) -> {
              ColumnLayout layout = ColumnLayout.of(input.firstLines(ColumnLayout.LOOK), false);
              columns(known).read(lines, layout, tagged, collector);
              return null;
            });
    requireSome(file, known, collector.isEmpty());
    return collector.examples(
        file.path(),
        content.fingerprint(),
        known == RoleFormat.CONLL12 ? FileFormat.CONLL12 : FileFormat.CONLL05);
  }

  private static void requireSome(InputFile file, RoleFormat known, boolean none) {
    if (none) {
      throw InvalidInputException.of(
          "%s holds no predicate, read as %s", file.name(), known.label());
    }
  }

  private RoleColumns columns(RoleFormat known) {
    return known == RoleFormat.CONLL12
        ? RoleColumns.conll12()
        : RoleColumns.conll05(wordColumn - 1, predicateColumn - 1);
  }

  /** The place of a row's last frame: a row that cannot be used takes all of their places. */
  private static Source last(Row row) {
    return row.get("frames") instanceof List<?> frames
        ? row.source().withPart(frames.size())
        : row.source();
  }

  private static List<RoleFrame> frames(Row row, boolean tagged) {
    RecordFields fields = RecordFields.of(row);
    if (fields.has("sentences")) {
      List<RoleFrame> frames = new ArrayList<>();
      for (RecordFields sentence : fields.objects("sentences")) {
        frames.addAll(framesByVerb(row.source(), frames.size(), sentence, tagged));
      }
      return frames;
    }
    List<String> words = fields.words();
    if (fields.has("frames") && fields.has("predicate")) {
      throw new InvalidInputException(
          "there are both 'predicate' and 'frames'; leave out the one that is not meant");
    }
    if (fields.has("frames")) {
      return frames(row.source(), fields.objects("frames"), words, tagged);
    }
    if (!fields.has("predicate")) {
      throw new InvalidInputException("there is neither 'predicate' nor 'frames'");
    }
    return List.of(frame(row.source(), fields, words, tagged));
  }

  private static List<RoleFrame> frames(
      Source source, List<RecordFields> listed, List<String> words, boolean tagged) {
    List<RoleFrame> frames = new ArrayList<>();
    for (RecordFields frame : listed) {
      try {
        Source part = source.withPart(frames.size() + 1);
        frames.add(frame(part, new RecordFields(frame.values()), words, tagged));
      } catch (MissingAnswerException e) {
        throw new MissingAnswerException("'frames[" + frames.size() + "]': " + e.getMessage());
      } catch (InvalidInputException e) {
        throw new InvalidInputException("'frames[" + frames.size() + "]': " + e.getMessage(), e);
      }
    }
    return frames;
  }

  /** The Hub's copy of CoNLL-2012, in which only the tags show where a predicate is. */
  private static List<RoleFrame> framesByVerb(
      Source source, int before, RecordFields sentence, boolean tagged) {
    List<String> words = sentence.words();
    List<RoleFrame> frames = new ArrayList<>();
    for (RecordFields frame : sentence.objects("srl_frames")) {
      List<String> tags = soundTags(frame, "frames", words.size());
      int predicate = tags.indexOf("B-V");
      if (predicate < 0) {
        throw InvalidInputException.of("'%s' has no B-V", frame.path("frames"));
      }
      Source part = source.withPart(before + frames.size() + 1);
      frames.add(new RoleFrame(part, words, predicate, tagged ? tags : List.of(), null));
    }
    return frames;
  }

  private static RoleFrame frame(
      Source source, RecordFields fields, List<String> words, boolean tagged) {
    int predicate = fields.wordIndex("predicate");
    String lemma = fields.has("lemma") ? fields.string("lemma") : null;
    List<String> tags = tagged ? soundTags(fields, "tags", words.size()) : List.of();
    return new RoleFrame(source, words, predicate, tags, lemma);
  }

  private static List<String> soundTags(RecordFields fields, String name, int words) {
    List<String> tags =
        fields
            .texts(name)
            .orElseThrow(() -> new MissingAnswerException("there are no '" + name + "'"));
    if (tags.size() != words) {
      throw InvalidInputException.of(
          "%d tags for %d words; each word needs one", tags.size(), words);
    }
    TagScheme.IOB2
        .problem(tags)
        .ifPresent(
            problem -> {
              throw new InvalidInputException(problem);
            });
    return tags;
  }

  private static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw InvalidInputException.of("%s is %d, must be at least 1", name, value);
    }
  }
}
