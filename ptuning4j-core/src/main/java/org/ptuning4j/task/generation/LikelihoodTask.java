package org.ptuning4j.task.generation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TableExamples;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.text.Truncation;

/**
 * How likely a decoder finds texts, or the last word of each: language modelling and LAMBADA. The
 * text is its own answer, so that there is no other column; nothing has to be trained for it, and a
 * prompt can be.
 *
 * @param info its name, metrics and the like
 * @param columns what is read
 * @param scored what of it is scored
 */
public record LikelihoodTask(TaskInfo info, TextColumns columns, ScoredPart scored)
    implements Task<LikelihoodExample> {

  /** Its kind in packs. */
  public static final String KIND = "likelihood";

  /** Checks that there is one text, and that the metrics are those of the part. */
  public LikelihoodTask {
    Objects.requireNonNull(scored, "scored");
    if (columns.hasPair()) {
      throw InvalidInputException.of(
          "task '%s': pair is '%s'; one text is scored, so write both into the template of text",
          info.name(), columns.pair());
    }
    if (!scored.metrics().containsAll(info.metrics())
        || !info.metrics().get(0).equals(scored.metrics().get(0))) {
      throw InvalidInputException.of(
          "task '%s': metrics are %s, must be one or more of %s, the first of them first",
          info.name(), info.metrics(), String.join(", ", scored.metrics()));
    }
  }

  /** LAMBADA: the last word of passages in the column {@code text}. */
  public static LikelihoodTask lambada() {
    return of("lambada", "LAMBADA: the last word of a passage", ScoredPart.LAST_WORD);
  }

  /** Every token of texts in the column {@code text}. */
  public static LikelihoodTask languageModelling() {
    return of(
        "language-modelling",
        "how likely texts are, each token given those before it",
        ScoredPart.ALL);
  }

  private static LikelihoodTask of(String name, String description, ScoredPart scored) {
    return new LikelihoodTask(
        TaskInfo.of(name, description, scored.metrics(), Truncation.none()),
        new TextColumns(Template.of("text"), null),
        scored);
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static LikelihoodTask of(Fields fields) {
    List<String> known =
        new ArrayList<>(List.of("kind", "name", "description", "text", "pair", "scored"));
    known.addAll(List.of("metrics", "truncation", "max_length", "stride"));
    fields.requireOnly(known);
    ScoredPart scored = ScoredPart.read(fields, ScoredPart.ALL);
    LikelihoodTask usual = scored == ScoredPart.ALL ? languageModelling() : lambada();
    return new LikelihoodTask(
        TaskInfo.read(fields, usual.info()),
        fields.has("text") ? TextColumns.of(fields) : usual.columns(),
        scored);
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    columns.write(definition);
    definition.put("scored", scored.label());
    info.writeMeasures(definition);
    return definition;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(columns);
  }

  @Override
  public AnswerSchema answerSchema() {
    return TargetLikelihood.SCHEMA;
  }

  @Override
  public Examples<LikelihoodExample> read(InputFile file) {
    Table table = new TableReader().read(file);
    columns.requireIn(table, null);
    return TableExamples.of(table, this::readRow);
  }

  @Override
  public Examples<LikelihoodExample> readUnlabelled(InputFile file) {
    return read(file);
  }

  @Override
  public LikelihoodExample readRow(Row row) throws UnusableRowException {
    String text = columns.text(row);
    scored.requireIn(text);
    return new LikelihoodExample(row.source(), text, row.columns());
  }

  /** A text is no label to count. */
  @Override
  public ExampleContent content(LikelihoodExample example) {
    return ExampleContent.of(example.text(), null, List.of(), true);
  }

  @Override
  public PreparedLikelihood prepare(Preparation<LikelihoodExample> by) {
    columns.requireNoSpecialTokens(by.tokenizer());
    return new PreparedLikelihood(this);
  }
}
