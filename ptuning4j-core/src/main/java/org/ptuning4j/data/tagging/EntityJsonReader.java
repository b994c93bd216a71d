package org.ptuning4j.data.tagging;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.DataFile;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.JsonFields;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.JsonLinesParser;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.TableFormat;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads named entities from JSON, plain or gzipped: one list of objects, as CoNLL-2004 is passed
 * around, or one object a line. Which of the two is told from the first character.
 *
 * <p>An object has {@code tokens} or {@code words}, and either {@code tags} (or {@code ner_tags}),
 * one string a word, or {@code entities}, each with its {@code type}, {@code start} and {@code end}
 * (the index behind its last word, counted from 0). Other fields are passed over. Tags are given
 * back in {@link TagScheme#IOB2}.
 *
 * <p>A bad object becomes a {@link BadRow} with the line on which it starts. Where a list is no
 * sound JSON, what stands before that place is read and the place is a bad row.
 *
 * @param scheme the scheme of the tags in the file, or {@code null} to detect it
 * @param maxLineBytes the longest line of a file of lines, and the longest string, that is read
 */
public record EntityJsonReader(TagScheme scheme, int maxLineBytes) {

  private static final Set<String> FIELDS =
      Set.of("words", "tokens", "tags", "ner_tags", "entities");

  /** Checks the limit. */
  public EntityJsonReader {
    if (maxLineBytes < 1) {
      throw InvalidInputException.of("maxLineBytes is %d, must be at least 1", maxLineBytes);
    }
  }

  /** A reader that detects the scheme. */
  public EntityJsonReader() {
    this(null, TableReader.DEFAULT_MAX_LINE_BYTES);
  }

  /** The same for a file whose scheme is known. */
  public EntityJsonReader withScheme(TagScheme newScheme) {
    return new EntityJsonReader(newScheme, maxLineBytes);
  }

  /**
   * Reads sentences with their entities.
   *
   * @throws InvalidInputException naming the file, where it is missing, unreadable, empty, binary,
   *     damaged, neither list nor lines of objects, or without a sentence
   */
  public Examples<TaggedSentence> read(Path file) {
    return read(file, true);
  }

  /**
   * Reads sentences whose entities are to be found; those in the file are not looked at.
   *
   * @throws InvalidInputException as {@link #read(Path)}
   */
  public Examples<TaggedSentence> readUnlabelled(Path file) {
    return read(file, false);
  }

  private Examples<TaggedSentence> read(Path file, boolean tagged) {
    DataFile.Content<SentenceCollector> content =
        DataFile.read(
            file,
            in -> {
              DataFile.Text text = DataFile.text(in, file.toString());
              Destination sentences = new Destination(new SentenceCollector(scheme), tagged);
              switch (firstCharacter(text.head())) {
                case '[' -> readList(text.content(), sentences);
                case '{', ' ' -> readLines(text.content(), file, sentences);
                default ->
                    throw new InvalidInputException(
                        file
                            + " is neither a JSON list of objects nor one JSON object a line; its"
                            + " first character should be [ or {");
              }
              return sentences.collector();
            });
    return content.value().finish(file, content.fingerprint());
  }

  /** The first character that is no white space, or else a blank. */
  private static char firstCharacter(byte[] head) {
    for (byte b : head) {
      if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
        return (char) (b & 0xff);
      }
    }
    return ' ';
  }

  private void readLines(InputStream in, Path file, Destination sentences) {
    try (RowSource rows =
        new TableReader(maxLineBytes).stream(in, file.toString(), TableFormat.JSONL)) {
      for (Optional<Entry> entry = rows.next(); entry.isPresent(); entry = rows.next()) {
        if (entry.get() instanceof Row row) {
          sentences.add(row);
        } else if (entry.get() instanceof BadRow bad) {
          sentences.bad(bad.line(), bad.cause());
        }
      }
    }
  }

  private void readList(InputStream in, Destination sentences) throws IOException {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(JsonLinesParser.limits(maxLineBytes))
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();
    try (JsonParser json = JsonMapper.builder(factory).build().getFactory().createParser(in)) {
      try {
        readElements(json, sentences);
      } catch (JsonEOFException e) {
        sentences.bad(line(e, json), "the list breaks off here (is the file cut off?)");
      } catch (JsonProcessingException e) {
        String cause = JsonLinesParser.describe(e) + "; nothing behind it is read";
        sentences.bad(line(e, json), cause);
      }
    }
  }

  private static void readElements(JsonParser json, Destination sentences) throws IOException {
    json.nextToken(); // the list's [
    while (json.nextToken() != JsonToken.END_ARRAY) {
      readElement(json, sentences);
    }
    if (json.nextToken() != null) {
      sentences.bad(line(json), "there is more behind the end of the list; it is not read");
    }
  }

  private static void readElement(JsonParser json, Destination sentences) throws IOException {
    int line = line(json);
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      sentences.bad(line, "an element of the list is no object such as {\"tokens\": […], …}");
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    String repeated = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (!FIELDS.contains(name)) {
        json.skipChildren();
      } else if (fields.put(name, json.readValueAs(Object.class)) != null) {
        repeated = name;
      }
    }
    if (repeated != null) {
      sentences.bad(line, "the object has '" + repeated + "' twice");
    } else {
      sentences.add(new Row(line, fields));
    }
  }

  private static int line(JsonParser json) {
    return Math.max(1, json.currentTokenLocation().getLineNr());
  }

  /** Where Jackson does not say it, as of too long a text, it is the line that was being read. */
  private static int line(JsonProcessingException e, JsonParser json) {
    return e.getLocation() == null ? line(json) : Math.max(1, e.getLocation().getLineNr());
  }

  /** Where objects go, with their tags or without. */
  private record Destination(SentenceCollector collector, boolean tagged) {

    void bad(int line, String cause) {
      collector.bad(line, cause);
    }

    void add(Row row) {
      try {
        add(row.line(), JsonFields.of(row));
      } catch (MissingAnswerException e) {
        collector.bad(new BadRow(row.line(), e.getMessage(), BadRow.Lack.ANSWER));
      } catch (InvalidInputException e) {
        bad(row.line(), e.getMessage());
      }
    }

    private void add(int line, JsonFields fields) {
      List<String> words = fields.words();
      Optional<List<String>> tags =
          tagged ? fields.texts("tags", "ner_tags") : Optional.of(List.of());
      if (tags.isEmpty()) {
        List<String> written = TagScheme.IOB2.fromSpans(words.size(), entities(fields));
        collector.addInIob2(new TaggedSentence(line, words, written, 0));
      } else if (tagged && tags.get().size() != words.size()) {
        throw InvalidInputException.of(
            "%d tags for %d words; each word needs one", tags.get().size(), words.size());
      } else {
        collector.add(new TaggedSentence(line, words, tags.get(), 0), List.of());
      }
    }

    private static List<LabelledSpan> entities(JsonFields fields) {
      if (!fields.has("entities")) {
        throw new MissingAnswerException("there is neither 'tags' nor 'ner_tags' nor 'entities'");
      }
      return fields.objects("entities").stream()
          .map(
              entity ->
                  new LabelledSpan(
                      entity.wordIndex("start"), entity.wordIndex("end"), entity.text("type")))
          .toList();
    }
  }
}
