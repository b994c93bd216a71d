package org.ptuning4j.task.choice;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.question.ReCordReader;
import org.ptuning4j.data.value.ListValue;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

/**
 * ReCoRD of SuperGLUE: which of a passage's entities a query leaves out. The model reads (passage,
 * query with the entity filled in), each entity an item of its own that is right or wrong by
 * itself; the answer is the entity with the highest score. An item an entity keeps batches small
 * where a passage has dozens of them.
 *
 * @param info its name, metrics and the like
 */
public record ReCordTask(TaskInfo info) implements Task<ReCordExample> {

  /** Its kind in packs. */
  public static final String KIND = "record";

  private static final Template PASSAGE = Template.parse("{passage|text}");
  private static final Template QUERY = Template.column("query");

  /** The task under a name. */
  public static ReCordTask named(String name, Truncation truncation) {
    return new ReCordTask(
        TaskInfo.of(
            name,
            "SuperGLUE ReCoRD: which of the passage's entities does the query leave out?",
            List.of("f1", "em"),
            truncation));
  }

  /** The task of a definition. */
  public static ReCordTask of(Fields fields) {
    return new ReCordTask(
        TaskInfo.readFixed(fields, named("record", Truncations.PASSAGE_FIRST).info()));
  }

  @Override
  public Map<String, Object> definition() {
    return info().fixedDefinition(KIND);
  }

  @Override
  public ExampleContent content(ReCordExample example) {
    return ExampleContent.of(example.text(), example.query(), List.of(), example.hasAnswers());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(
        new TaskInputs.Field("passage", TaskInputs.Kind.TEXT, PASSAGE),
        new TaskInputs.Field("query", TaskInputs.Kind.TEXT, QUERY),
        new TaskInputs.Field("entities", TaskInputs.Kind.TEXTS, Template.column("entities")));
  }

  @Override
  public AnswerSchema answerSchema() {
    return ChoiceAnswer.SCHEMA;
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return ReCordReader.isNested(input) ? Optional.of(FileFormat.RECORD) : Optional.empty();
  }

  @Override
  public Examples<ReCordExample> read(InputFile file) {
    return new ReCordReader().read(file);
  }

  @Override
  public Examples<ReCordExample> readUnlabelled(InputFile file) {
    return new ReCordReader().readUnlabelled(file);
  }

  /** Reads {@code passage}, {@code query} and a list {@code entities} of texts. */
  @Override
  public ReCordExample readRow(Row row) throws UnusableRowException {
    String query = QUERY.render(row);
    if (!query.contains(ReCordExample.PLACEHOLDER)) {
      throw new UnusableRowException(
          "column 'query' has no " + ReCordExample.PLACEHOLDER + ": " + ColumnValues.shown(query));
    }
    return new ReCordExample(
        row.source(), 0, 0, PASSAGE.render(row), query, entities(row), List.of());
  }

  private static List<String> entities(Row row) throws UnusableRowException {
    Object found = row.get("entities");
    List<?> list = ListValue.of(found).orElse(List.of());
    if (list.isEmpty()) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column 'entities' is %s, must be a list of texts",
              found == null ? "missing" : ColumnValues.shown(found)));
    }
    Set<String> entities = new LinkedHashSet<>();
    for (Object each : list) {
      if (!(each instanceof String entity) || entity.isBlank()) {
        throw new UnusableRowException(
            "column 'entities' holds "
                + (each == null ? "null" : ColumnValues.shown(each))
                + ", must be texts");
      }
      entities.add(entity);
    }
    return List.copyOf(entities);
  }

  @Override
  public PreparedReCord prepare(Preparation<ReCordExample> by) {
    return new PreparedReCord(this);
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name());
  }

  @Override
  public void requireSubmittable(List<ReCordExample> examples) {
    Submissions.requireFormat(name());
    Submissions.requireIdx(examples);
    Submissions.requireNumbers(examples, ReCordExample::queryIdx);
  }

  @Override
  public String submission(List<ReCordExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name());
    return Submissions.jsonLines(examples, answers, ReCordExample::queryIdx, Answer::text);
  }
}
