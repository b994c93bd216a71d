package org.ptuning4j.cli.command;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.text.TextTokenizer;

/** Shows a model's folder: sizes, tokenizer, weights. */
final class ModelInspection {

  private final Console console;
  private final Path path;
  private final boolean tensors;

  ModelInspection(Console console, Path path, boolean tensors) {
    this.console = console;
    this.path = path;
    this.tensors = tensors;
  }

  /** Prints what there is; returns the exit code, 2 if the model cannot be used. */
  int run(boolean json) {
    ModelFolder folder = ModelFolder.open(path);
    BackboneFamilies families = BackboneFamilies.installed();
    WeightReport report = families.of(folder).inspect(folder);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("folder", path.toString());
    model.put("model_type", folder.modelType());
    if (report.loadable()) {
      try (Backbone backbone = families.load(folder, Engine.reference())) {
        model.putAll(facts(backbone, EmbeddingPooling.of(folder)));
      }
    }
    Map<String, Object> tokenizer = tokenizer(folder);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("model", model);
      all.put("tokenizer", tokenizer);
      all.put("loadable", report.loadable());
      all.put("notes", report.notes());
      all.put("tensors", report.entries());
      console.print(new Json().page(all));
    } else {
      Object remarks = tokenizer.remove("remarks");
      print("model", model);
      print("tokenizer", tokenizer);
      if (remarks instanceof List<?> list) {
        list.forEach(remark -> console.print("note: " + remark));
      }
      print(report);
    }
    return report.loadable() && !tokenizer.containsKey("problem") ? Command.OK : Command.BAD_INPUT;
  }

  private static Map<String, Object> facts(Backbone backbone, EmbeddingPooling trained) {
    BackboneSpec spec = backbone.spec();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("parameters", backbone.parameterCount());
    facts.put("layers", spec.layers());
    facts.put("hidden", spec.hidden());
    facts.put("heads", spec.heads());
    facts.put("key_value_heads", spec.keyValueHeads());
    facts.put("head_size", spec.headSize());
    facts.put("embedding_width", spec.embeddingWidth());
    facts.put(
        "positions",
        spec.maxPositions() == BackboneSpec.UNLIMITED ? "unlimited" : spec.maxPositions());
    facts.put("vocabulary", spec.vocabulary());
    facts.put("token_types", spec.typeVocabulary());
    facts.put("direction", spec.direction().label());
    facts.put("pooler", spec.hasPooler());
    facts.put(
        "head_reads",
        trained.input(spec.direction()).orElseGet(() -> SequenceInput.byDefault(spec)).label());
    facts.put("language_model", spec.hasLanguageModel());
    facts.put("hidden_dropout", spec.dropout().hidden());
    facts.put("attention_dropout", spec.dropout().attention());
    facts.put("prompt_values_per_token", (long) spec.prefixWidth() * spec.layers());
    facts.put("weights_sha256", backbone.weightsHash());
    return facts;
  }

  private Map<String, Object> tokenizer(ModelFolder folder) {
    Map<String, Object> facts = new LinkedHashMap<>();
    try (TextTokenizer tokenizer = TextTokenizer.open(path)) {
      facts.put("vocabulary", tokenizer.vocabularySize());
      facts.put("special_tokens_of_a_text", tokenizer.specialTokensOfSingle());
      facts.put("special_tokens_of_a_pair", tokenizer.specialTokensOfPair());
      facts.put("pad", token(tokenizer, OptionalInt.of(tokenizer.padId())));
      facts.put("unknown", token(tokenizer, tokenizer.unkId()));
      facts.put("first", token(tokenizer, tokenizer.clsId()));
      facts.put("separator", token(tokenizer, tokenizer.sepId()));
      facts.put("mask", token(tokenizer, tokenizer.maskId()));
      List<String> remarks =
          new ModelCheck(folder, BackboneFamilies.installed()).ofTokenizer(tokenizer);
      if (!remarks.isEmpty()) {
        facts.put("remarks", remarks);
      }
    } catch (InvalidInputException e) {
      facts.put("problem", e.getMessage());
    }
    return facts;
  }

  private static String token(TextTokenizer tokenizer, OptionalInt id) {
    return id.isEmpty() ? "none" : tokenizer.token(id.getAsInt()) + " (" + id.getAsInt() + ")";
  }

  private void print(String title, Map<String, Object> facts) {
    console.print(title);
    TextTable table = new TextTable();
    facts.forEach(
        (name, value) ->
            table.row(
                name.replace('_', ' '),
                value instanceof Number n && !(value instanceof Double)
                    ? Figures.count(n.longValue())
                    : value));
    table.print(console, "  ");
  }

  private void print(WeightReport report) {
    console.print("weights");
    Map<Status, Integer> counts = new EnumMap<>(Status.class);
    report.entries().forEach(entry -> counts.merge(entry.status(), 1, Integer::sum));
    TextTable summary = new TextTable();
    counts.forEach((status, count) -> summary.row(label(status), Figures.count(count, "tensor")));
    summary.print(console, "  ");
    List<WeightReport.Entry> shown =
        report.entries().stream().filter(entry -> tensors || isProblem(entry.status())).toList();
    if (!shown.isEmpty()) {
      console.print("");
      TextTable table = new TextTable("tensor", "status", "found", "expected");
      shown.forEach(
          entry -> table.row(entry.name(), label(entry.status()), entry.found(), entry.expected()));
      table.print(console, "  ");
    }
    report.notes().forEach(note -> console.print("note: " + note));
    if (!report.loadable()) {
      console.print("");
      console.print("This model cannot be loaded: its weights are not what config.json asks for.");
    }
  }

  private static boolean isProblem(Status status) {
    return switch (status) {
      case MISSING, WRONG_SHAPE, UNEXPECTED, LEFT_OUT -> true;
      case USED, IGNORED -> false;
    };
  }

  private static String label(Status status) {
    return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
