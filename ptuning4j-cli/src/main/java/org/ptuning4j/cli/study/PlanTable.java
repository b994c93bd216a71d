package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.run.StudyRun;

/**
 * What a study would run, and how much of it is done.
 *
 * @param plan its runs
 * @param models their models
 */
record PlanTable(List<StudyRun> plan, StudyModels models) {

  /**
   * Prints it.
   *
   * @param study where the cells are; empty before the first run
   */
  void print(Console console, Optional<Study> study) {
    List<String> header = new ArrayList<>(List.of("task", "method", "varied", "seed", "state"));
    if (models.several()) {
      header.add(0, "model");
    }
    TextTable table = new TextTable(header.toArray(String[]::new));
    int finished = 0;
    for (StudyRun run : plan) {
      String state = study.map(opened -> state(opened, run)).orElse("to do");
      finished += state.equals("finished") ? 1 : 0;
      String varied = StudyProgress.varied(run);
      List<Object> row =
          new ArrayList<>(List.of(run.label(), run.method(), varied, run.seed(), state));
      if (models.several()) {
        row.add(0, models.name(run));
      }
      table.row(row.toArray());
    }
    table.print(console, "");
    console.print("");
    console.print(
        Figures.count(plan.size(), "cell") + ", " + Figures.count(finished) + " finished.");
  }

  private static String state(Study study, StudyRun run) {
    return study.find(run).isPresent() ? "finished" : study.isBegun(run) ? "begun" : "to do";
  }
}
