package org.ptuning4j.cli.search;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.GivenOptions;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.ConfigOption;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.options.TrainingFiles;
import org.ptuning4j.cli.study.CellPlace;
import org.ptuning4j.cli.study.PlaceOptions;
import org.ptuning4j.cli.study.StudyCommand;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.ShellWords;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.search.Search;
import org.ptuning4j.search.SearchPlan;
import org.ptuning4j.study.Fingerprints;
import org.ptuning4j.train.TrainingData;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ptune search}: which settings suit a task on a model. */
@CommandLine.Command(
    name = "search",
    sortOptions = false,
    description = {
      "Finds settings for a task on a model: many short trials, the best of which go on from where"
          + " they were, and in the end the best with several seeds. Settings that are given are"
          + " fixed, the others are searched.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  Half an hour of it:",
      "    ptune search --model models/bert-base --task rte --train RTE/train.jsonl \\",
      "        --dev RTE/val.jsonl --minutes 30 --out searches/rte",
      "  The evaluation rows stay unseen: settings are chosen on a fifth of the training rows:",
      "    ptune search --model minilm --task sst2 --train train.tsv --hold-out 0.2 \\",
      "        --dev dev.tsv --trials 30 --out searches/sst2",
      "  Only these settings, over these values:",
      "    ptune search --model minilm --task sst2 --train train.tsv --dev dev.tsv \\",
      "        --over lr=1e-3..5e-2 --over prompt-length=8,20,40 --layers top:3 \\",
      "        --trials 20 --out searches/top3",
      "  What would be searched:",
      "    ptune search --config search.yaml --dry-run --out searches/rte",
      "  The winner, trained again:",
      "    ptune train --config searches/rte/winner.yaml --out runs/rte",
      "  Go on after Ctrl-C or a crash, or for longer: the same command.",
      "",
      "In --out: pack/ (the winner's), winner.yaml, search.json, pareto.csv, pareto.md, runs/."
    })
public final class SearchCommand extends Command {

  private static final Pattern TEST =
      Pattern.compile("(?i)(.*[-_.])?test([-_.].*)?\\.(jsonl|json|csv|tsv|txt|conll|gz).*");

  private final List<String> typed;
  private final CellPlace place;

  @Spec CommandSpec spec;

  @Mixin TrainingFiles files;

  @Option(
      names = "--test",
      paramLabel = "FILE",
      description = "Evaluate the winner on these rows too, once, in the end.")
  Path test;

  @Mixin InputOptions reading;

  @Mixin TaskOptions task;

  @Mixin SearchOptions search;

  @Mixin PlaceOptions where;

  @Mixin RunOptions settings = new RunOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Where the search goes. The same command again goes on with it; --minutes and --trials"
              + " may be more then.")
  Path out;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  @Option(names = "--dry-run", description = "Show what would be searched, and train nothing.")
  boolean dryRun;

  @Mixin ConfigOption config;

  /**
   * The command.
   *
   * @param typed the arguments as they were typed
   * @param place where trials are trained
   */
  public SearchCommand(Console console, List<String> typed, CellPlace place) {
    super(console);
    this.typed = List.copyOf(typed);
    this.place = place;
  }

  /** The options of a run that the search sets itself, and so does not offer. */
  public List<String> setsItself() {
    return List.of("--stop-after", "--evaluate-every", "--start-from", "--restarts");
  }

  @Override
  public Integer call() {
    findFiles();
    Path folder = files.modelFolder(console);
    TrainingData data = files.read(reading, settings.holdsOut() ? files.train() : files.dev());
    List<CommandLine.Model.OptionSpec> given = GivenOptions.of(spec.commandLine());
    SearchJob job =
        new SearchJob(
            ModelFolder.open(folder),
            task,
            task.choose(out.toAbsolutePath().normalize().getFileName() + ""),
            data,
            settings,
            new Budget(given, List.of(), List.of()),
            search.over);
    if (where.cell().isPresent()) {
      return StudyCommand.train(job.run(Search.request(out, where.cell().get())));
    }
    SearchPlan plan = job.plan(search.budget(), search.atOnce, !search.coldStarts);
    if (dryRun) {
      show(plan);
      return OK;
    }
    Optional<SearchResults> results =
        new SearchSession(
                console, job, settings, given, where.runner(place, SearchSession::cell, typed))
            .run(plan, out, unseen());
    if (results.isEmpty()) {
      sayHowToResume();
      return OK;
    }
    results.get().outcome().copyWinner(out);
    report(results.get());
    return OK;
  }

  /** The files of trials, none of which may be a test set. */
  private void findFiles() {
    files.find(console, task, true);
    Path train = files.train();
    Path dev = files.dev();
    if (train == null || (dev == null && !settings.holdsOut())) {
      throw InvalidInputException.of(
          "%s: say which rows to %s",
          train == null ? "train" : "dev",
          train == null
              ? "train on: --train FILE"
              : "choose settings by: --dev FILE, or --hold-out 0.2 for a fifth of the training"
                  + " rows");
    }
    for (Path file : dev == null ? List.of(train) : List.of(train, dev)) {
      if (!Files.exists(file)) {
        throw InvalidInputException.of("%s does not exist", file);
      }
      if (TEST.matcher(file.getFileName().toString()).matches()) {
        throw InvalidInputException.of(
            "%s: %s is called a test set, which no setting may be chosen by; take rows of the"
                + " training file with --hold-out 0.2, and give this file as --test",
            file.equals(train) ? "train" : "dev", file);
      }
    }
    requireUnseen(train, dev);
  }

  /** The test set must be another file than the others, whatever it is called. */
  private void requireUnseen(Path train, Path dev) {
    if (test == null) {
      return;
    }
    Fingerprints prints = new Fingerprints();
    String content = prints.of(test);
    for (Path file : dev == null ? List.of(train) : List.of(train, dev)) {
      if (prints.of(file).equals(content)) {
        throw InvalidInputException.of(
            "test: %s holds the same as %s, by which settings are chosen", test, file);
      }
    }
  }

  private Map<String, InputFile> unseen() {
    Map<String, InputFile> unseen = new LinkedHashMap<>();
    if (settings.holdsOut() && files.dev() != null) {
      unseen.put("dev", reading.file(files.dev()));
    }
    if (test != null) {
      unseen.put("test", reading.file(test));
    }
    return unseen;
  }

  private void show(SearchPlan plan) {
    TextTable table = new TextTable("setting", "values");
    plan.space().described().forEach(table::row);
    table.print(console, "");
    console.print("");
    console.print("First of all:");
    plan.space().starters().forEach(each -> console.print("  " + SearchProgress.described(each)));
    if (!plan.space().changes().isEmpty()) {
      console.print("Then the best so far, changed:");
      plan.space()
          .changes()
          .forEach(each -> console.print("  " + SearchProgress.described(each.settings())));
    }
  }

  private void report(SearchResults results) {
    if (json) {
      console.print(new Json().page(results.asMap()));
      return;
    }
    results.print(console);
    console.print("");
    console.print("Next:");
    String both =
        "--model " + ShellWords.quoted(files.model()) + " --pack " + ShellWords.quoted(out + "");
    console.print("  ptune predict " + both + " …");
    console.print(
        "  ptune train --config "
            + ShellWords.quoted(out.resolve("winner.yaml").toString())
            + " --out …   (the same run again)");
  }

  private void sayHowToResume() {
    console.say(
        "Stopped; all is saved in "
            + out
            + ". To go on, the same command:\n  ptune "
            + typed.stream().map(ShellWords::quoted).collect(Collectors.joining(" ")));
  }
}
