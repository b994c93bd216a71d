package org.ptuning4j.task.choice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.question.ReCordExample;
import org.ptuning4j.data.question.ReCordReader;
import org.ptuning4j.data.value.ListValue;
import org.ptuning4j.head.ChoiceHeadSpec;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.metric.ReCordMetrics;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.Values;
import org.ptuning4j.text.Truncation;

/**
 * ReCoRD of SuperGLUE: which of a passage's entities a query leaves out. The model reads (passage,
 * query with the entity filled in), each entity an item of its own that is right or wrong by
 * itself; the answer is the entity with the highest score. An item an entity keeps batches small
 * where a passage has dozens of them.
 *
 * @param name its name
 * @param truncation how many tokens are kept
 */
public record ReCordTask(String name, Truncation truncation) implements Task<ReCordExample> {

  /** Its kind in packs. */
  public static final String KIND = "record";

  private static final Template PASSAGE = Template.parse("{passage|text}");
  private static final Template QUERY = Template.column("query");

  /** Checks the name. */
  public ReCordTask {
    TaskName.require(name);
    Objects.requireNonNull(truncation, "truncation");
  }

  public static ReCordTask of(Fields fields) {
    fields.requireOnly(List.of("kind", "name", "truncation", "max_length", "stride"));
    return new ReCordTask(
        fields.optionalText("name").orElse("record"),
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
  public ExampleFacts facts(ReCordExample example) {
    return ExampleFacts.of(example.text(), example.query(), List.of(), example.hasAnswers());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String description() {
    return "SuperGLUE ReCoRD: which of the passage's entities does the query leave out?";
  }

  @Override
  public List<String> metricNames() {
    return List.of("f1", "em");
  }

  @Override
  public List<Preset> presets() {
    return List.of();
  }

  @Override
  public Examples<ReCordExample> read(Path file) {
    return new ReCordReader().read(file);
  }

  @Override
  public Examples<ReCordExample> readUnlabelled(Path file) {
    return new ReCordReader().readUnlabelled(file);
  }

  /** Reads {@code passage}, {@code query} and a list {@code entities} of texts. */
  @Override
  public ReCordExample readRow(Row row) throws UnusableRowException {
    String query = QUERY.render(row);
    if (!query.contains(ReCordExample.PLACEHOLDER)) {
      throw new UnusableRowException(
          "column 'query' has no " + ReCordExample.PLACEHOLDER + ": " + Values.shown(query));
    }
    return new ReCordExample(
        row.line(), 0, 0, PASSAGE.render(row), query, entities(row), List.of());
  }

  private static List<String> entities(Row row) throws UnusableRowException {
    Object found = row.get("entities");
    List<?> list = ListValue.of(found).orElse(List.of());
    if (list.isEmpty()) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column 'entities' is %s, must be a list of texts",
              found == null ? "missing" : Values.shown(found)));
    }
    Set<String> entities = new LinkedHashSet<>();
    for (Object each : list) {
      if (!(each instanceof String entity) || entity.isBlank()) {
        throw new UnusableRowException(
            "column 'entities' holds "
                + (each == null ? "null" : Values.shown(each))
                + ", must be texts");
      }
      entities.add(entity);
    }
    return List.copyOf(entities);
  }

  @Override
  public HeadSpec head(HeadOptions options) {
    return new ChoiceHeadSpec(
        ChoiceHeadSpec.ChoiceLoss.BINARY, options.inputOrDefault(), options.dropout());
  }

  /** One item of one row for each entity, in their order. */
  @Override
  public List<Item> items(ReCordExample example, ItemEncoder encoder) {
    List<Item> items = new ArrayList<>();
    for (String entity : example.entities()) {
      TokenRow row = encoder.row(example.text(), example.filled(entity), truncation.strategy());
      items.add(
          example.hasAnswers() ? Item.of(row, example.isAnswer(entity) ? 1 : 0) : Item.of(row));
    }
    return items;
  }

  @Override
  public Answer answer(ReCordExample example, List<Item> items, List<float[]> scores) {
    double[] probabilities =
        scores.stream().mapToDouble(score -> 1 / (1 + Math.exp(-score[0]))).toArray();
    int best = 0; // by the scores: probabilities of large ones are all 1
    for (int i = 1; i < probabilities.length; i++) {
      best = scores.get(i)[0] > scores.get(best)[0] ? i : best;
    }
    return new ChoiceAnswer(
        best,
        example.entities().get(best),
        java.util.Arrays.stream(probabilities).boxed().toList());
  }

  @Override
  public Scores score(List<ReCordExample> examples, List<Answer> answers) {
    ReCordMetrics scores =
        ReCordMetrics.of(
            examples.stream().map(ReCordExample::answers).toList(),
            answers.stream().map(Answer::text).toList());
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("f1", scores.f1());
    metrics.put("em", scores.exactMatch());
    return Scores.of(metrics);
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name);
  }

  @Override
  public String submission(List<ReCordExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name);
    return Submissions.jsonLines(examples, answers, ReCordExample::queryIdx, Answer::text);
  }
}
