package org.ptuning4j.cli.terminal;

import java.nio.file.Path;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.TerminalBuilder;
import org.ptuning4j.train.objective.Preparation;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Shows on standard error how a run goes: a bar and a line for each evaluation on a terminal, only
 * the lines elsewhere.
 */
public final class TrainingProgress implements TrainingListener, AutoCloseable {

  private static final int REFRESH_MILLIS = 250;

  /** Weight of the newest loss in the one that is shown, which would flicker otherwise. */
  private static final double NEWEST = 0.1;

  private final Console console;
  private ProgressBar bar; // null where nothing moves
  private double loss = Double.NaN;
  private String dev = "";
  private String known = "";

  public TrainingProgress(Console console) {
    this.console = console;
  }

  @Override
  public void started(Start start) {
    if (!console.isInteractive()) {
      return;
    }
    console.say(
        String.format(
            Locale.ROOT,
            "%s: training %s of %s parameters (%s) on %s, evaluating on %s",
            start.method(),
            Figures.count(start.trainableParameters()),
            Figures.count(start.totalParameters()),
            Figures.smallPercent((double) start.trainableParameters() / start.totalParameters()),
            Figures.count(start.trainingExamples(), "row"),
            Figures.count(start.evaluationExamples())));
    console.say("precision " + start.precision() + "; " + start.device());
    askNothingOfTheTerminal();
    bar =
        new ProgressBarBuilder()
            .setTaskName("Step")
            .setInitialMax(start.totalSteps())
            .startsFrom(start.firstStep(), java.time.Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(console.err()))
            .build();
  }

  /**
   * JLine, which tells the bar how wide the terminal is, would otherwise ask the terminal what it
   * can do; answers that come late are taken for something typed.
   */
  private static void askNothingOfTheTerminal() {
    System.setProperty(TerminalBuilder.PROP_GRAPHEME_CLUSTER, "false");
  }

  @Override
  public void computedOnce(ComputedOnce once) {
    known =
        once.layers() == once.allLayers()
            ? ", all layers known"
            : ", %d of %d layers known".formatted(once.layers(), once.allLayers());
    boolean reused = once.kept().stream().allMatch(Preparation.Kept::reused);
    long bytes = once.kept().stream().mapToLong(Preparation.Kept::bytes).sum();
    say(
        "layers 1 to %d of %d are %s: %s %s, %s"
            .formatted(
                once.layers(),
                once.allLayers(),
                reused ? "known from an earlier run" : "computed once",
                Figures.bytes(bytes),
                once.kept().get(0).where(),
                Figures.seconds(once.seconds())));
  }

  @Override
  public void decided(Decision decision) {
    say(decision.setting() + " " + decision.value() + ": " + decision.reason());
  }

  @Override
  public void stepped(Step step) {
    loss = Double.isNaN(loss) ? step.loss() : loss + NEWEST * (step.loss() - loss);
    if (bar != null) {
      bar.stepTo(step.step());
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              "loss %.3f%s, %.0f examples/s%s",
              loss,
              dev,
              step.examplesPerSecond(),
              known));
    }
  }

  @Override
  public void evaluated(Evaluated evaluation) {
    Double value = evaluation.metrics().get(evaluation.primary());
    dev = value == null ? "" : String.format(Locale.ROOT, ", dev %.3f", value);
    say(
        String.format(
            Locale.ROOT,
            "epoch %d, step %d: train loss %.4f, dev loss %.4f, %s %s%s, %s",
            evaluation.epoch(),
            evaluation.step(),
            evaluation.trainLoss(),
            evaluation.devLoss(),
            evaluation.primary(),
            value == null ? Figures.UNDEFINED : Figures.score(value),
            standing(evaluation),
            Figures.seconds(evaluation.seconds())));
  }

  private static String standing(Evaluated evaluation) {
    if (!evaluation.best()) {
      return evaluation.ofAverage() ? " (average)" : "";
    }
    return evaluation.ofAverage() ? " (best, average)" : " (best)";
  }

  @Override
  public void remarked(String remark) {
    console.warnOnce(remark);
  }

  @Override
  public void noted(String note) {
    console.noteOnce(note);
  }

  @Override
  public void warned(String message) {
    say("warning: " + message);
  }

  @Override
  public void finished(TrainingResult result, Path folder) {
    close();
  }

  /** Writes a line; on a terminal over the bar, which is drawn again below it. */
  private void say(String line) {
    console.say(bar == null ? line : "\r\u001b[K" + line);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
