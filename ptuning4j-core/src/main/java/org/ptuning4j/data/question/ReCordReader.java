package org.ptuning4j.data.question;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.CodePointText;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Excerpt;
import org.ptuning4j.data.JsonFields;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.table.ExampleCollector;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads ReCoRD as SuperGLUE writes it: a passage a line, {@code {"idx", "passage": {"text",
 * "entities": [{"start", "end"}]}, "qas": [{"idx", "query", "answers": [{"start", "end",
 * "text"}]}]}}. Places are counted in Unicode code points of the text as it is in the file, from 0,
 * and {@code end} is the last character's, not the one behind it.
 *
 * <p>The news' bullet points come as lines that say {@code @highlight}, each followed by its point.
 * As in P-tuning v2 (and GPT-3 before it), that line becomes {@code "- "} in front of the point.
 */
public final class ReCordReader {

  private static final Pattern HIGHLIGHT = Pattern.compile("@highlight\\s*");

  /**
   * Reads a file with answers; a query without is a bad row, and so is one none of whose answers is
   * among the passage's entities.
   *
   * @throws InvalidInputException as {@link TableReader#read(InputFile)}
   */
  public Examples<ReCordExample> read(InputFile file) {
    return read(file, true);
  }

  /** The same of a file in UTF-8. */
  public Examples<ReCordExample> read(Path file) {
    return read(InputFile.of(file));
  }

  /**
   * Reads a file for prediction: answers are neither needed nor looked at.
   *
   * @throws InvalidInputException as {@link TableReader#read(InputFile)}
   */
  public Examples<ReCordExample> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  /** The same of a file in UTF-8. */
  public Examples<ReCordExample> readUnlabelled(Path file) {
    return readUnlabelled(InputFile.of(file));
  }

  /** Whether an input nests its records as SuperGLUE does; told from its beginning. */
  public static boolean isNested(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    return set == FileFormat.RECORD
        || (set == FileFormat.AUTO
            && JsonNames.first(input, Set.of("qas", "query")).filter("qas"::equals).isPresent());
  }

  private Examples<ReCordExample> read(InputFile file, boolean labelled) {
    Map<Integer, Integer> lineOfPassage = new HashMap<>();
    FlatReCord flat = new FlatReCord(labelled);
    return ExampleCollector.fromJson(
        file,
        (row, collector) -> {
          JsonFields fields = JsonFields.of(row);
          if (FlatReCord.isOne(row)) {
            collector.take(row.source(), "", () -> List.of(flat.query(row)));
            return;
          }
          int idx = fields.count("idx");
          Integer earlier = lineOfPassage.putIfAbsent(idx, row.line());
          if (earlier != null) {
            throw InvalidInputException.of(
                "'idx' is %d, as on line %d; each passage needs its own", idx, earlier);
          }
          JsonFields passage = fields.object("passage");
          CodePointText text = new CodePointText(passage.text("text"));
          List<JsonFields> queries = fields.objects("qas");
          if (queries.isEmpty()) {
            throw InvalidInputException.of("'qas' is empty");
          }
          new Passage(row.source(), idx, text, entities(passage, text), labelled)
              .read(queries, collector);
        });
  }

  /** The text with its bullet points as such. */
  static String cleaned(String text) {
    return HIGHLIGHT.matcher(text).replaceAll("- ");
  }

  private static List<String> entities(JsonFields passage, CodePointText text) {
    Set<String> entities = new LinkedHashSet<>();
    for (JsonFields span : passage.objects("entities")) {
      entities.add(spanned(span, text));
    }
    if (entities.isEmpty()) {
      throw InvalidInputException.of("'passage.entities' is empty");
    }
    return List.copyOf(entities);
  }

  private static String spanned(JsonFields span, CodePointText text) {
    int start = span.count("start");
    int end = span.count("end");
    String found =
        text.between(start, end == Integer.MAX_VALUE ? end : end + 1)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "'%s' is the characters %d to %d, which are not in a text of %d",
                        name(span), start, end, text.length()));
    if (found.isBlank()) {
      throw InvalidInputException.of(
          "'%s', the characters %d to %d, is blank", name(span), start, end);
    }
    return found;
  }

  private static String name(JsonFields fields) {
    return fields.path().substring(0, fields.path().length() - 1);
  }

  private record Passage(
      Source source, int idx, CodePointText text, List<String> entities, boolean labelled) {

    void read(List<JsonFields> queries, ExampleCollector<ReCordExample> collector) {
      String cleaned = cleaned(text.text());
      Set<Integer> seen = new HashSet<>();
      for (JsonFields query : queries) {
        collector.take(source, "", () -> List.of(query(cleaned, query, seen)));
      }
    }

    private ReCordExample query(String cleaned, JsonFields fields, Set<Integer> seen) {
      int queryIdx = fields.count("idx");
      if (!seen.add(queryIdx)) {
        throw InvalidInputException.of("'%sidx' repeats %d", fields.path(), queryIdx);
      }
      String query = fields.text("query");
      if (!query.contains(ReCordExample.PLACEHOLDER)) {
        throw InvalidInputException.of(
            "'%squery' has no %s: %s", fields.path(), ReCordExample.PLACEHOLDER, Excerpt.of(query));
      }
      List<String> answers = labelled ? answers(fields) : List.of();
      return new ReCordExample(source, idx, queryIdx, cleaned, query, entities, answers);
    }

    private List<String> answers(JsonFields fields) {
      fields.requireAnswer("answers");
      if (fields.list("answers").isEmpty()) {
        throw new MissingAnswerException("'" + fields.path() + "answers' is empty");
      }
      Set<String> answers = new LinkedHashSet<>();
      for (JsonFields answer : fields.objects("answers")) {
        answers.add(answer(answer));
      }
      if (answers.stream().noneMatch(entities::contains)) {
        throw InvalidInputException.of(
            "'%sanswers': %s is none of the passage's entities",
            fields.path(), Excerpt.of(answers.iterator().next()));
      }
      return List.copyOf(answers);
    }

    private String answer(JsonFields answer) {
      String written = answer.text("text");
      if (answer.has("start") || answer.has("end")) {
        String found = spanned(answer, text);
        if (!found.equals(written)) {
          throw InvalidInputException.of(
              "'%stext' is %s, yet the characters %d to %d of the text, the last one included, are"
                  + " %s",
              answer.path(),
              Excerpt.of(written),
              answer.count("start"),
              answer.count("end"),
              Excerpt.of(found));
        }
      }
      return written;
    }
  }
}
