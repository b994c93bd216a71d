package org.ptuning4j.task.choice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.question.FlatMultiRc;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.MultiRcReader;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.metric.ClassificationMetrics;
import org.ptuning4j.metric.MultiRcMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.cloze.Clozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/**
 * MultiRC of SuperGLUE: for each option of a question, whether it is an answer by the paragraph.
 * The model reads (paragraph, "question option"); where that is too long, the paragraph is cut.
 *
 * @param name its name
 * @param truncation how many tokens are kept
 */
public record MultiRcTask(String name, Truncation truncation)
    implements LabelledTask<MultiRcExample> {

  /** Its kind in packs. */
  public static final String KIND = "multirc";

  private static final List<String> LABELS = List.of("0", "1");
  private static final Map<String, String> NAMES = Map.of("0", "no", "1", "yes");

  /** Checks the name. */
  public MultiRcTask {
    TaskName.require(name);
    Objects.requireNonNull(truncation, "truncation");
  }

  public static MultiRcTask of(Fields fields) {
    fields.requireOnly(List.of("kind", "name", "truncation", "max_length", "stride"));
    return new MultiRcTask(
        fields.optionalText("name").orElse("multirc"),
        Truncations.read(fields, Truncations.PASSAGE_FIRST));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String description() {
    return "SuperGLUE MultiRC: is this option an answer to the question by the paragraph?";
  }

  /** F1 over all options, exact match over questions, and the share of options judged right. */
  @Override
  public List<String> metricNames() {
    return List.of("f1a", "em", "accuracy");
  }

  @Override
  public List<Preset> presets() {
    return List.of();
  }

  @Override
  public Examples<MultiRcExample> read(Path file) {
    return new MultiRcReader().read(file);
  }

  @Override
  public Examples<MultiRcExample> readUnlabelled(Path file) {
    return new MultiRcReader().readUnlabelled(file);
  }

  /** Reads columns {@code paragraph} (or {@code passage}), {@code question} and {@code answer}. */
  @Override
  public MultiRcExample readRow(Row row) throws UnusableRowException {
    try {
      return FlatMultiRc.toPredict(row);
    } catch (InvalidInputException e) {
      throw new UnusableRowException(e.getMessage());
    }
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new SequenceHeadSpec(LABELS.size(), options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(MultiRcExample example, ItemEncoder encoder) {
    TokenRow row = encoder.row(example.text(), question(example), truncation.strategy());
    return List.of(example.hasLabel() ? Item.of(row, example.label() ? 1 : 0) : Item.of(row));
  }

  /** The question and the option; the official files have a few empty options. */
  private static String question(MultiRcExample example) {
    return (example.questionText() + " " + example.answerText()).strip();
  }

  @Override
  public Answer answer(MultiRcExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public LabelAnswer answer(MultiRcExample example, double[] probabilities) {
    return LabelAnswer.of(LABELS, NAMES, probabilities);
  }

  @Override
  public Scores score(List<MultiRcExample> examples, List<Answer> answers) {
    List<MultiRcMetrics.Option> options =
        IntStream.range(0, examples.size())
            .mapToObj(
                i ->
                    new MultiRcMetrics.Option(
                        examples.get(i).paragraph(),
                        examples.get(i).question(),
                        examples.get(i).label(),
                        isYes(answers.get(i))))
            .toList();
    MultiRcMetrics scores = MultiRcMetrics.of(options);
    Scores.Builder metrics =
        Scores.builder()
            .metric("f1a", scores.f1a())
            .metric("em", scores.exactMatch())
            .metric("accuracy", scores.accuracy());
    ClassificationMetrics byLabel =
        ClassificationMetrics.of(
            options.stream().mapToInt(option -> option.truth() ? 1 : 0).toArray(),
            options.stream().mapToInt(option -> option.predicted() ? 1 : 0).toArray(),
            LABELS.size());
    List<String> names = LABELS.stream().map(NAMES::get).toList();
    LabelScores.of(byLabel, names, List.of()).tables().forEach(metrics::table);
    return metrics.build();
  }

  private static boolean isYes(Answer answer) {
    return ((LabelAnswer) answer).label().equals("1");
  }

  @Override
  public List<String> labels() {
    return LABELS;
  }

  /** {@code paragraph}, {@code question}, {@code answer}, {@code text_a} and {@code text_b}. */
  @Override
  public Map<String, String> fields(MultiRcExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("paragraph", example.text());
    fields.put("question", example.questionText());
    fields.put("answer", example.answerText());
    fields.put("text_a", example.text());
    fields.put("text_b", question(example));
    return fields;
  }

  @Override
  public OptionalInt labelIndex(MultiRcExample example) {
    return example.hasLabel() ? OptionalInt.of(example.label() ? 1 : 0) : OptionalInt.empty();
  }

  @Override
  public Optional<Cloze> cloze() {
    return Clozes.of(name);
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name);
  }

  /** A line for each paragraph, with its questions and their options within. */
  @Override
  public String submission(List<MultiRcExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name);
    Submissions.requireAsMany(examples, answers);
    Map<Integer, Map<Integer, List<Map<String, Object>>>> paragraphs = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      MultiRcExample example = examples.get(i);
      paragraphs
          .computeIfAbsent(example.paragraph(), key -> new LinkedHashMap<>())
          .computeIfAbsent(example.question(), key -> new ArrayList<>())
          .add(entry(example.answer(), "label", isYes(answers.get(i)) ? 1 : 0));
    }
    StringBuilder lines = new StringBuilder();
    paragraphs.forEach(
        (idx, questions) ->
            lines.append(Submissions.json(entry(idx, "passage", passage(questions)))).append('\n'));
    return lines.toString();
  }

  private static Map<String, Object> passage(Map<Integer, List<Map<String, Object>>> questions) {
    List<Map<String, Object>> entries = new ArrayList<>();
    questions.forEach((idx, options) -> entries.add(entry(idx, "answers", options)));
    return Map.of("questions", entries);
  }

  private static Map<String, Object> entry(int idx, String name, Object value) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("idx", idx);
    entry.put(name, value);
    return entry;
  }
}
