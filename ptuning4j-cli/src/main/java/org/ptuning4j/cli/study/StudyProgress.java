package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    List<Optional<Cell>> cells = new ArrayList<>();
    if (study.atOnce() == 1) {
      for (int i = 0; i < plan.size() && !study.isStopped(); i++) {
        cells.add(cell(study, plan, i));
      }
    } else {
      cells.addAll(sideBySide(study, plan));
    }
    return cells.stream().flatMap(Optional::stream).toList();
  }

  private List<Optional<Cell>> sideBySide(Study study, List<StudyRun> plan) {
    ExecutorService threads = Executors.newFixedThreadPool(study.atOnce());
    try {
      List<Future<Optional<Cell>>> cells = new ArrayList<>();
      for (int i = 0; i < plan.size(); i++) {
        int place = i;
        cells.add(
            threads.submit(
                () -> study.isStopped() ? Optional.<Cell>empty() : cell(study, plan, place)));
      }
      List<Optional<Cell>> done = new ArrayList<>();
      for (Future<Optional<Cell>> each : cells) {
        done.add(each.get());
      }
      return done;
    } catch (ExecutionException e) {
      study.stop();
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while cells were trained", e);
    } finally {
      threads.shutdown();
    }
  }

  private Optional<Cell> cell(Study study, List<StudyRun> plan, int at) {
    StudyRun run = plan.get(at);
    String place = "[" + (at + 1) + "/" + cells + "] ";
    Optional<Cell.Finished> before = study.find(run);
    if (before.isPresent()) {
      console.say(place + name(run) + ": " + outcome(before.get()) + " (finished before)");
      return Optional.of(before.get());
    }
    console.say(place + name(run) + (study.isBegun(run) ? " (going on)" : ""));
    Optional<Cell> cell = train(study, run);
    List<StudyRun> others = study.atOnce() == 1 ? plan.subList(at + 1, plan.size()) : plan;
    long left = others.stream().filter(each -> study.find(each).isEmpty()).count();
    cell.ifPresent(each -> console.say(place + outcome(each) + remaining(study, left)));
    return cell;
  }

  private Optional<Cell> train(Study study, StudyRun run) {
    long start = System.nanoTime();
    try {
      if (study.atOnce() > 1) {
        return study.run(run, new WarningsOnly(console)); // bars of several would be mixed up
      }
      try (TrainingProgress progress = new TrainingProgress(console)) {
        return study.run(run, progress);
      }
    } finally {
      count((System.nanoTime() - start) / 1e9);
    }
  }

  private synchronized void count(double more) {
    seconds += more;
    trained++;
  }

  private synchronized String remaining(Study study, long left) {
    return left == 0
        ? ""
        : "; about " + Figures.seconds(seconds / trained * left / study.atOnce()) + " left";
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
