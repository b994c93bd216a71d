package org.ptuning4j.task.choice;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.head.ChoiceHeadSpec;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Softmax;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.UsableRows;
import org.ptuning4j.task.cloze.Clozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

/**
 * Which of an example's own candidates goes with its text; COPA is one. The model reads the text
 * with each candidate, and the candidates' scores are weighed against each other.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param context makes the text
 * @param candidates where the candidates are
 * @param wording a further field for templates, if there is one
 * @param labelColumn the column that says which is right: an index from 0, a letter from A, or the
 *     candidate's text
 * @param truncation how many tokens are kept of a text with a candidate
 * @param presets published settings
 */
public record ChoiceTask(
    String name,
    String description,
    Template context,
    Candidates candidates,
    Optional<Wording> wording,
    String labelColumn,
    Truncation truncation,
    List<Preset> presets)
    implements LabelledTask<ChoiceExample> {

  /** Its kind in packs. */
  public static final String KIND = "multiple-choice";

  private static final String ACCURACY = "accuracy";
  private static final List<String> FIELDS =
      List.of(
          "kind",
          "name",
          "description",
          "context",
          "candidates",
          "candidates_column",
          "wording",
          "label_column",
          "metrics",
          "truncation",
          "max_length",
          "stride");

  /** Checks every field. */
  public ChoiceTask {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(candidates, "candidates");
    Objects.requireNonNull(wording, "wording");
    Objects.requireNonNull(truncation, "truncation");
    presets = List.copyOf(presets);
    if (labelColumn.isBlank()) {
      throw InvalidInputException.of("task '%s': the label column has no name", name);
    }
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static ChoiceTask of(Fields fields) {
    fields.requireOnly(FIELDS);
    if (!List.of(ACCURACY).containsAll(fields.textsOrNone("metrics"))) {
      throw InvalidInputException.of(
          "task.metrics: %s; a choice is judged by accuracy", fields.texts("metrics"));
    }
    return new ChoiceTask(
        fields.text("name"),
        fields.optionalText("description").orElse("one of several candidates for a text"),
        Template.of(fields.text("context")),
        Candidates.of(fields),
        fields.has("wording")
            ? Optional.of(Wording.of(fields.fields("wording")))
            : Optional.empty(),
        fields.optionalText("label_column").orElse("label"),
        Truncations.read(fields),
        List.of());
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    definition.put("name", name);
    definition.put("description", description);
    definition.put("context", context.source());
    candidates.write(definition);
    wording.ifPresent(each -> definition.put("wording", each.definition()));
    definition.put("label_column", labelColumn);
    definition.put("metrics", metricNames());
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<String> metricNames() {
    return List.of(ACCURACY);
  }

  @Override
  public Examples<ChoiceExample> read(Path file) {
    Table table = new TableReader().read(file);
    requireColumns(table);
    new LabelColumn(labelColumn).requireIn(table);
    return UsableRows.of(table, row -> example(row, true));
  }

  @Override
  public Examples<ChoiceExample> readUnlabelled(Path file) {
    Table table = new TableReader().read(file);
    requireColumns(table);
    return UsableRows.of(table, row -> example(row, false));
  }

  private void requireColumns(Table table) {
    Table named = wording.map(each -> each.named(table)).orElse(table);
    context.requireColumns(named);
    candidates.requireIn(named);
  }

  @Override
  public ChoiceExample readRow(Row row) throws UnusableRowException {
    return example(row, false);
  }

  private ChoiceExample example(Row read, boolean labelled) throws UnusableRowException {
    Row row = wording.isPresent() ? wording.get().apply(read) : read;
    List<String> choice = candidates.of(row);
    Integer answer = null;
    if (labelled) {
      Object label = new LabelColumn(labelColumn).single(row);
      answer = ChoiceLabel.index(labelColumn, label, choice);
    }
    return new ChoiceExample(row.line(), context.render(row), choice, answer, row.columns());
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new ChoiceHeadSpec(
        ChoiceHeadSpec.ChoiceLoss.SOFTMAX, options.inputOrDefault(), options.dropout());
  }

  @Override
  public List<Item> items(ChoiceExample example, ItemEncoder encoder) {
    List<TokenRow> rows =
        example.candidates().stream()
            .map(each -> encoder.row(example.context(), each, truncation.strategy()))
            .toList();
    return List.of(
        example.hasAnswer() ? Item.ofCandidates(rows, example.answer()) : Item.ofCandidates(rows));
  }

  @Override
  public Answer answer(ChoiceExample example, List<Item> items, List<float[]> scores) {
    return answer(example, Softmax.of(scores.get(0)));
  }

  @Override
  public ChoiceAnswer answer(ChoiceExample example, double[] probabilities) {
    return ChoiceAnswer.of(example.candidates(), probabilities);
  }

  @Override
  public Scores score(List<ChoiceExample> examples, List<Answer> answers) {
    if (examples.isEmpty() || examples.size() != answers.size()) {
      throw InvalidInputException.of(
          "%d examples and %d answers: there must be as many, at least one",
          examples.size(), answers.size());
    }
    int right = 0;
    for (int i = 0; i < examples.size(); i++) {
      right += ((ChoiceAnswer) answers.get(i)).index() == examples.get(i).answer() ? 1 : 0;
    }
    return Scores.of(Map.of(ACCURACY, (double) right / examples.size()));
  }

  /** None: each example has its own candidates. */
  @Override
  public List<String> labels() {
    return List.of();
  }

  /** The columns, the context as {@code text_a}, and {@code choice1}, {@code choice2}, …. */
  @Override
  public Map<String, String> fields(ChoiceExample example) {
    Map<String, String> fields = new LinkedHashMap<>();
    example.columns().forEach((column, value) -> fields.put(column, value.toString()));
    for (int i = 0; i < example.candidates().size(); i++) {
      fields.putIfAbsent("choice" + (i + 1), example.candidates().get(i));
    }
    fields.put("text_a", example.context());
    return fields;
  }

  @Override
  public List<String> candidates(ChoiceExample example) {
    return example.candidates();
  }

  @Override
  public OptionalInt labelIndex(ChoiceExample example) {
    return example.hasAnswer() ? OptionalInt.of(example.answer()) : OptionalInt.empty();
  }

  @Override
  public Optional<Cloze> cloze() {
    return Clozes.of(name);
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name);
  }

  @Override
  public String submission(List<ChoiceExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name);
    return Submissions.jsonLines(
        examples,
        answers,
        example -> Submissions.index(example, example.columns(), "idx"),
        answer -> ((ChoiceAnswer) answer).index());
  }
}
