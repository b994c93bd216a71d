package org.ptuning4j.task.standard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.ptuning4j.Fields;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.task.text.TextClassification;
import org.ptuning4j.text.Truncation;

/**
 * SuperGLUE's diagnostic AX-g (Winogender): entailment as in RTE, in pairs of examples that differ
 * in a pronoun's gender only. Beside accuracy it reports gender parity, the share of pairs in which
 * both have the same answer, right or wrong.
 *
 * @param base the classification
 */
public record WinogenderTask(SequenceClassificationTask base) implements TextClassification {

  /** Its kind in packs. */
  public static final String KIND = "winogender";

  private static final String PARITY = "gender_parity";

  /** Checks that there is a task. */
  public WinogenderTask {
    Objects.requireNonNull(base, "base");
  }

  static WinogenderTask named(String name, Truncation truncation) {
    return new WinogenderTask(
        new SequenceClassificationTask(
            new TaskInfo(
                name,
                "SuperGLUE AX-g: entailment, whatever a pronoun's gender (diagnostic, for RTE's"
                    + " model)",
                Metric.keys(Metric.ACCURACY),
                truncation,
                List.of()),
            new TextColumns(Template.column("premise"), Template.column("hypothesis")),
            "label",
            SuperGlueTasks.ENTAILMENT,
            Map.of()));
  }

  /** The task of a definition. */
  public static WinogenderTask of(Fields fields) {
    TaskInfo info = TaskInfo.readFixed(fields, named("axg", SuperGlueTasks.SENTENCES).info());
    return named(info.name(), info.truncation());
  }

  @Override
  public Map<String, Object> definition() {
    return info().fixedDefinition(KIND);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInfo info() {
    return base.info().withMetrics(List.of(Metric.ACCURACY.key(), PARITY));
  }

  @Override
  public TaskInputs inputs() {
    return base.inputs();
  }

  @Override
  public TextExample ofTexts(int line, List<String> texts) throws UnusableRowException {
    return base.ofTexts(line, texts);
  }

  @Override
  public TextExample readRow(Row row, Map<String, Template> sources) throws UnusableRowException {
    return base.readRow(row, sources);
  }

  @Override
  public PreparedClassification prepare(Preparation<TextExample> by) {
    return new PreparedClassification(this, base, WinogenderTask::withParity);
  }

  @Override
  public Examples<TextExample> read(InputFile file) {
    return examples(new TableReader().read(file));
  }

  Examples<TextExample> examples(Table table) {
    return base.readLabelled(table);
  }

  @Override
  public Examples<TextExample> readUnlabelled(InputFile file) {
    return base.readUnlabelled(file);
  }

  @Override
  public TextExample readRow(Row row) throws UnusableRowException {
    return base.readRow(row);
  }

  /**
   * Accuracy over all examples, and parity over the pairs; where no two examples are a pair, there
   * is no parity.
   */
  private static Scores withParity(Scores plain, List<TextExample> examples, List<Answer> answers) {
    List<int[]> pairs = GenderPairs.of(examples);
    if (pairs.isEmpty()) {
      return new Scores(plain.metrics(), Set.of(PARITY), plain.tables());
    }
    long same =
        pairs.stream()
            .filter(
                pair ->
                    IntStream.of(pair).mapToObj(i -> answers.get(i).text()).distinct().count() == 1)
            .count();
    Map<String, Double> metrics = new LinkedHashMap<>(plain.metrics());
    metrics.put(PARITY, (double) same / pairs.size());
    return new Scores(metrics, plain.undefined(), plain.tables());
  }
}
