package org.ptuning4j.data.tagging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.DataFile;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.JsonFields;
import org.ptuning4j.data.LineReader;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.Gathered;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.TableFormat;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads semantic roles: one {@link RoleFrame} for each predicate, from any of the {@link RoleFormat
 * formats}, plain or gzipped. A sentence without predicates makes none.
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
 * @param maxLineBytes the longest line that is read; a longer one is bad and is never held
 */
public record RoleReader(RoleFormat format, int wordColumn, int predicateColumn, int maxLineBytes) {

  /** Checks the columns and the limit. */
  public RoleReader {
    requireAtLeastOne("wordColumn", wordColumn);
    requireAtLeastOne("predicateColumn", predicateColumn);
    requireAtLeastOne("maxLineBytes", maxLineBytes);
    if (wordColumn >= predicateColumn) {
      throw InvalidInputException.of(
          "wordColumn is %d, must be before predicateColumn %d", wordColumn, predicateColumn);
    }
  }

  /** Any format; in CoNLL-2005's, words in the first column and predicates in the second. */
  public RoleReader() {
    this(RoleFormat.AUTO, 1, 2, TableReader.DEFAULT_MAX_LINE_BYTES);
  }

  /** The same for a file whose format is known. */
  public RoleReader withFormat(RoleFormat newFormat) {
    return new RoleReader(newFormat, wordColumn, predicateColumn, maxLineBytes);
  }

  /** The same with other columns in {@link RoleFormat#CONLL05}. */
  public RoleReader withColumns(int newWordColumn, int newPredicateColumn) {
    return new RoleReader(format, newWordColumn, newPredicateColumn, maxLineBytes);
  }

  /**
   * Reads predicates with their arguments.
   *
   * @throws InvalidInputException naming the file, where it is missing, unreadable, empty, binary,
   *     damaged or without a predicate
   */
  public Examples<RoleFrame> read(Path file) {
    return read(file, true);
  }

  /**
   * Reads predicates whose arguments are to be found; those in the file are not looked at.
   *
   * @throws InvalidInputException as {@link #read(Path)}
   */
  public Examples<RoleFrame> readUnlabelled(Path file) {
    return read(file, false);
  }

  private Examples<RoleFrame> read(Path file, boolean tagged) {
    Gathered<RoleFrame> gathered = new Gathered<>();
    DataFile.Content<RoleFormat> content =
        DataFile.read(
            file,
            in -> {
              DataFile.Text text = DataFile.text(in, file.toString());
              RoleFormat known = format == RoleFormat.AUTO ? tellFormat(text.head()) : format;
              if (known == RoleFormat.JSONL) {
                readJson(text.content(), file, tagged, gathered);
              } else {
                readColumns(text.content(), file, columns(known), tagged, gathered);
              }
              return known;
            });
    if (gathered.isEmpty()) {
      throw InvalidInputException.of(
          "%s holds no predicate, read as %s", file, content.value().label());
    }
    return gathered.examples(file, content.fingerprint());
  }

  private static RoleFormat tellFormat(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8);
    return RoleFormat.fromFirstLine(
        text.lines().filter(line -> !line.isBlank()).findFirst().orElse(""));
  }

  private RoleColumns columns(RoleFormat known) {
    return known == RoleFormat.CONLL12
        ? RoleColumns.conll12()
        : RoleColumns.conll05(wordColumn - 1, predicateColumn - 1);
  }

  private void readColumns(
      InputStream in,
      Path file,
      RoleColumns columns,
      boolean tagged,
      Gathered<RoleFrame> gathered) {
    LineReader lines = new LineReader(in, maxLineBytes);
    try {
      columns.read(lines, tagged, gathered);
    } catch (IOException e) {
      throw new InvalidInputException(
          file + " cannot be read past line " + lines.linesRead() + ": " + DataFile.cause(e), e);
    }
  }

  private void readJson(InputStream in, Path file, boolean tagged, Gathered<RoleFrame> gathered) {
    try (RowSource rows =
        new TableReader(maxLineBytes).stream(in, file.toString(), TableFormat.JSONL)) {
      for (Optional<Entry> entry = rows.next(); entry.isPresent(); entry = rows.next()) {
        if (entry.get() instanceof Row row) {
          gathered.take(row.line(), "", () -> frames(row, tagged));
        } else if (entry.get() instanceof BadRow bad) {
          gathered.bad(bad.line(), bad.cause());
        }
      }
    }
  }

  private static List<RoleFrame> frames(Row row, boolean tagged) {
    JsonFields fields = JsonFields.of(row);
    List<String> words = fields.words();
    if (!fields.has("frames")) {
      if (!fields.has("predicate")) {
        throw new InvalidInputException("there is neither 'predicate' nor 'frames'");
      }
      return List.of(frame(row.line(), fields, words, tagged));
    }
    List<RoleFrame> frames = new ArrayList<>();
    for (JsonFields frame : fields.objects("frames")) {
      try {
        JsonFields own = new JsonFields("", frame.values());
        frames.add(frame(row.line(), own, words, tagged));
      } catch (MissingAnswerException e) {
        throw new MissingAnswerException("'frames[" + frames.size() + "]': " + e.getMessage());
      } catch (InvalidInputException e) {
        throw new InvalidInputException("'frames[" + frames.size() + "]': " + e.getMessage(), e);
      }
    }
    return frames;
  }

  private static RoleFrame frame(int line, JsonFields fields, List<String> words, boolean tagged) {
    int predicate = fields.wordIndex("predicate");
    String lemma = fields.has("lemma") ? fields.string("lemma") : null;
    List<String> tags = tagged ? tags(fields, words.size()) : List.of();
    return new RoleFrame(line, words, predicate, tags, lemma);
  }

  private static List<String> tags(JsonFields fields, int words) {
    List<String> tags =
        fields.texts("tags").orElseThrow(() -> new MissingAnswerException("there are no 'tags'"));
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
