package org.ptuning4j.cli.exchange;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.options.TaskFile;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ImportSettings;
import org.ptuning4j.pack.foreign.PackImport;
import org.ptuning4j.pack.peft.PeftAdapter;
import org.ptuning4j.pack.ptuningv2.PTuningV2Checkpoint;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.checkpoint.ForeignFormat;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.text.TextTokenizer;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune import}: a pack of another program's prompt. */
@CommandLine.Command(
    name = "import",
    sortOptions = false,
    description = {
      "Makes a pack of a prompt that another program trained: PEFT's adapter folders"
          + " (PREFIX_TUNING, P_TUNING, PROMPT_TUNING, MULTITASK_PROMPT_TUNING), or a checkpoint of"
          + " P-Tuning v2's own code.",
      "What such folders do not say, labels and columns, is taken from the options, from what"
          + " `ptune export` wrote beside the adapter (ptuning4j.json), or from the model's"
          + " config.json.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune import adapters/mood --model bert-mini --labels negative,positive --text review"
          + " --out packs/mood",
      "  ptune import adapters/ner --model bert-mini --labels O,B-PER,I-PER --out packs/ner",
      "  ptune import checkpoints/rte --model roberta-large --task rte --out packs/rte"
    })
public final class ImportCommand extends Command {

  @Parameters(paramLabel = "FOLDER", description = "The other program's folder.")
  Path folder;

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model that it was trained on: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The pack that is written; an earlier pack of that name is replaced.")
  Path out;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      completionCandidates = Choices.TaskNames.class,
      description =
          "A built-in task, or a YAML file that describes your own (see `ptune init-task`), with"
              + " its columns and labels. Default: what the other options and the model say.")
  String task;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description =
          "What kind of task it is: sequence-classification, multi-label, regression, entities,"
              + " question-answering or text-generation. Default: as the folder says.")
  String kind;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The task's name. Default: FOLDER's.")
  String name;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      description =
          "The labels, in the order of the head's outputs. Default: id2label of the model's"
              + " config.json, if it has as many.")
  List<String> labels = List.of();

  @Option(
      names = "--text",
      paramLabel = "COL",
      description = "The column or template of the text. Default: text.")
  String text;

  @Option(
      names = "--pair",
      paramLabel = "COL",
      description = "The column or template of the second text of a pair.")
  String pair;

  @Option(
      names = "--label",
      paramLabel = "COL",
      description = "The column of the label, for evaluating. Default: label.")
  String label;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "The longest input in tokens. Default: the task's usual one.")
  Integer maxLength;

  @Option(
      names = "--source-task",
      paramLabel = "N",
      description = "Of a MULTITASK_PROMPT_TUNING adapter, the task that is imported, from 0.")
  Integer sourceTask;

  @Option(
      names = "--head-tensors",
      paramLabel = "FILE",
      description =
          "A checkpoint with tensors of the head that the folder lacks, such as the pooler of a"
              + " DeBERTa that PEFT did not save.")
  Path headTensors;

  public ImportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    ImportSettings settings = settings();
    requireNoPack();
    PackFolders.requireOutsideRuns(out);
    boolean peft = PeftAdapter.isOne(folder);
    if (!peft && !(Files.isDirectory(folder) && PTuningV2Checkpoint.isOne(folder))) {
      throw InvalidInputException.of(
          "folder: %s %s; a folder of PEFT's has adapter_config.json, one of P-Tuning v2's a"
              + " config.json with pre_seq_len",
          folder,
          Files.isDirectory(folder)
              ? ForeignFormat.of(folder).orElse("is not known")
              : "is no folder");
    }
    ModelFolder modelFolder = ModelFolder.open(ModelLookup.folder(console, model));
    try (Backbone backbone = BackboneFamilies.installed().load(modelFolder, Engine.reference());
        TextTokenizer tokenizer = TextTokenizer.open(modelFolder.path())) {
      PackImport importing = new PackImport(backbone, modelFolder, tokenizer, settings);
      say(peft ? peft(importing) : pTuningV2(importing));
    }
    return OK;
  }

  /** A pack, or the run that made one, needs no import. */
  private void requireNoPack() {
    boolean isRun = Files.isRegularFile(folder.resolve("run.json"));
    if (isRun || Files.isRegularFile(folder.resolve("prompt.json"))) {
      throw InvalidInputException.of(
          "folder: %s %s; nothing has to be imported: give it to --pack as it is",
          folder, ForeignFormat.of(folder).orElseThrow());
    }
  }

  private Pack peft(PackImport importing) {
    try (PeftAdapter adapter = PeftAdapter.open(folder)) {
      return adapter.write(importing, out);
    }
  }

  private Pack pTuningV2(PackImport importing) {
    try (PTuningV2Checkpoint checkpoint = PTuningV2Checkpoint.open(folder)) {
      return checkpoint.write(importing, out);
    }
  }

  private void say(Pack pack) {
    Map<String, Object> said = pack.facts().task();
    console.print(
        out
            + ": a pack of method "
            + pack.facts().method()
            + ", task "
            + said.get("name")
            + " ("
            + said.get("kind")
            + ")");
    if (said.get("labels") instanceof List<?> known && !known.isEmpty()) {
      console.print("  labels   " + known);
    }
    for (String column : List.of("text", "pair", "label_column")) {
      if (said.get(column) != null) {
        console.print(
            "  " + String.format("%-9s", column.replace("_column", "")) + said.get(column));
      }
    }
  }

  private ImportSettings settings() {
    return new ImportSettings(
        definition(), maybe(sourceTask), Optional.ofNullable(headTensors), maybe(maxLength));
  }

  private static OptionalInt maybe(Integer number) {
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    if (task != null) {
      if (kind != null || text != null || pair != null || label != null) {
        throw InvalidInputException.of(
            "task: %s knows its kind and columns itself; leave out --kind, --text, --pair and"
                + " --label, or --task",
            task);
      }
      definition.putAll(
          (TaskFile.isFile(task) ? TaskFile.read(Path.of(task)) : Tasks.installed().get(task))
              .definition());
    }
    put(definition, "kind", kind);
    put(definition, "name", name);
    put(definition, "text", text);
    put(definition, "pair", pair);
    put(definition, "label_column", label);
    if (!labels.isEmpty()) {
      definition.put("labels", labels);
    }
    return definition;
  }

  private static void put(Map<String, Object> definition, String field, String value) {
    if (value != null) {
      definition.put(field, value);
    }
  }
}
