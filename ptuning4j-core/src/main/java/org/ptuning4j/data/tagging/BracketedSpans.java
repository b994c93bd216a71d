package org.ptuning4j.data.tagging;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.Excerpt;

/**
 * One predicate's arguments in the bracket notation of the CoNLL shared tasks, one cell a word:
 * {@code (A0*}, {@code *}, {@code *)}, {@code (V*)}.
 *
 * <p>One tag a word holds one label, so of brackets within each other the outermost is the
 * argument; those inside are checked and left out. The verb's bracket {@code V} alone wins wherever
 * it stands: an argument around it is cut into what is before it and what is after it, each with
 * the argument's label, since a frame without its verb would teach that predicates may have none.
 */
final class BracketedSpans {

  private static final String VERB = "V";

  private record Open(String label, int at) {}

  private final List<LabelledSpan> outermost = new ArrayList<>();
  private final List<LabelledSpan> verbsInside = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private int words;

  /** Takes the next word's cell; says what is wrong with it, or nothing. */
  Optional<String> add(String cell) {
    int star = cell.indexOf('*');
    if (star < 0 || !openAll(cell.substring(0, star))) {
      return Optional.of(noCell(cell));
    }
    Optional<String> problem = closeAll(cell, cell.substring(star + 1));
    words++;
    return problem;
  }

  /** Whether it is none or more of {@code (LABEL}, which then are open. */
  private boolean openAll(String openings) {
    if (openings.isEmpty()) {
      return true;
    }
    String[] labels = openings.split("\\(", -1);
    for (int i = 1; i < labels.length; i++) {
      if (labels[i].isBlank() || labels[i].indexOf(')') >= 0) {
        return false;
      }
      open.push(new Open(labels[i], words));
    }
    return labels[0].isEmpty() && labels.length > 1;
  }

  /** Closes one bracket for each {@code )}, before which its label may be repeated. */
  private Optional<String> closeAll(String cell, String closings) {
    if (closings.indexOf('(') >= 0 || closings.indexOf('*') >= 0) {
      return Optional.of(noCell(cell));
    }
    int from = 0;
    for (int at = closings.indexOf(')'); at >= 0; at = closings.indexOf(')', from)) {
      Optional<String> problem = close(cell, closings.substring(from, at));
      if (problem.isPresent()) {
        return problem;
      }
      from = at + 1;
    }
    return from == closings.length() ? Optional.empty() : Optional.of(noCell(cell));
  }

  private static String noCell(String cell) {
    return Excerpt.of(cell) + " is no bracket cell such as (A0*, *, *) or (V*)";
  }

  private Optional<String> close(String cell, String named) {
    if (open.isEmpty()) {
      return Optional.of(Excerpt.of(cell) + " closes a bracket that is not open");
    }
    Open opened = open.pop();
    if (!named.isEmpty() && !named.equals(opened.label())) {
      return Optional.of(
          Excerpt.of(cell) + " closes " + named + " where " + opened.label() + " is open");
    }
    LabelledSpan span = new LabelledSpan(opened.at(), words + 1, opened.label());
    if (open.isEmpty()) {
      outermost.add(span);
    } else if (isVerb(span.label()) && open.stream().noneMatch(o -> isVerb(o.label()))) {
      verbsInside.add(span);
    }
    return Optional.empty();
  }

  private static boolean isVerb(String label) {
    return label.equals(VERB);
  }

  /** At the end of the sentence: the first word, from 0, whose bracket is still open. */
  Optional<Integer> firstOpen() {
    return Optional.ofNullable(open.peekLast()).map(Open::at);
  }

  /** The tags in {@link TagScheme#IOB2}. */
  List<String> tags() {
    List<LabelledSpan> spans = new ArrayList<>(verbsInside);
    for (LabelledSpan argument : outermost) {
      addAroundVerbs(argument, spans);
    }
    return TagScheme.IOB2.fromSpans(words, spans);
  }

  private void addAroundVerbs(LabelledSpan argument, List<LabelledSpan> spans) {
    int from = argument.start();
    for (LabelledSpan verb : verbsInside) {
      if (verb.start() >= from && verb.end() <= argument.end()) {
        addPart(from, verb.start(), argument.label(), spans);
        from = verb.end();
      }
    }
    addPart(from, argument.end(), argument.label(), spans);
  }

  private static void addPart(int from, int to, String label, List<LabelledSpan> spans) {
    if (from < to) {
      spans.add(new LabelledSpan(from, to, label));
    }
  }
}
