package org.ptuning4j.task.question;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.data.question.SquadReader;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.ExampleFilter;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.text.Truncation;

/**
 * Extractive question answering: which span of a context answers a question (SQuAD 1.1), if any
 * does (SQuAD 2.0). The model reads the question and a window of the context, and scores every
 * position as start and as end of the answer. The first position stands for no answer: it is what
 * windows are trained on that do not show all of the answer. Answers are the context's own
 * characters, whatever the script.
 *
 * @param info its name, metrics and the like; the metrics are {@link #metrics}
 * @param unanswerable whether a question may have no answer in its context
 * @param nullThreshold there is no answer where the score of none is greater by more than this than
 *     that of the best span; looked at only where a question may have none
 * @param best how many candidates are kept
 * @param longest the most tokens that an answer may have
 * @param segments whether question and context have token types of their own, as the tokenizer
 *     gives them; without, all tokens have the first, as PEFT asks questions
 */
public record QuestionTask(
    TaskInfo info,
    boolean unanswerable,
    double nullThreshold,
    int best,
    int longest,
    boolean segments)
    implements Task<QuestionExample> {

  /** Its kind in packs. */
  public static final String KIND = "question-answering";

  /** 384 tokens, of which neighbouring windows share 128 (P-tuning v2's and BERT's setting). */
  static final Truncation WINDOWS = new Truncation(384, Truncation.Strategy.ONLY_SECOND, 128);

  private static final String SEGMENTS = "segments";
  private static final int BEST = 20;
  private static final int LONGEST = 30;

  /** Checks every field. */
  public QuestionTask {
    if (!Double.isFinite(nullThreshold)) {
      throw InvalidInputException.of(
          "task '%s': null_threshold is %s, must be a number", info.name(), nullThreshold);
    }
    if (best < 1 || longest < 1) {
      throw InvalidInputException.of(
          "task '%s': best is %d and longest %d; both must be at least 1",
          info.name(), best, longest);
    }
  }

  /** A task whose questions all have an answer, as in SQuAD 1.1. */
  public static QuestionTask answerable(String name, String description) {
    return new QuestionTask(usual(name, description, false), false, 0, BEST, LONGEST, true);
  }

  /** A task whose questions may have no answer, as in SQuAD 2.0. */
  public static QuestionTask unanswerable(String name, String description) {
    return new QuestionTask(usual(name, description, true), true, 0, BEST, LONGEST, true);
  }

  private static TaskInfo usual(String name, String description, boolean unanswerable) {
    return TaskInfo.of(name, description, metrics(unanswerable), WINDOWS);
  }

  /**
   * {@code f1} and {@code em} (exact match) at the task's threshold. Where a question may have no
   * answer also both for the questions that have one, the share of the others that are told ({@code
   * noans_f1}), and what the best threshold would give.
   */
  public static List<String> metrics(boolean unanswerable) {
    return unanswerable
        ? List.of("f1", "em", "hasans_f1", "hasans_em", "noans_f1", "best_f1", "best_em")
        : List.of("f1", "em");
  }

  /** The same task with another threshold for no answer. */
  public QuestionTask withNullThreshold(double newThreshold) {
    return new QuestionTask(info, unanswerable, newThreshold, best, longest, segments);
  }

  /** The same task with one token type for question and context. */
  public QuestionTask withoutSegments() {
    return new QuestionTask(info, unanswerable, nullThreshold, best, longest, false);
  }

  /** The same task with other windows. */
  public QuestionTask withTruncation(Truncation newTruncation) {
    return withInfo(info.withTruncation(newTruncation));
  }

  /** The same task with published settings. */
  public QuestionTask withPresets(List<Preset> newPresets) {
    return withInfo(info.withPresets(newPresets));
  }

  private QuestionTask withInfo(TaskInfo newInfo) {
    return new QuestionTask(newInfo, unanswerable, nullThreshold, best, longest, segments);
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
            SEGMENTS,
            "truncation",
            "max_length",
            "stride"));
    boolean unanswerable = fields.flag("unanswerable", false);
    return new QuestionTask(
        TaskInfo.read(
            fields,
            usual(
                fields.text("name"),
                "the span of a context that answers a question",
                unanswerable)),
        unanswerable,
        fields.number("null_threshold", 0),
        fields.integer("best", BEST),
        fields.integer("longest", LONGEST),
        fields.flag(SEGMENTS, true));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    definition.put("unanswerable", unanswerable);
    definition.put("null_threshold", nullThreshold);
    definition.put("best", best);
    definition.put("longest", longest);
    if (!segments) {
      definition.put(SEGMENTS, false);
    }
    definition.putAll(Truncations.write(truncation(), WINDOWS));
    return definition;
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return SquadReader.isNested(input) ? Optional.of(FileFormat.SQUAD) : Optional.empty();
  }

  @Override
  public ExampleContent content(QuestionExample example) {
    List<String> answer =
        example.impossible()
            ? List.of("unanswerable")
            : example.answers().isEmpty() ? List.of() : List.of("answerable");
    return ExampleContent.of(example.question(), example.context(), answer, !answer.isEmpty());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(
        TaskInputs.Field.text("question", "question"), TaskInputs.Field.text("context", "context"));
  }

  @Override
  public AnswerSchema answerSchema() {
    return SpanAnswer.SCHEMA;
  }

  /** A question without answer is a bad row where every question must have one. */
  @Override
  public Examples<QuestionExample> read(InputFile file) {
    Examples<QuestionExample> all = new SquadReader().read(file);
    if (unanswerable) {
      return all;
    }
    return ExampleFilter.usable(all, this::withoutAnswer);
  }

  private Optional<BadRow> withoutAnswer(QuestionExample example) {
    return example.answers().isEmpty()
        ? Optional.of(
            example
                .source()
                .bad(
                    "question "
                        + example.id()
                        + " has no answer, which task '"
                        + name()
                        + "' does not know; use a task like squad2"))
        : Optional.empty();
  }

  @Override
  public Examples<QuestionExample> readUnlabelled(InputFile file) {
    return new SquadReader().readUnlabelled(file);
  }

  /** Reads {@code question} and {@code context}, and {@code id} where it is there. */
  @Override
  public QuestionExample readRow(Row row) throws UnusableRowException {
    Object id = row.source().ids().getOrDefault("id", Math.max(row.line(), row.record()));
    return new QuestionExample(
        row.source(),
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
  public PreparedQuestions prepare(Preparation<QuestionExample> by) {
    return new PreparedQuestions(this);
  }

  @Override
  public Optional<String> submissionFile() {
    return Optional.of("predictions.json");
  }

  /** Each question needs an id of its own, by which the official script knows it. */
  @Override
  public void requireSubmittable(List<QuestionExample> examples) {
    Set<String> ids = new HashSet<>();
    for (QuestionExample example : examples) {
      if (!example.source().ids().containsKey("id")) {
        throw InvalidInputException.of(
            "line %d: the question has no id, by which the server knows it; give each question an"
                + " 'id' of its own",
            Math.max(1, example.line()));
      }
      if (!ids.add(example.id())) {
        throw repeated(example);
      }
    }
  }

  /** The JSON object that the official SQuAD scripts and servers read: {@link #predictions}. */
  @Override
  public String submission(List<QuestionExample> examples, List<Answer> answers) {
    requireSubmittable(examples);
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
   * @throws InvalidInputException where a question has the id of an earlier one
   */
  public Map<String, String> predictions(List<QuestionExample> examples, List<Answer> answers) {
    Submissions.requireAsMany(examples, answers);
    Map<String, String> predictions = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      QuestionExample example = examples.get(i);
      String answer = ((SpanAnswer) answers.get(i)).answer();
      if (predictions.putIfAbsent(example.id(), answer) != null) {
        throw repeated(example);
      }
    }
    return predictions;
  }

  private static InvalidInputException repeated(QuestionExample example) {
    return InvalidInputException.of(
        "%s: the id %s is that of an earlier question; predictions are told apart by their ids",
        example.source().place(), example.id());
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

  static double finite(double nullScore) {
    return Math.min(nullScore, Double.MAX_VALUE);
  }
}
