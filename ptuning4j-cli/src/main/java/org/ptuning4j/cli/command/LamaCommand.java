package org.ptuning4j.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TextOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.StopOnSignal;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.cli.terminal.TrainingProgress;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.lama.LamaReader;
import org.ptuning4j.data.lama.Relation;
import org.ptuning4j.prompt.method.ManualPrompt;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ptune lama}: what a frozen model knows, with one trained prompt for each relation. */
@CommandLine.Command(
    name = "lama",
    sortOptions = false,
    description = {
      "Knowledge probing (LAMA) as P-tuning does it: for each relation a prompt is trained over the"
          + " frozen model, and the model's own words answer. Prints hit@1, hit@10 and MRR of each"
          + " relation and their means. The same command goes on where it was cut off. The method"
          + " is p-tuning unless you ask for another.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune lama --model models/bert-base --train lama/train --dev lama/dev --out runs/lama",
      "  The sentences that LAMA's authors wrote, nothing trained:",
      "    ptune lama --model models/bert-base --train lama/train --dev lama/dev --method manual"
          + " \\",
      "        --relations lama/relations.jsonl --out runs/lama-manual",
      "",
      "A folder holds a file for each relation, such as P17.jsonl, with sub_label and obj_label in",
      "each row. Facts whose object is no word of the vocabulary are left out, and counted."
    })
public final class LamaCommand extends Command {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--train",
      required = true,
      paramLabel = "DIR",
      description = "Facts to train on: a folder of relations.")
  Path train;

  @Option(
      names = "--dev",
      required = true,
      paramLabel = "DIR",
      description = "Facts to evaluate on: a folder with the same relations.")
  Path dev;

  @Mixin TextOptions reading;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description =
          "The template, with {subject}, {mask} and soft tokens. Default: \"{soft:3} {subject}"
              + " {soft:3} {mask} {soft:3}\".")
  String template;

  @Option(
      names = "--relations",
      paramLabel = "FILE",
      description =
          "JSONL of relation and template: with --method manual each relation's own sentence.")
  Path relations;

  @Option(
      names = "--vocabulary",
      paramLabel = "FILE",
      description = "The words that may answer, one a line. Default: all whole words of the model.")
  Path vocabulary;

  @Mixin RunOptions settings = new RunOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the runs go, one folder for each relation.")
  Path out;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A YAML file with any of these options by their names.")
  Path config;

  public LamaCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    settings.setMethodByDefault(PTuning.NAME);
    Path folder = ModelLookup.folder(console, model);
    Map<String, Relation> described =
        relations == null ? Map.of() : new LamaReader().readRelations(relations);
    Optional<List<String>> words = Optional.ofNullable(vocabulary).map(LamaTask::readVocabulary);
    Map<String, JsonNode> results = new LinkedHashMap<>();
    Map<String, Path> files = relationFiles("train", train);
    requireSameRelations(files);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String relation = file.getKey();
      Path devFile = dev.resolve(file.getValue().getFileName());
      LamaTask task = task(relation, words, described);
      console.say(
          "relation " + relation + " (" + (results.size() + 1) + " of " + files.size() + ")");
      Optional<JsonNode> result = result(folder, task, file.getValue(), devFile);
      if (result.isEmpty()) {
        console.say("Stopped; the same command goes on from here.");
        return OK;
      }
      results.put(relation, result.get());
    }
    report(results);
    return OK;
  }

  /** A relation that one folder lacks would be missing in the mean. */
  private void requireSameRelations(Map<String, Path> files) {
    for (Path file : files.values()) {
      Path devFile = dev.resolve(file.getFileName());
      if (!Files.isRegularFile(devFile)) {
        throw InvalidInputException.of("dev: %s does not exist; %s is there", devFile, file);
      }
    }
    Set<String> others = new TreeSet<>(relationFiles("dev", dev).keySet());
    others.removeAll(files.keySet());
    if (!others.isEmpty()) {
      throw InvalidInputException.of(
          "dev: %s has relations that %s has not, and the mean would be without: %s",
          dev, train, String.join(", ", others));
    }
  }

  private LamaTask task(
      String relation, Optional<List<String>> words, Map<String, Relation> described) {
    LamaTask task = LamaTask.of(relation);
    if (words.isPresent()) {
      task = task.withVocabulary(words.get());
    }
    if (template != null) {
      return task.withTemplate(ClozeTemplate.parse(template));
    }
    if (!settings.methodName().equals(ManualPrompt.NAME)) {
      return task;
    }
    Relation own = described.get(relation);
    if (own == null) {
      throw InvalidInputException.of(
          "relations: a manual prompt needs a sentence for relation %s; name a file with one"
              + " (--relations), or give --template",
          relation);
    }
    return task.withTemplate(LamaTask.manualTemplate(own));
  }

  /** The relation's result, trained now unless it is there; empty if the run was stopped. */
  private Optional<JsonNode> result(Path folder, LamaTask task, Path trainFile, Path devFile) {
    Path run = out.resolve(task.relation());
    Path result = run.resolve("result.json");
    TrainingConfig how = settings.config(task, ModelFolder.open(folder));
    TrainingData data =
        new TrainingData(reading.file(trainFile), reading.file(devFile), BadRowPolicy.SKIP);
    Training training = new Training(folder, task, how);
    try (StopOnSignal stop = new StopOnSignal(training::stop, console);
        TrainingProgress progress = new TrainingProgress(console)) {
      boolean finished =
          (Files.exists(run.resolve("run.json"))
                  ? training.resume(data, run, progress)
                  : training.run(data, run, progress))
              .finished();
      return finished && !stop.isStopped() ? read(result) : Optional.empty();
    }
  }

  private static Optional<JsonNode> read(Path result) {
    try {
      return Files.exists(result)
          ? Optional.of(JSON.readTree(Files.readAllBytes(result)))
          : Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(result + ": not readable (" + FailureReason.of(e) + ")", e);
    }
  }

  private void report(Map<String, JsonNode> results) {
    List<String> metrics = new ArrayList<>();
    results.values().iterator().next().path("best").fieldNames().forEachRemaining(metrics::add);
    List<String> header = new ArrayList<>(List.of("relation", "left out"));
    header.addAll(metrics);
    TextTable table = new TextTable(header.toArray(String[]::new));
    Map<String, Double> means = new LinkedHashMap<>();
    results.forEach(
        (relation, result) -> {
          List<Object> row =
              new ArrayList<>(List.of(relation, result.path("skipped_rows").asInt()));
          for (String metric : metrics) {
            double value = result.path("best").path(metric).asDouble();
            means.merge(metric, value / results.size(), Double::sum);
            row.add(Figures.score(value));
          }
          table.row(row.toArray());
        });
    List<Object> mean = new ArrayList<>(List.of("mean of relations", ""));
    metrics.forEach(metric -> mean.add(Figures.score(means.get(metric))));
    table.row(mean.toArray());
    table.print(console, "");
    write(means);
  }

  private void write(Map<String, Double> means) {
    Path file = out.resolve("lama.json");
    byte[] json = new Json().page(Map.of("means", means)).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, stream -> stream.write(json));
  }

  /** The files of a folder by relation, in alphabetical order. */
  private static Map<String, Path> relationFiles(String setting, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of(
          "%s: %s is no folder; a folder with a file for each relation is expected",
          setting, folder);
    }
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> found = Files.list(folder)) {
      found
          .filter(file -> file.getFileName().toString().matches(".+\\.jsonl(\\.gz)?"))
          .filter(file -> !file.getFileName().toString().startsWith("relations."))
          .forEach(
              file ->
                  files.put(
                      file.getFileName().toString().replaceAll("\\.jsonl(\\.gz)?$", ""), file));
    } catch (IOException e) {
      throw new InvalidInputException(
          setting + ": " + folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
    if (files.isEmpty()) {
      throw InvalidInputException.of(
          "train: %s holds no relation: files such as P17.jsonl are expected", folder);
    }
    return files;
  }
}
