package org.ptuning4j.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;

/** Asks a run's pack about the evaluation data again. */
public final class Findings {

  private static final String NAME = "run";

  private final Predictor predictor;

  /**
   * Findings on a model.
   *
   * @param predictor over the model of the runs
   */
  public Findings(Predictor predictor) {
    this.predictor = predictor;
  }

  /**
   * What a run answers.
   *
   * @param insight what its prompt does
   * @throws InvalidInputException if the pack belongs to another model, or a row cannot be used
   */
  public RunFindings of(
      String name,
      Path folder,
      InputFile data,
      BadRowPolicy policy,
      PromptInsight.Insight insight) {
    Path pack = folder.resolve("pack");
    predictor.add(NAME, pack);
    try {
      return of(name, folder, predictor.prepared(NAME), data, policy, insight);
    } finally {
      predictor.remove(NAME);
    }
  }

  /**
   * What a run's folder says of it, without asking it anything.
   *
   * @param insight what its prompt does
   */
  public static RunFindings recorded(String name, Path folder, PromptInsight.Insight insight) {
    String metric = Pack.open(folder.resolve("pack")).task().primaryMetric();
    ReportedRun run = ReportedRun.read(name, folder, metric);
    return new RunFindings(
        run,
        metric,
        new Scores(run.result().best(), List.of()),
        List.of(),
        places -> Double.NaN,
        insight.attention(),
        insight.nearest());
  }

  private <E extends Example> RunFindings of(
      String name,
      Path folder,
      PreparedTask<E> task,
      InputFile data,
      BadRowPolicy policy,
      PromptInsight.Insight insight) {
    Evaluator.Answered<E> answered =
        Evaluator.answer(predictor, NAME, task.read(data).usable(policy));
    policy.apply(data.path(), answered.failed());
    List<E> examples = answered.examples();
    List<Answer> answers = answered.answers();
    if (examples.isEmpty()) {
      throw InvalidInputException.of("%s has no row that can be answered", data.path());
    }
    String metric = task.task().primaryMetric();
    ToDoubleFunction<int[]> metricOf =
        places -> {
          Scores scores =
              task.score(
                  Arrays.stream(places).mapToObj(examples::get).toList(),
                  Arrays.stream(places).mapToObj(answers::get).toList());
          return scores.metrics().getOrDefault(metric, Double.NaN);
        };
    List<AnsweredRow> rows = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      rows.add(row(task, examples.get(i), answers.get(i), metricOf.applyAsDouble(new int[] {i})));
    }
    return new RunFindings(
        ReportedRun.read(name, folder, metric),
        metric,
        task.score(examples, answers),
        rows,
        metricOf,
        insight.attention(),
        insight.nearest());
  }

  private static <E extends Example> AnsweredRow row(
      PreparedTask<E> task, E example, Answer answer, double alone) {
    ExampleContent content = task.task().content(example);
    String wanted = String.join(" ", content.labels());
    String said = answer.oneLabel().map(LabelAnswer::label).orElse(answer.text());
    boolean one = answer.oneLabel().isPresent();
    double score = one ? (wanted.equals(said) ? 1 : 0) : Double.isNaN(alone) ? 1 : alone;
    return new AnsweredRow(
        example.source().place(),
        content.texts(),
        wanted,
        said,
        answer.oneLabel().map(LabelAnswer::probability).orElse(Double.NaN),
        Math.max(0, Math.min(1, score)));
  }
}
