package org.ptuning4j.data.question;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.CodePointText;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.table.ExampleCollector;

/**
 * Reads ReCoRD as SuperGLUE writes it: a passage a line, {@code {"idx", "passage": {"text",
 * "entities": [{"start", "end"}]}, "qas": [{"idx", "query", "answers": [{"start", "end",
 * "text"}]}]}}. Places are counted in Unicode code points of the text as it is in the file, from 0,
 * and {@code end} is the last character's, not the one after it.
 *
 * <p>The news' bullet points come as lines that say {@code @highlight}, each followed by its point.
 * As in P-tuning v2 (and GPT-3 before it), that line becomes {@code "- "} in front of the point.
 */
public final class ReCordReader implements ExampleReader<ReCordExample> {

  private static final Pattern HIGHLIGHT = Pattern.compile("@highlight\\s*");

  @Override
  public Examples<ReCordExample> read(InputFile file) {
    return read(file, true);
  }

  @Override
  public Examples<ReCordExample> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  /** Whether an input nests its records as SuperGLUE does, judged by its beginning. */
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
          RecordFields fields = RecordFields.of(row);
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
          RecordFields passage = fields.object("passage");
          CodePointText text = new CodePointText(passage.text("text"));
          List<RecordFields> queries = fields.objects("qas");
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

  private static List<String> entities(RecordFields passage, CodePointText text) {
    Set<String> entities = new LinkedHashSet<>();
    for (RecordFields span : passage.objects("entities")) {
      entities.add(spanned(span, text));
    }
    if (entities.isEmpty()) {
      throw InvalidInputException.of("'passage.entities' is empty");
    }
    return List.copyOf(entities);
  }

  private static String spanned(RecordFields span, CodePointText text) {
    int start = span.count("start");
    int end = span.count("end");
    String found =
        text.between(start, end == Integer.MAX_VALUE ? end : end + 1)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "'%s' is the characters %d to %d, which are not in a text of %d",
                        span.path(), start, end, text.length()));
    if (found.isBlank()) {
      throw InvalidInputException.of(
          "'%s', the characters %d to %d, is blank", span.path(), start, end);
    }
    return found;
  }

  private record Passage(
      Source source, int idx, CodePointText text, List<String> entities, boolean labelled) {

    void read(List<RecordFields> queries, ExampleCollector<ReCordExample> collector) {
      String cleaned = cleaned(text.text());
      Set<Integer> seen = new HashSet<>();
      int part = 0;
      for (RecordFields query : queries) {
        Source at = source.withPart(++part).withIds(ids(query));
        collector.take(at, "", () -> List.of(query(at, cleaned, query, seen)));
      }
    }

    /** What the file calls a query, as far as it says so. */
    private Map<String, Object> ids(RecordFields query) {
      Map<String, Object> ids = new LinkedHashMap<>();
      ids.put("passage", idx);
      if (query.values().get("idx") instanceof Number number) {
        ids.put("query", number);
      }
      return ids;
    }

    private ReCordExample query(Source at, String cleaned, RecordFields fields, Set<Integer> seen) {
      int queryIdx = fields.count("idx");
      if (!seen.add(queryIdx)) {
        throw InvalidInputException.of("'%s' repeats %d", fields.path("idx"), queryIdx);
      }
      String query = fields.text("query");
      if (!query.contains(ReCordExample.PLACEHOLDER)) {
        throw InvalidInputException.of(
            "'%s' has no %s: %s",
            fields.path("query"), ReCordExample.PLACEHOLDER, Excerpt.of(query));
      }
      List<String> answers = labelled ? answers(fields) : List.of();
      return new ReCordExample(at, idx, queryIdx, cleaned, query, entities, answers);
    }

    private List<String> answers(RecordFields fields) {
      fields.requireAnswer("answers");
      if (fields.list("answers").isEmpty()) {
        throw new MissingAnswerException("'" + fields.path("answers") + "' is empty");
      }
      Set<String> answers = new LinkedHashSet<>();
      for (RecordFields answer : fields.objects("answers")) {
        answers.add(answer(answer));
      }
      if (answers.stream().noneMatch(entities::contains)) {
        throw InvalidInputException.of(
            "'%s': %s is none of the passage's entities",
            fields.path("answers"), Excerpt.of(answers.iterator().next()));
      }
      return List.copyOf(answers);
    }

    private String answer(RecordFields answer) {
      String written = answer.text("text");
      if (answer.has("start") || answer.has("end")) {
        String found = spanned(answer, text);
        if (!found.equals(written)) {
          throw InvalidInputException.of(
              "'%s' is %s, yet the characters %d to %d of the text, the last one included, are"
                  + " %s",
              answer.path("text"),
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
