package org.ptuning4j.cli.search;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.study.CellPlace;
import org.ptuning4j.cli.study.StudyCommand;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.search.Search;
import org.ptuning4j.search.SearchBudget;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.run.TrainingResult;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What {@code ptune train --auto} does: a search of limited time below the run's folder, which then
 * holds the best run as any other command leaves one.
 *
 * @param console where it is shown
 * @param given all options that were given
 * @param place where trials are trained
 * @param typed the arguments
 */
public record AutoTraining(
    Console console, List<OptionSpec> given, CellPlace place, List<String> typed) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SEARCH = "search";

  /** The seeds of the best: more of them would leave less time to search. */
  private static final int SEEDS = 1;

  /** What is searched. */
  public SearchJob job(
      ModelFolder model,
      TaskOptions options,
      Task<?> plain,
      TrainingData data,
      RunOptions settings) {
    return new SearchJob(
        model, options, plain, data, settings, new Budget(given, List.of(), List.of()), List.of());
  }

  /** Trains a trial for the process that started this one. */
  public int train(SearchJob job, Path out, String cell) {
    return StudyCommand.train(job.run(Search.request(out.resolve(SEARCH), cell)));
  }

  /**
   * Searches, says what it found, and puts the best run into the run's folder.
   *
   * @param resume whether the search in the folder is to go on
   * @return empty if a signal ended it
   */
  public Optional<TrainingResult> run(
      SearchJob job, RunOptions settings, AutoOptions auto, Path out, boolean resume) {
    Path folder = out.resolve(SEARCH);
    if (!resume && (Files.exists(out.resolve("run.json")) || Files.exists(folder))) {
      throw InvalidInputException.of(
          "out: %s already holds a run; add %s to go on with it, or choose another folder",
          out, new SettingName("resume"));
    }
    SearchBudget budget = new SearchBudget(Optional.of(auto.minutes()), Optional.empty(), SEEDS);
    Optional<SearchResults> results =
        new SearchSession(
                console,
                job,
                settings,
                given,
                auto.place().runner(place, SearchSession::cell, typed))
            .run(job.plan(budget, SearchOptions.USUAL_AT_ONCE, true), folder, Map.of());
    if (results.isEmpty()) {
      return Optional.empty();
    }
    results.get().print(console);
    results.get().outcome().copyWinner(out);
    console.print("");
    console.print(
        "To train it again, or elsewhere: ptune train --config "
            + folder.resolve("winner.yaml")
            + " --out …");
    Path result = out.resolve("result.json");
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(result), TrainingResult.class));
    } catch (IOException e) {
      throw new InvalidInputException(result + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
