package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.CodePointText;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Source;

/**
 * Entities as spans of a text's characters, as tools for annotation write them: {@code {"text",
 * "entities": [[0, 5, "PER"]]}}, with objects such as {@code {"start", "end", "label"}} in place of
 * the triples, under {@code entities}, {@code spans}, {@code label} or {@code labels}. Places count
 * code points from 0; the end is after the last. The text is split into words as {@link
 * WordSplitter} does, and at the ends of the spans.
 */
final class CharacterSpans {

  private static final List<String> LISTS = List.of("entities", "spans", "label", "labels");
  private static final List<String> STARTS = List.of("start", "start_offset");
  private static final List<String> ENDS = List.of("end", "end_offset");
  private static final List<String> LABELS = List.of("label", "type", "tag");

  private CharacterSpans() {}

  /** A span, in UTF-16 units. */
  private record Span(int start, int end, String label) {}

  /** The sentence of an object with a text; without tags where they are not asked for. */
  static TaggedSentence sentence(Source source, RecordFields fields, boolean tagged) {
    String text = fields.text("text");
    List<Span> spans = tagged ? spans(fields, text) : List.of();
    List<WordSplitter.Place> places = new ArrayList<>();
    WordSplitter.places(text).forEach(place -> addCut(place, spans, places));
    List<String> words = places.stream().map(place -> place.of(text)).toList();
    List<String> tags =
        tagged
            ? TagScheme.IOB2.fromSpans(
                words.size(), spans.stream().map(span -> inWords(span, places)).toList())
            : List.of();
    return new TaggedSentence(source, words, tags, 0, text);
  }

  private static List<Span> spans(RecordFields fields, String text) {
    String name =
        LISTS.stream()
            .filter(fields::has)
            .findFirst()
            .orElseThrow(
                () ->
                    new MissingAnswerException(
                        "there is a text but no list of its entities: neither 'entities' nor"
                            + " 'spans', 'label' or 'labels'; or give 'words' with 'tags'"));
    List<Span> spans = new ArrayList<>();
    CodePointText characters = new CodePointText(text);
    for (Object value : fields.list(name)) {
      String path = name + "[" + spans.size() + "]";
      spans.add(span(path, asFields(path, value), characters));
    }
    return spans;
  }

  /** A triple or an object, with the names of the latter. */
  private static RecordFields asFields(String path, Object value) {
    if (value instanceof List<?> list && list.size() == 3) {
      Map<String, Object> named = new LinkedHashMap<>();
      named.put("start", list.get(0));
      named.put("end", list.get(1));
      named.put("label", list.get(2));
      return RecordFields.of(path, named);
    }
    if (value instanceof Map<?, ?>) {
      return RecordFields.of(path, value);
    }
    throw InvalidInputException.of(
        "'%s' is %s, must be such as [0, 5, \"PER\"] or {\"start\": 0, \"end\": 5, \"label\":"
            + " \"PER\"}",
        path, Excerpt.ofJson(value));
  }

  private static Span span(String path, RecordFields fields, CodePointText text) {
    int start = fields.count(first(STARTS, fields));
    int end = fields.count(first(ENDS, fields));
    String label = fields.text(first(LABELS, fields));
    String found =
        text.between(start, end)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "'%s' is the characters %d to before %d of a text of %d",
                        path, start, end, text.length()));
    String stripped = found.strip();
    if (stripped.isEmpty()) {
      throw InvalidInputException.of(
          "'%s', the characters %d to before %d, is blank", path, start, end);
    }
    int first = text.utf16(start).orElseThrow() + found.indexOf(stripped);
    return new Span(first, first + stripped.length(), label);
  }

  private static String first(List<String> names, RecordFields fields) {
    return names.stream().filter(fields::has).findFirst().orElse(names.get(0));
  }

  /** Adds a word, cut where a span begins or ends within it. */
  private static void addCut(
      WordSplitter.Place word, List<Span> spans, List<WordSplitter.Place> places) {
    int start = word.start();
    for (int at = word.start() + 1; at < word.end(); at++) {
      int place = at;
      if (spans.stream().anyMatch(span -> span.start() == place || span.end() == place)) {
        places.add(new WordSplitter.Place(start, place));
        start = place;
      }
    }
    places.add(new WordSplitter.Place(start, word.end()));
  }

  private static LabelledSpan inWords(Span span, List<WordSplitter.Place> places) {
    int first = 0;
    while (places.get(first).start() < span.start()) {
      first++;
    }
    int next = first;
    while (next < places.size() && places.get(next).end() <= span.end()) {
      next++;
    }
    return new LabelledSpan(first, next, span.label());
  }
}
