package org.ptuning4j.task.question;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.data.question.SquadReader;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SpanHeadSpec;
import org.ptuning4j.metric.SquadMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.Truncation;

/**
 * Extractive question answering: which span of a context answers a question (SQuAD 1.1), if any
 * does (SQuAD 2.0). The model reads the question and a window of the context, and scores every
 * position as start and as end of the answer. The first position stands for no answer: it is what
 * windows are trained on that do not show all of the answer. Answers are the context's own
 * characters, whatever the script.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param unanswerable whether a question may have no answer in its context
 * @param nullThreshold there is no answer where the score of none is greater by more than this than
 *     that of the best span; looked at only where a question may have none
 * @param best how many candidates are kept
 * @param longest the most tokens that an answer may have
 * @param truncation how long windows are, and how many tokens of the context neighbours share
 * @param presets published settings
 */
public record QuestionTask(
    String name,
    String description,
    boolean unanswerable,
    double nullThreshold,
    int best,
    int longest,
    Truncation truncation,
    List<Preset> presets)
    implements Task<QuestionExample> {

  /** Its kind in packs. */
  public static final String KIND = "question-answering";

  /** 384 tokens, of which neighbouring windows share 128 (P-tuning v2's and BERT's setting). */
  static final Truncation WINDOWS = new Truncation(384, Truncation.Strategy.ONLY_SECOND, 128);

  private static final int BEST = 20;
  private static final int LONGEST = 30;

  /** The most tokens of a question that are read, as in BERT's code. */
  private static final int LONGEST_QUESTION = 64;

  /** Checks every field and copies the list. */
  public QuestionTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(truncation, "truncation");
    if (!Double.isFinite(nullThreshold)) {
      throw InvalidInputException.of(
          "task '%s': null_threshold is %s, must be a number", name, nullThreshold);
    }
    if (best < 1 || longest < 1) {
      throw InvalidInputException.of(
          "task '%s': best is %d and longest %d; both must be at least 1", name, best, longest);
    }
    presets = List.copyOf(presets);
  }

  /** A task whose questions all have an answer, as in SQuAD 1.1. */
  public static QuestionTask answerable(String name, String description) {
    return new QuestionTask(name, description, false, 0, BEST, LONGEST, WINDOWS, List.of());
  }

  /** A task whose questions may have no answer, as in SQuAD 2.0. */
  public static QuestionTask unanswerable(String name, String description) {
    return new QuestionTask(name, description, true, 0, BEST, LONGEST, WINDOWS, List.of());
  }

  /** The same task with another threshold for no answer. */
  public QuestionTask withNullThreshold(double newThreshold) {
    return new QuestionTask(
        name, description, unanswerable, newThreshold, best, longest, truncation, presets);
  }

  /** The same task with other windows. */
  public QuestionTask withTruncation(Truncation newTruncation) {
    return new QuestionTask(
        name, description, unanswerable, nullThreshold, best, longest, newTruncation, presets);
  }

  /** The same task with published settings. */
  public QuestionTask withPresets(List<Preset> newPresets) {
    return new QuestionTask(
        name, description, unanswerable, nullThreshold, best, longest, truncation, newPresets);
  }

  /** The task of a definition, as {@link #definition} writes it. */
  public static QuestionTask of(Fields fields) {
    fields.requireOnly(
        List.of(
            "kind",
            "name",
            "description",
            "unanswerable",
            "null_threshold",
            "best",
            "longest",
            "truncation",
            "max_length",
            "stride"));
    return new QuestionTask(
        fields.text("name"),
        fields.optionalText("description").orElse("the span of a context that answers a question"),
        fields.flag("unanswerable", false),
        fields.number("null_threshold", 0),
        fields.integer("best", BEST),
        fields.integer("longest", LONGEST),
        Truncations.read(fields, WINDOWS),
        List.of());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    definition.put("unanswerable", unanswerable);
    definition.put("null_threshold", nullThreshold);
    definition.put("best", best);
    definition.put("longest", longest);
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  /** All but JSON lines, whose rows {@link #readRow} takes one by one. */
  @Override
  public boolean hasOwnFormat(Path file) {
    return !file.toString().matches("(?i).*\\.(jsonl|ndjson|csv|tsv|txt)(\\.gz)?");
  }

  @Override
  public ExampleFacts facts(QuestionExample example) {
    List<String> answer =
        example.impossible()
            ? List.of("unanswerable")
            : example.answers().isEmpty() ? List.of() : List.of("answerable");
    return ExampleFacts.of(example.question(), example.context(), answer, !answer.isEmpty());
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * {@code f1} and {@code em} (exact match) at the task's threshold. Where a question may have no
   * answer also both for the questions that have one, the share of the others that are told ({@code
   * noans_f1}), and what the best threshold would give.
   */
  @Override
  public List<String> metricNames() {
    return unanswerable
        ? List.of("f1", "em", "hasans_f1", "hasans_em", "noans_f1", "best_f1", "best_em")
        : List.of("f1", "em");
  }

  /** A question without answer is a bad row where every question must have one. */
  @Override
  public Examples<QuestionExample> read(Path file) {
    Examples<QuestionExample> all = new SquadReader().read(file);
    if (unanswerable) {
      return all;
    }
    List<QuestionExample> answered = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(all.badRows());
    for (QuestionExample example : all.examples()) {
      if (example.answers().isEmpty()) {
        badRows.add(
            new BadRow(
                example.line(),
                "question "
                    + example.id()
                    + " has no answer, which task '"
                    + name
                    + "' does not know; use a task like squad2"));
      } else {
        answered.add(example);
      }
    }
    badRows.sort(Comparator.comparingInt(BadRow::line));
    return new Examples<>(all.file(), all.fingerprint(), answered, badRows);
  }

  @Override
  public Examples<QuestionExample> readUnlabelled(Path file) {
    return new SquadReader().readUnlabelled(file);
  }

  /** Reads {@code question} and {@code context}, and {@code id} where it is there. */
  @Override
  public QuestionExample readRow(Row row) throws UnusableRowException {
    Object id = row.isFilled("id") ? row.get("id") : row.line();
    return new QuestionExample(
        row.line(),
        id.toString(),
        null,
        filled(row, "question"),
        filled(row, "context"),
        List.of(),
        false);
  }

  private static String filled(Row row, String column) throws UnusableRowException {
    if (row.isFilled(column) && row.get(column) instanceof String text) {
      return text;
    }
    throw new UnusableRowException("'" + column + "' is missing, blank or no text");
  }

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
    int overlap = Math.min(truncation.stride(), (room - taken - 1) / 2);
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

  private static Item item(
      Encoding window, QuestionExample example, boolean first, boolean last, ItemEncoder encoder) {
    int[] reads = new int[window.length()];
    int[] notes = new int[2 * window.length()];
    for (int i = 0; i < reads.length; i++) {
      reads[i] = i;
      boolean context = window.sequenceIds()[i] == 1;
      notes[2 * i] = context ? window.starts()[i] : -1;
      notes[2 * i + 1] = context ? window.ends()[i] : -1;
    }
    float[] target = example.hasLabel() ? target(notes, example, first, last) : new float[0];
    return Item.ofTokens(encoder.row(window), reads, notes, target);
  }

  /** The reads at which the first of the accepted answers starts and ends, or 0 and 0. */
  private static float[] target(int[] notes, QuestionExample example, boolean first, boolean last) {
    float[] none = {0, 0};
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
    return whole && start >= 0 && end >= start ? new float[] {start, end} : none;
  }

  @Override
  public SpanAnswer answer(QuestionExample example, List<Item> items, List<float[]> scores) {
    String context = example.context();
    SpanSearch.Found found = new SpanSearch(best, longest).search(context, items, scores);
    List<SpanSearch.Span> spans = found.spans();
    int size = spans.size();
    float[] compared = new float[size + (unanswerable || size == 0 ? 1 : 0)];
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
    if (size == 0 || (unanswerable && nullScore > nullThreshold)) {
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
    if (!unanswerable) {
      SquadMetrics.Scores all = SquadMetrics.version1(compared);
      return Scores.builder().metric("f1", all.f1() / 100).metric("em", all.exact() / 100).build();
    }
    SquadMetrics.Split split = SquadMetrics.version2(compared, nullThreshold);
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
      compared.add(new SquadMetrics.Answer(golds, answer.bestSpan(), finite(answer.nullScore())));
    }
    return compared;
  }

  @Override
  public boolean tunes() {
    return unanswerable;
  }

  /**
   * The task with the threshold that gives the best F1 on these questions: halfway between the last
   * score that is let through and the next, so that rounding decides nothing.
   */
  @Override
  public QuestionTask tune(List<QuestionExample> examples, List<Answer> answers) {
    if (!unanswerable) {
      return this;
    }
    double last = SquadMetrics.bestThresholds(compared(examples, answers)).f1().threshold();
    OptionalDouble next =
        nullScores(examples, answers).values().stream()
            .mapToDouble(Double::doubleValue)
            .filter(score -> score > last && score < Double.MAX_VALUE)
            .min();
    return withNullThreshold(next.isPresent() ? (last + next.getAsDouble()) / 2 : last + 1);
  }

  @Override
  public Optional<String> submissionFile() {
    return Optional.of("predictions.json");
  }

  /** The JSON object that the official SQuAD scripts and servers read: {@link #predictions}. */
  @Override
  public String submission(List<QuestionExample> examples, List<Answer> answers) {
    try {
      return new ObjectMapper().writeValueAsString(predictions(examples, answers)) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // a map of texts can always be written
    }
  }

  /**
   * Predictions as the official SQuAD scripts read them from JSON.
   *
   * @param answers one an example, in their order
   * @return each question's answer by its id, in their order; empty for no answer
   */
  public Map<String, String> predictions(List<QuestionExample> examples, List<Answer> answers) {
    Map<String, String> predictions = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      predictions.put(examples.get(i).id(), ((SpanAnswer) answers.get(i)).answer());
    }
    return predictions;
  }

  /**
   * Null scores as the official script of SQuAD 2.0 reads them from its {@code --na-prob-file}.
   *
   * @param answers one an example, in their order
   * @return each question's {@link SpanAnswer#nullScore} by its id, in their order; the greatest
   *     number where no span could be an answer
   */
  public Map<String, Double> nullScores(List<QuestionExample> examples, List<Answer> answers) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      scores.put(examples.get(i).id(), finite(((SpanAnswer) answers.get(i)).nullScore()));
    }
    return scores;
  }

  private static double finite(double nullScore) {
    return Math.min(nullScore, Double.MAX_VALUE);
  }
}
