package org.ptuning4j.cli.search;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.search.Pace;
import org.ptuning4j.search.SearchListener;
import org.ptuning4j.search.Trial;
import org.ptuning4j.train.run.TrainingListener;

/** Shows on standard error how a search goes: a table that grows by a line with each result. */
final class SearchProgress implements SearchListener {

  private static final String LINE = "%-9s %7s %9s %9s %10s %10s  %s";

  private final Console console;
  private final String metric;
  private boolean titled;

  SearchProgress(Console console, String metric) {
    this.console = console;
    this.metric = metric;
  }

  @Override
  public void paced(Pace pace) {
    console.say(
        "trials of "
            + Figures.count(pace.epochs(), "epoch")
            + " over "
            + (pace.trainRows() == null ? "all" : Figures.count(pace.trainRows()) + " of")
            + " "
            + Figures.count(pace.allRows(), "row")
            + ", as the time allows");
  }

  @Override
  public void paused(Trial trial, Standing standing) {
    line(
        Integer.toString(trial.number()),
        Integer.toString(trial.epochs()),
        trial.hasFailed() ? "failed" : trial.last().map(leg -> score(leg.value())).orElse("–"),
        standing,
        trial.hasFailed() ? trial.failure() : trial.origin() + ": " + described(trial.settings()));
  }

  @Override
  public void repeated(Trial trial, Standing standing) {
    Trial.Repeat last = trial.repeats().get(trial.repeats().size() - 1);
    line(
        trial.number() + "-" + last.seed(),
        last.leg() == null ? "" : Integer.toString(last.leg().epochs()),
        last.leg() == null ? "failed" : score(last.leg().value()),
        standing,
        last.leg() == null ? last.failure() : "once more with seed " + last.seed());
  }

  private void line(String trial, String epochs, String value, Standing standing, String remark) {
    if (!titled) {
      titled = true;
      console.say(
          String.format(
              Locale.ROOT,
              LINE,
              "trial",
              "epochs",
              shortened(metric),
              "best",
              "spent",
              "left",
              ""));
    }
    String best =
        standing.best() == null ? "–" : score(standing.best().last().orElseThrow().value());
    String left =
        Double.isNaN(standing.leftSeconds()) ? "–" : Figures.seconds(standing.leftSeconds());
    console.say(
        String.format(
                Locale.ROOT,
                LINE,
                trial,
                epochs,
                value,
                best,
                Figures.seconds(standing.spentSeconds()),
                left,
                remark)
            .stripTrailing());
  }

  private static String shortened(String name) {
    int longest = 9;
    return name.length() <= longest ? name : name.substring(0, longest);
  }

  private static String score(double value) {
    return Figures.score(value);
  }

  /** Settings as people read them. */
  static String described(Map<String, String> settings) {
    return settings.isEmpty()
        ? "the defaults"
        : settings.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", "));
  }

  @Override
  public TrainingListener training() {
    return new TrainingListener() {
      private boolean begun;

      @Override
      public void started(Start start) {
        begun = true;
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
        if (!begun) { // of the data; what a trial's training looks like is in its result.json
          console.warnOnce(message);
        }
      }
    };
  }
}
