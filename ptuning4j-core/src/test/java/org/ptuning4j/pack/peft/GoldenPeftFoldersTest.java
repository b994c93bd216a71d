package org.ptuning4j.pack.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.pack.ForeignPrompts;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ImportSettings;
import org.ptuning4j.pack.foreign.PackImport;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.text.TextTokenizer;

/**
 * Every adapter that PEFT trained and saved for the golden models: the pack that is made of it
 * scores as PEFT does, and the folder that is made of the pack has PEFT's tensors to the bit.
 */
class GoldenPeftFoldersTest {

  private static final double TOLERANCE = 1e-4;

  @TempDir private Path work;

  @TestFactory
  Stream<DynamicTest> thereAndBack() {
    Path peft = GoldenSet.folder().resolve("peft");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode each : GoldenSet.json(peft.resolve("index.json")).get("adapters")) {
      String name = each.get("name").asText();
      Path model = GoldenSet.folder().resolve(each.get("base_model").asText());
      tests.add(
          DynamicTest.dynamicTest(
              name,
              () ->
                  Scope.run(
                      () -> check(each.get("task_type").asText(), peft.resolve(name), model))));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(35);
    return tests.stream();
  }

  static Pack imported(
      Path adapter, Path model, Backbone backbone, ImportSettings settings, Path target) {
    try (TextTokenizer tokenizer = TextTokenizer.open(model);
        PeftAdapter opened = PeftAdapter.open(adapter)) {
      return opened.write(
          new PackImport(backbone, ModelFolder.open(model), tokenizer, settings), target);
    }
  }

  static void exported(Pack pack, Path model, Backbone backbone, Path target) {
    new PeftExport(pack, backbone, ModelFolder.open(model)).write(target);
  }

  private void check(String taskType, Path adapter, Path model) {
    String name = String.valueOf(adapter.getFileName());
    Path back = work.resolve(name + "-back");
    try (Backbone backbone = ForeignPrompts.load(model);
        SafetensorsFile expected = SafetensorsFile.open(adapter.resolve("expected.safetensors"))) {
      ImportSettings settings =
          settings(taskType, expected, work.resolve(name + "-head.safetensors"));
      Pack pack = imported(adapter, model, backbone, settings, work.resolve(name));
      assertThat(Pack.open(pack.folder()).task().name()).isEqualTo(name);
      switch (taskType) {
        case "SEQ_CLS" -> sequences(pack, backbone, expected);
        case "TOKEN_CLS" -> tokens(pack, backbone, expected, "out/logits");
        case "QUESTION_ANS" -> spans(pack, backbone, expected);
        case "CAUSAL_LM" -> words(pack, backbone, expected);
        default -> targets(pack, backbone, expected);
      }
      exported(pack, model, backbone, back);
      sameTensors(adapter, back, backbone);
      assertThat(config(back)).isEqualTo(config(adapter));
      Pack again = imported(back, model, backbone, again(settings), work.resolve(name + "-2"));
      assertThat(again.facts().tensors()).isEqualTo(pack.facts().tensors());
    }
  }

  /** What the adapter does not know: tags, and the pooler that PEFT left out of DeBERTa's. */
  private static ImportSettings settings(String taskType, SafetensorsFile expected, Path file) {
    Map<String, Object> task =
        taskType.equals("TOKEN_CLS")
            ? Map.of("labels", List.of("O", "B-A", "I-A", "B-B", "I-B"))
            : Map.of();
    Map<String, Tensor> head = new LinkedHashMap<>();
    for (String name : expected.names()) {
      if (name.startsWith("base_head/")) {
        head.put(name.substring("base_head/".length()), expected.read(name));
      }
    }
    if (head.isEmpty()) {
      return ImportSettings.of(task);
    }
    SafetensorsWriter.write(file, head, Map.of());
    return new ImportSettings(task, OptionalInt.empty(), Optional.of(file), OptionalInt.empty());
  }

  /** The exported folder needs no file for its head. */
  private static ImportSettings again(ImportSettings settings) {
    return ImportSettings.of(settings.task());
  }

  private static List<TokenRow> rows(SafetensorsFile expected) {
    boolean types = expected.names().contains("in/token_type_ids");
    return ForeignPrompts.rows(
        expected.read("in/input_ids"),
        expected.read("in/attention_mask"),
        types ? Optional.of(expected.read("in/token_type_ids")) : Optional.empty());
  }

  private static void sequences(Pack pack, Backbone backbone, SafetensorsFile expected) {
    Tensor logits = expected.read("out/logits");
    List<TokenRow> rows = rows(expected);
    List<float[]> scores =
        ForeignPrompts.scores(
            pack, backbone, rows.stream().map(row -> ForeignPrompts.whole(row, backbone)).toList());
    int columns = Math.toIntExact(expected.read("in/input_ids").size(1));
    // Beside soft tokens, PEFT's classifiers of decoders read the last column, padding or not.
    boolean paddingIsRead = pack.prefix().length() > 0 && !pack.prefix().read();
    int compared = 0;
    for (int row = 0; row < rows.size(); row++) {
      if (!paddingIsRead || rows.get(row).length() == columns) {
        assertRow("row " + row, scores.get(row), logits.select(0, row));
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  private static void assertRow(String what, float[] found, Tensor expected) {
    assertClose(what, Tensors.of(found, found.length), expected.flatten(), TOLERANCE, 0);
  }

  /** Scores of each token; soft tokens have some of PEFT's, too, which nothing reads. */
  private static void tokens(
      Pack pack, Backbone backbone, SafetensorsFile expected, String... outputs) {
    List<TokenRow> rows = rows(expected);
    boolean question = pack.task().kind().equals("question-answering");
    List<Item> items =
        rows.stream()
            .map(row -> ForeignPrompts.tokens(question ? row.withoutTypes() : row))
            .toList();
    List<float[]> scores = ForeignPrompts.scores(pack, backbone, items);
    long soft = pack.prefix().length();
    for (int row = 0; row < rows.size(); row++) {
      int from = 0;
      int length = rows.get(row).length();
      for (String output : outputs) {
        Tensor wanted = expected.read(output).select(0, row).narrow(0, soft, length);
        int size = Math.toIntExact(wanted.numel());
        assertRow(
            output + ", row " + row,
            Arrays.copyOfRange(scores.get(row), from, from + size),
            wanted);
        from += size;
      }
      assertThat(scores.get(row)).hasSize(from);
    }
  }

  private static void spans(Pack pack, Backbone backbone, SafetensorsFile expected) {
    assertThat(pack.facts().task()).containsEntry("segments", false);
    tokens(pack, backbone, expected, "out/start_logits", "out/end_logits");
  }

  private static void words(Pack pack, Backbone backbone, SafetensorsFile expected) {
    Tensor logits = expected.read("out/logits"); // [B, P + n, V], or without P
    List<TokenRow> rows =
        rows(expected).stream().map(row -> row.withPrefix(pack.prefix().length())).toList();
    TokenBatch batch = TokenBatch.of(rows, 0);
    try (TrainedPrompt prompt = pack.prompt(backbone).orElseThrow()) {
      Tensor states =
          backbone
              .forward(
                  batch,
                  ForeignPrompts.inject(prompt, batch, backbone),
                  ForwardOptions.evaluation(Positions.ALL))
              .lastHidden();
      for (int row = 0; row < rows.size(); row++) {
        int length = rows.get(row).length();
        assertClose(
            "row " + row,
            backbone.languageModel().logits(states.select(0, row).narrow(0, 0, length)),
            logits.select(0, row).narrow(0, 0, length),
            TOLERANCE,
            0);
      }
    }
  }

  private static void targets(Pack pack, Backbone backbone, SafetensorsFile expected) {
    Tensor targets = expected.read("in/decoder_input_ids");
    Tensor logits = expected.read("out/logits");
    List<TokenRow> sources = rows(expected);
    List<TokenRow> rows = new ArrayList<>();
    for (int row = 0; row < sources.size(); row++) {
      int[] source = sources.get(row).ids();
      int[] target = ForeignPrompts.ints(targets.select(0, row));
      int[] ids = IntStream.concat(Arrays.stream(source), Arrays.stream(target)).toArray();
      TokenRow both = TokenRow.of(ids, new int[ids.length]).withTarget(source.length);
      rows.add(both.withPrefix(pack.prefix().length()));
    }
    TokenBatch batch = TokenBatch.of(rows, 0);
    try (TrainedPrompt prompt = pack.prompt(backbone).orElseThrow()) {
      Tensor states =
          backbone
              .forward(
                  batch,
                  ForeignPrompts.inject(prompt, batch, backbone),
                  ForwardOptions.evaluation(Positions.ALL))
              .lastHidden();
      for (int row = 0; row < rows.size(); row++) {
        assertClose(
            "row " + row,
            backbone
                .languageModel()
                .logits(
                    states
                        .select(0, row)
                        .narrow(0, rows.get(row).target().orElseThrow(), targets.size(1))),
            logits.select(0, row),
            TOLERANCE,
            0);
      }
    }
    assertThat(pack.prefix()).isIn(SoftPrefix.NONE, new SoftPrefix(4, false));
  }

  /** To the bit; but what PEFT saves for T5 and never reads is 0, and DeBERTa's pooler is added. */
  private static void sameTensors(Path adapter, Path back, Backbone backbone) {
    try (SafetensorsFile theirs = SafetensorsFile.open(adapter.resolve(PeftAdapter.TENSORS));
        SafetensorsFile ours = SafetensorsFile.open(back.resolve(PeftAdapter.TENSORS))) {
      Map<String, float[]> expected = ForeignPrompts.tensors(theirs);
      Map<String, float[]> found = ForeignPrompts.tensors(ours);
      Set<String> more = new LinkedHashSet<>(found.keySet());
      more.removeAll(expected.keySet());
      boolean deberta = backbone.spec().modelType().startsWith("deberta");
      assertThat(more)
          .isEqualTo(
              deberta
                  ? Set.of("base_model.pooler.dense.weight", "base_model.pooler.dense.bias")
                  : Set.of());
      boolean halves = EncoderDecoderPrefix.isOf(backbone.spec());
      expected.forEach(
          (name, values) -> {
            assertThat(ours.info(name).shape()).isEqualTo(theirs.info(name).shape());
            if (halves) {
              assertUsed(values, found.get(name));
            } else {
              assertThat(found.get(name)).as(name).containsExactly(values);
            }
          });
    }
  }

  private static void assertUsed(float[] theirs, float[] ours) {
    int used = 0;
    for (int i = 0; i < ours.length; i++) {
      if (ours[i] != 0) {
        assertThat(ours[i]).isEqualTo(theirs[i]);
        used++;
      }
    }
    assertThat(used).isEqualTo(ours.length / 2);
  }

  /** Without what is null, the version, and names that PEFT wrote twice. */
  private static JsonNode config(Path folder) {
    ObjectNode config = (ObjectNode) GoldenSet.json(folder.resolve(PeftConfig.FILE));
    config.remove("peft_version");
    Set<String> modules = new LinkedHashSet<>();
    config.path("modules_to_save").forEach(module -> modules.add(module.asText()));
    config.remove("modules_to_save");
    modules.forEach(module -> config.withArray("modules_to_save").add(module));
    config.properties().removeIf(field -> field.getValue().isNull());
    return config;
  }
}
