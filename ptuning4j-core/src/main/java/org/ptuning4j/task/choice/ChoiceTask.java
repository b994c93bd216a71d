package org.ptuning4j.task.choice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TableExamples;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.cloze.StandardClozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.Template;

/**
 * Which of an example's own candidates goes with its text; COPA is one. The model reads the text
 * with each candidate, and the candidates' scores are weighed against each other.
 *
 * @param info its name, metrics and the like; the only metric is accuracy
 * @param context makes the text
 * @param candidates where the candidates are
 * @param wording a further field for templates, if there is one
 * @param labelColumn the column that says which is right: an index from 0, a letter from A, or the
 *     candidate's text
 */
public record ChoiceTask(
    TaskInfo info,
    Template context,
    CandidateColumns candidates,
    Optional<WordedField> wording,
    String labelColumn)
    implements LabelledTask<ChoiceExample> {

  /** Its kind in packs. */
  public static final String KIND = "multiple-choice";

  static final String ACCURACY = "accuracy";
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
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(candidates, "candidates");
    Objects.requireNonNull(wording, "wording");
    LabelColumn.requireNamed(info.name(), labelColumn);
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static ChoiceTask of(Fields fields) {
    fields.requireOnly(FIELDS);
    if (!List.of(ACCURACY).containsAll(fields.textsOrNone("metrics"))) {
      throw InvalidInputException.of(
          "task.metrics: %s; a choice is judged by accuracy", fields.texts("metrics"));
    }
    return new ChoiceTask(
        TaskInfo.read(
            fields,
            TaskInfo.of(
                fields.text("name"),
                "one of several candidates for a text",
                List.of(ACCURACY),
                Truncations.SENTENCES)),
        Template.of(fields.text("context")),
        CandidateColumns.of(fields),
        fields.has("wording")
            ? Optional.of(WordedField.of(fields.object("wording")))
            : Optional.empty(),
        fields.optionalText("label_column").orElse("label"));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    definition.put("context", context.source());
    candidates.write(definition);
    wording.ifPresent(each -> definition.put("wording", each.definition()));
    definition.put("label_column", labelColumn);
    info.writeMeasures(definition);
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  /** The context, and the candidates in columns of their own or in one with a list. */
  @Override
  public TaskInputs inputs() {
    List<TaskInputs.Field> fields = new ArrayList<>();
    fields.add(new TaskInputs.Field("context", TaskInputs.Kind.TEXT, context));
    fields.addAll(candidates.inputs());
    return new TaskInputs(fields).reading(wording.map(WordedField::column).stream().toList());
  }

  @Override
  public Set<String> ownFields() {
    Set<String> own = new LinkedHashSet<>(LabelledTask.super.ownFields());
    wording.ifPresent(each -> own.add(each.field()));
    return own;
  }

  @Override
  public AnswerSchema answerSchema() {
    return ChoiceAnswer.SCHEMA;
  }

  @Override
  public ExampleContent content(ChoiceExample example) {
    List<String> texts = new ArrayList<>(List.of(example.context()));
    texts.addAll(example.candidates());
    List<String> label =
        example.hasAnswer() ? List.of("candidate " + (example.answer() + 1)) : List.of();
    return new ExampleContent(texts, label, example.hasAnswer());
  }

  @Override
  public Examples<ChoiceExample> read(InputFile file) {
    Table table = new TableReader().read(file);
    requireColumns(table);
    new LabelColumn(labelColumn).requireIn(table);
    return TableExamples.of(table, row -> example(row, true));
  }

  @Override
  public Examples<ChoiceExample> readUnlabelled(InputFile file) {
    Table table = new TableReader().read(file);
    requireColumns(table);
    return TableExamples.of(table, row -> example(row, false));
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
      List<String> names = candidates.names(row);
      answer =
          names.isEmpty()
              ? ChoiceLabel.index(labelColumn, label, choice)
              : ChoiceLabel.named(labelColumn, label, names);
    }
    return new ChoiceExample(row.source(), context.render(row), choice, answer, row.columns());
  }

  @Override
  public PreparedChoice prepare(Preparation<ChoiceExample> by) {
    context.requireNoSpecialTokens(by.tokenizer());
    candidates.templates().forEach(each -> each.requireNoSpecialTokens(by.tokenizer()));
    return new PreparedChoice(this);
  }

  /** None: each example has its own candidates. */
  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public Optional<Cloze> cloze() {
    return StandardClozes.of(name());
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name());
  }

  @Override
  public void requireSubmittable(List<ChoiceExample> examples) {
    Submissions.requireFormat(name());
    Submissions.requireNumbers(examples, ChoiceTask::number);
  }

  private static int number(ChoiceExample example) {
    return Submissions.index(example, example.columns(), "idx");
  }

  @Override
  public String submission(List<ChoiceExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name());
    return Submissions.jsonLines(
        examples, answers, ChoiceTask::number, answer -> ((ChoiceAnswer) answer).index());
  }
}
