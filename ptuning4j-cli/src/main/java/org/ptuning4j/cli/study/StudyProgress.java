package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.TrainingProgress;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.run.StudyRun;

/** Runs the cells of a study, and says on standard error where it is. */
final class StudyProgress {

  private final Console console;
  private final StudyModels models;
  private final int cells;
  private int trained;
  private double seconds;

  StudyProgress(Console console, StudyModels models, int cells) {
    this.console = console;
    this.models = models;
    this.cells = cells;
  }

  /** The cells of a plan in its order; fewer if the study was stopped. */
  List<Cell> run(Study study, List<StudyRun> plan) {
    List<Cell> done = new ArrayList<>();
    for (int i = 0; i < plan.size() && !study.isStopped(); i++) {
      StudyRun run = plan.get(i);
      String place = "[" + (i + 1) + "/" + cells + "] ";
      Optional<Cell.Finished> before = study.find(run);
      if (before.isPresent()) {
        console.say(place + name(run) + ": " + outcome(before.get()) + " (finished before)");
        done.add(before.get());
      } else {
        console.say(place + name(run) + (study.isBegun(run) ? " (going on)" : ""));
        Optional<Cell> cell = train(study, run);
        long left =
            plan.subList(i + 1, plan.size()).stream().filter(r -> study.find(r).isEmpty()).count();
        cell.ifPresent(each -> console.say(place + outcome(each) + remaining(left)));
        cell.ifPresent(done::add);
      }
    }
    return done;
  }

  private Optional<Cell> train(Study study, StudyRun run) {
    long start = System.nanoTime();
    try (TrainingProgress progress = new TrainingProgress(console)) {
      return study.run(run, progress);
    } finally {
      seconds += (System.nanoTime() - start) / 1e9;
      trained++;
    }
  }

  private String remaining(long left) {
    return left == 0 ? "" : "; about " + Figures.seconds(seconds / trained * left) + " left";
  }

  private String name(StudyRun run) {
    String varied = varied(run);
    return (models.several() ? models.name(run) + ", " : "")
        + run.label()
        + ", "
        + run.method()
        + (varied.isEmpty() ? "" : ", " + varied)
        + ", seed "
        + run.seed();
  }

  /** What the study varies of a run. */
  static String varied(StudyRun run) {
    return run.shown().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String outcome(Cell cell) {
    if (cell instanceof Cell.Finished finished) {
      return String.format(
          Locale.ROOT,
          "%s %.1f %%, %s",
          finished.metric(),
          100 * finished.value(),
          Figures.seconds(finished.seconds()));
    }
    return "failed: " + ((Cell.Failed) cell).cause();
  }
}
