package org.ptuning4j.task.question;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.metric.SquadMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.Truncation;

/**
 * Question answering, as a model is asked it.
 *
 * @param task what it is, with the threshold that counts
 */
public record PreparedQuestions(QuestionTask task) implements PreparedTask<QuestionExample> {

  /** The most tokens of a question that are read, as in BERT's code. */
  private static final int LONGEST_QUESTION = 64;

  @Override
  public HeadSpec head(HeadOptions options) {
    return new SpanHeadSpec();
  }

  @Override
  public List<Item> items(QuestionExample example, ItemEncoder encoder) {
    int room = encoder.maxLength() - encoder.tokenizer().specialTokensOfPair();
    if (room < 2) {
      throw InvalidInputException.of(
          "max_length: %d leaves no room for question and context", encoder.maxLength());
    }
    String question =
        cut(example.question().strip(), Math.min(LONGEST_QUESTION, room / 2), encoder);
    int taken = length(question, encoder);
    int overlap = Math.min(task.truncation().stride(), (room - taken - 1) / 2);
    List<Encoding> windows =
        encoder
            .tokenizer()
            .encodeWindows(
                question,
                example.context(),
                new Truncation(
                    encoder.maxLength(), Truncation.Strategy.ONLY_SECOND, Math.max(0, overlap)));
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      items.add(item(windows.get(i), example, i == 0, i == windows.size() - 1, encoder));
    }
    return items;
  }

  private static int length(String text, ItemEncoder encoder) {
    return encoder.tokenizer().encodeWithoutSpecialTokens(text, null, Truncation.none()).length();
  }

  /** The beginning of a question that is too long to be read beside a context. */
  private static String cut(String question, int most, ItemEncoder encoder) {
    String left = question;
    for (int keep = most; ; keep--) {
      Encoding tokens =
          encoder.tokenizer().encodeWithoutSpecialTokens(left, null, Truncation.none());
      if (tokens.length() <= most) {
        return left;
      }
      // cut characters may be spelt in more tokens than before, so it is counted again
      left = keep < 1 ? "" : left.substring(0, Math.min(tokens.ends()[keep - 1], left.length()));
    }
  }

  private Item item(
      Encoding window, QuestionExample example, boolean first, boolean last, ItemEncoder encoder) {
    int[] reads = new int[window.length()];
    int[] notes = new int[2 * window.length()];
    for (int i = 0; i < reads.length; i++) {
      reads[i] = i;
      boolean context = window.sequenceIds()[i] == 1;
      notes[2 * i] = context ? window.starts()[i] : -1;
      notes[2 * i + 1] = context ? window.ends()[i] : -1;
    }
    TokenRow row = encoder.row(window);
    Item item = Item.ofTokens(task.segments() ? row : row.withoutTypes(), reads, notes);
    return example.hasLabel() ? item.withTarget(target(notes, example, first, last)) : item;
  }

  /** The reads at which the first of the accepted answers starts and ends, or 0 and 0. */
  private static Target.Span target(
      int[] notes, QuestionExample example, boolean first, boolean last) {
    Target.Span none = Target.Span.of(0, 0);
    if (example.answers().isEmpty()) {
      return none;
    }
    QuestionExample.Answer answer = example.answers().get(0);
    int start = -1; // the first token that ends behind the answer's start
    int end = -1; // the last token that starts before the answer's end
    int shownFrom = Integer.MAX_VALUE;
    int shownTo = -1;
    for (int read = 0; read < notes.length / 2; read++) {
      int from = notes[2 * read];
      int to = notes[2 * read + 1];
      if (from < 0) {
        continue;
      }
      shownFrom = Math.min(shownFrom, from);
      shownTo = Math.max(shownTo, to);
      start = start < 0 && to > answer.start() ? read : start;
      end = from < answer.end() ? read : end;
    }
    boolean whole = (first || shownFrom <= answer.start()) && (last || shownTo >= answer.end());
    return whole && start >= 0 && end >= start ? Target.Span.of(start, end) : none;
  }

  @Override
  public SpanAnswer answer(QuestionExample example, List<Item> items, List<float[]> scores) {
    String context = example.context();
    SpanSearch.Found found =
        new SpanSearch(task.best(), task.longest()).search(context, items, scores);
    List<SpanSearch.Span> spans = found.spans();
    int size = spans.size();
    float[] compared = new float[size + (task.unanswerable() || size == 0 ? 1 : 0)];
    for (int i = 0; i < compared.length; i++) {
      compared[i] = (float) (i < size ? spans.get(i).score() : found.none());
    }
    double[] probabilities = Softmax.of(compared);
    List<SpanAnswer.Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      SpanSearch.Span span = spans.get(i);
      String text = context.substring(span.start(), span.end());
      candidates.add(
          new SpanAnswer.Candidate(text, span.start(), span.end(), span.score(), probabilities[i]));
    }
    double nullScore = size == 0 ? Double.POSITIVE_INFINITY : found.none() - spans.get(0).score();
    if (size == 0 || (task.unanswerable() && nullScore > task.nullThreshold())) {
      return new SpanAnswer("", -1, -1, -1, -1, probabilities[size], nullScore, candidates);
    }
    SpanAnswer.Candidate chosen = candidates.get(0);
    return new SpanAnswer(
        chosen.text(),
        chosen.start(),
        chosen.end(),
        context.codePointCount(0, chosen.start()),
        context.codePointCount(0, chosen.end()),
        chosen.probability(),
        nullScore,
        candidates);
  }

  @Override
  public Scores score(List<QuestionExample> examples, List<Answer> answers) {
    List<SquadMetrics.Answer> compared = compared(examples, answers);
    if (!task.unanswerable()) {
      SquadMetrics.Scores all = SquadMetrics.version1(compared);
      return Scores.builder().metric("f1", all.f1() / 100).metric("em", all.exact() / 100).build();
    }
    SquadMetrics.Split split = SquadMetrics.version2(compared, task.nullThreshold());
    SquadMetrics.BestThresholds thresholds = SquadMetrics.bestThresholds(compared);
    return Scores.builder()
        .metric("f1", split.all().f1() / 100)
        .metric("em", split.all().exact() / 100)
        .metric("hasans_f1", share(split.hasAnswer(), split.hasAnswer().f1()))
        .metric("hasans_em", share(split.hasAnswer(), split.hasAnswer().exact()))
        .metric("noans_f1", share(split.noAnswer(), split.noAnswer().f1()))
        .metric("best_f1", thresholds.f1().percent() / 100)
        .metric("best_em", thresholds.exact().percent() / 100)
        .table(table(split))
        .build();
  }

  /** A percentage as a share; none where there is no such question. */
  private static OptionalDouble share(SquadMetrics.Scores part, double percent) {
    return part.questions() == 0 ? OptionalDouble.empty() : OptionalDouble.of(percent / 100);
  }

  private static Scores.Table table(SquadMetrics.Split split) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("with answer", split.hasAnswer()));
    rows.add(row("without answer", split.noAnswer()));
    return new Scores.Table("questions", List.of("", "f1", "em", "questions"), rows);
  }

  private static List<String> row(String name, SquadMetrics.Scores scores) {
    return List.of(
        name,
        LabelScores.percent(scores.f1() / 100),
        LabelScores.percent(scores.exact() / 100),
        String.valueOf(scores.questions()));
  }

  /** The best spans with their null scores, whatever the threshold made of them. */
  private static List<SquadMetrics.Answer> compared(
      List<QuestionExample> examples, List<Answer> answers) {
    List<SquadMetrics.Answer> compared = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      SpanAnswer answer = (SpanAnswer) answers.get(i);
      List<String> golds =
          examples.get(i).answers().stream().map(QuestionExample.Answer::text).toList();
      compared.add(
          new SquadMetrics.Answer(
              golds, answer.bestSpan(), QuestionTask.finite(answer.nullScore())));
    }
    return compared;
  }

  @Override
  public boolean tunes() {
    return task.unanswerable();
  }

  /**
   * The task with the threshold that gives the best F1 on these questions: halfway between the last
   * score that is let through and the next, so that rounding decides nothing.
   */
  @Override
  public PreparedQuestions tune(List<QuestionExample> examples, List<Answer> answers) {
    if (!task.unanswerable()) {
      return this;
    }
    double last = SquadMetrics.bestThresholds(compared(examples, answers)).f1().threshold();
    OptionalDouble next =
        task.nullScores(examples, answers).values().stream()
            .mapToDouble(Double::doubleValue)
            .filter(score -> score > last && score < Double.MAX_VALUE)
            .min();
    return new PreparedQuestions(
        task.withNullThreshold(next.isPresent() ? (last + next.getAsDouble()) / 2 : last + 1));
  }

  @Override
  public PreparedQuestions untuned() {
    return new PreparedQuestions(task.withNullThreshold(0));
  }
}
