package org.ptuning4j.task.generation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.value.ListValue;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.InfillingTokens;
import org.ptuning4j.task.template.LabelColumn;
import org.ptuning4j.task.template.SentinelTokens;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.TextTask;
import org.ptuning4j.text.Truncation;

/**
 * A text that is to follow another, such as a sentence on a table or the summary of an article. The
 * model reads the source and the separator, and is trained on the target and the token that ends
 * texts: the loss is that of the target alone (Prefix-Tuning, arXiv 2101.00190, section 3). A model
 * that fills blanks writes in one of the source's, or at its end.
 *
 * @param info its name, metrics and the like; the metrics are {@code token_accuracy} and {@code
 *     perplexity} of the targets, which training looks at. What is written has {@code bleu}, {@code
 *     rouge_l} and {@code exact_match} in any case
 * @param columns what is read
 * @param labelColumn the column that holds the target, or a list of texts any of which is right;
 *     the first one is learnt
 * @param separator what stands between source and target
 * @param settings how targets are written
 */
public record GenerationTask(
    TaskInfo info,
    TextColumns columns,
    String labelColumn,
    String separator,
    GenerationSettings settings)
    implements TextTask<GenerationExample> {

  /** Its kind in packs. */
  public static final String KIND = "text-generation";

  static final String TOKEN_ACCURACY = "token_accuracy";
  static final String PERPLEXITY = "perplexity";

  private static final List<String> METRICS = List.of(TOKEN_ACCURACY, PERPLEXITY);

  /** Checks every field. */
  public GenerationTask {
    Objects.requireNonNull(settings, "settings");
    String name = info.name();
    LabelColumn.requireNamed(name, labelColumn);
    labelColumn = NormalText.of(labelColumn);
    if (columns.hasPair()) {
      throw InvalidInputException.of(
          "task '%s': pair is '%s'; a text is continued, so write both into the template of text",
          name, columns.pair());
    }
    if (!METRICS.containsAll(info.metrics())) {
      throw InvalidInputException.of(
          "task '%s': metrics are %s, must be one or more of %s",
          name, info.metrics(), String.join(", ", METRICS));
    }
    if (!info.metrics().get(0).equals(TOKEN_ACCURACY)) {
      throw InvalidInputException.of(
          "task '%s': the first metric chooses the best epoch, and is '%s'; it must be %s, which is"
              + " known in training and better the higher it is",
          name, info.metrics().get(0), TOKEN_ACCURACY);
    }
  }

  /** Sources in the column {@code source}, targets in {@code target}. */
  public static GenerationTask standard() {
    return new GenerationTask(
        TaskInfo.of("generation", "a text that follows a source", METRICS, Truncations.SENTENCES),
        new TextColumns(Template.of("source"), null),
        "target",
        "\n",
        GenerationSettings.greedy());
  }

  /** A text in the column {@code text} that the model goes on with; a long one is not cut. */
  public static GenerationTask plain() {
    GenerationTask usual = standard();
    return new GenerationTask(
        TaskInfo.of("text", "a text that goes on", METRICS, Truncation.none()),
        new TextColumns(Template.of("text"), null),
        usual.labelColumn(),
        "",
        usual.settings());
  }

  /**
   * Sources and targets in columns of other names.
   *
   * @param name the task's
   * @param text the column or template of the source
   * @param label the column of the target
   */
  public static GenerationTask on(String name, Template text, String label) {
    GenerationTask usual = standard();
    return new GenerationTask(
        TaskInfo.of(name, usual.description(), METRICS, usual.truncation()),
        new TextColumns(text, null),
        label,
        usual.separator(),
        usual.settings());
  }

  /** The task of a definition, which may leave out what has a usual value. */
  public static GenerationTask of(Fields fields) {
    List<String> known = new ArrayList<>(TextTask.definitionFields("separator"));
    known.addAll(
        List.of("max_new_tokens", "beams", "length_penalty", "repetition_penalty", "stops"));
    fields.requireOnly(known);
    GenerationTask usual = standard();
    GenerationSettings greedy = usual.settings();
    return new GenerationTask(
        TaskInfo.read(fields, usual.info()),
        fields.has("text") ? TextColumns.of(fields) : usual.columns(),
        fields.optionalText("label_column").orElse(usual.labelColumn()),
        fields.has("separator") ? fields.string("separator") : usual.separator(),
        new GenerationSettings(
            fields.integer("max_new_tokens", greedy.maxNewTokens()),
            0,
            0,
            1,
            fields.number("repetition_penalty", greedy.repetitionPenalty()),
            fields.integer("beams", greedy.beams()),
            fields.number("length_penalty", greedy.lengthPenalty()),
            1,
            fields.textsOrNone("stops"),
            0));
  }

  @Override
  public Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", KIND);
    info.writeNames(definition);
    columns.write(definition);
    definition.put("label_column", labelColumn);
    definition.put("separator", separator);
    definition.put("max_new_tokens", settings.maxNewTokens());
    definition.put("beams", settings.beams());
    definition.put("length_penalty", settings.lengthPenalty());
    definition.put("repetition_penalty", settings.repetitionPenalty());
    definition.put("stops", settings.stops());
    info.writeMeasures(definition);
    return definition;
  }

  /** A text that is written is no label to count. */
  @Override
  public ExampleContent content(GenerationExample example) {
    return ExampleContent.of(example.text(), null, List.of(), example.hasTarget());
  }

  @Override
  public List<String> identity(GenerationExample example) {
    return Stream.concat(Stream.of(example.text()), example.targets().stream()).toList();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public AnswerSchema answerSchema() {
    return GeneratedAnswer.SCHEMA;
  }

  @Override
  public GenerationExample example(
      Source source, String text, String pairOrNull, Map<String, Object> row) {
    return new GenerationExample(source, text, List.of(), row);
  }

  @Override
  public AnswerReader<GenerationExample> answerReader() {
    return row -> {
      List<String> targets = targets(row);
      return example -> example.withTargets(targets);
    };
  }

  private List<String> targets(Row row) throws UnusableRowException {
    Object value = new LabelColumn(labelColumn).value(row);
    List<?> written = value instanceof String ? List.of(value) : listed(value);
    List<String> targets = new ArrayList<>();
    for (Object each : written) {
      if (!(each instanceof String text) || !NormalText.isVisible(text)) {
        throw new UnusableRowException(
            String.format(
                Locale.ROOT,
                "target column '%s' holds a %s (%s) where a text is needed",
                labelColumn,
                ColumnValues.kind(each),
                ColumnValues.shown(String.valueOf(each))));
      }
      targets.add(text);
    }
    if (targets.isEmpty()) {
      throw UnusableRowException.withoutAnswer(
          "target column '" + labelColumn + "' is an empty list");
    }
    return targets;
  }

  private static List<?> listed(Object value) {
    Optional<List<?>> list = ListValue.of(value);
    return list.isPresent() ? list.get() : List.of(value);
  }

  @Override
  public PreparedGeneration prepare(Preparation<GenerationExample> by) {
    boolean blanks = InfillingTokens.areIn(by.tokenizer()) || SentinelTokens.areIn(by.tokenizer());
    if (!blanks) { // else a template may spell one
      columns.requireNoSpecialTokens(by.tokenizer());
    }
    TargetTokens tokens = TargetTokens.of(by.tokenizer(), separator);
    if (by.training().isPresent()) {
      Direction direction = by.direction().orElse(Direction.CAUSAL);
      SourceForm.of(this, tokens, by.tokenizer(), direction).requireEnd();
    }
    return new PreparedGeneration(this, tokens);
  }
}
