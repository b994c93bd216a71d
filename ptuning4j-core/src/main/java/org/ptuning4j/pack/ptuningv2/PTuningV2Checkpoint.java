package org.ptuning4j.pack.ptuningv2;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ForeignPrompt;
import org.ptuning4j.pack.foreign.HeadLayout;
import org.ptuning4j.pack.foreign.OutputKind;
import org.ptuning4j.pack.foreign.PackImport;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * A folder that P-Tuning v2's own code saved (arXiv 2110.07602): a whole model, backbone and all,
 * of which {@code prefix_encoder.*} and the head are the prompt. The matrix is {@code
 * prefix_encoder.embedding.weight}; with a projection it is what {@code prefix_encoder.trans} makes
 * of that.
 */
public final class PTuningV2Checkpoint implements AutoCloseable {

  private static final String ENCODER = "prefix_encoder.";
  private static final String EMBEDDING = ENCODER + "embedding.weight";
  private static final String AT_INPUT = ENCODER + "weight";
  private static final String TRANS = ENCODER + "trans.";
  private static final String CONFIG = "config.json";

  private final Path folder;
  private final ModelFolder model;
  private final TensorSource source;

  private PTuningV2Checkpoint(Path folder, ModelFolder model, TensorSource source) {
    this.folder = folder;
    this.model = model;
    this.source = source;
  }

  /** Whether a folder looks like one: a model whose configuration has the length of a prefix. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG))
        && ModelFolder.open(folder).has("pre_seq_len");
  }

  /**
   * Opens a folder.
   *
   * @throws InvalidInputException if it holds no model with a deep prompt, or a file is damaged
   */
  public static PTuningV2Checkpoint open(Path folder) {
    ModelFolder model = ModelFolder.open(folder);
    TensorSource source = model.tensors();
    if (!source.names().contains(EMBEDDING)) {
      boolean input = source.names().contains(AT_INPUT);
      String files = source.describe();
      source.close();
      throw InvalidInputException.of(
          "%s: there is no tensor %s%s",
          files,
          EMBEDDING,
          input
              ? "; its prompt is at the input ("
                  + AT_INPUT
                  + "), where P-Tuning v2's code embeds the text twice, which a pack cannot"
              : ", so it is no checkpoint of P-Tuning v2");
    }
    return new PTuningV2Checkpoint(folder, model, source);
  }

  /**
   * Makes a pack of it.
   *
   * @throws InvalidInputException if its backbone is not the model's, or something is missing that
   *     neither its files nor the settings say
   */
  public Pack write(PackImport importing, Path target) {
    requireSameBackbone(importing);
    Backbone backbone = importing.backbone();
    try (TrainedPrompt prompt =
        Scope.run(
            () ->
                DeepPrompt.of(
                    matrix(),
                    IntStream.range(0, backbone.spec().layers()).boxed().toList(),
                    PositionConvention.SHIFTED,
                    backbone.spec(),
                    backbone.engine()))) {
      return importing.write(
          new ForeignPrompt(
              TaskName.near(String.valueOf(folder.toAbsolutePath().normalize().getFileName())),
              PTuningV2.NAME,
              prompt,
              prompt.description(true),
              outputs(importing.settings().task()),
              HeadLayout.pTuningV2(),
              source,
              head(backbone.spec()),
              true,
              model.config(),
              Map.of("format", "P-Tuning v2", "files", source.describe())),
          target);
    }
  }

  /** The prompt means nothing to other weights than those that were saved with it. */
  private void requireSameBackbone(PackImport importing) {
    try (Backbone saved = BackboneFamilies.installed().load(model, importing.backbone().engine())) {
      Scope.run(
          () -> {
            Map<String, Tensor> theirs = saved.namedWeights();
            importing
                .backbone()
                .namedWeights()
                .forEach((name, own) -> requireSame(name, own, theirs.get(name), importing));
          });
    }
  }

  /** A head over words may be missing in one of them, a pooler as well. */
  private void requireSame(String name, Tensor own, Tensor saved, PackImport importing) {
    if (saved != null && !own.equal(saved)) {
      throw InvalidInputException.of(
          "%s: its backbone is another than that of %s (%s differs); give the model that it was"
              + " trained on, or the folder itself",
          folder, importing.folder().name(), name);
    }
  }

  /** The model's class says what it answers. */
  private OutputKind outputs(Map<String, Object> task) {
    String architecture = model.texts("architectures").stream().findFirst().orElse("");
    Map<String, OutputKind> endings =
        Map.of(
            "ForSequenceClassification", OutputKind.SEQUENCE,
            "ForMultipleChoice", OutputKind.CHOICE,
            "ForTokenClassification", OutputKind.TOKENS,
            "ForQuestionAnswering", OutputKind.SPAN);
    return endings.entrySet().stream()
        .filter(ending -> architecture.endsWith(ending.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .or(() -> OutputKind.ofTask(String.valueOf(task.get("kind"))))
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: architectures names no class that is known ('%s'), so it is not known what"
                        + " the model answers; give the setting kind, such as"
                        + " sequence-classification or entities",
                    model.configFile(), architecture));
  }

  /** The flat matrix {@code [P, L·2·H]}. */
  private Tensor matrix() {
    Tensor embedding = source.read(EMBEDDING); // [P, L·2·H], or [P, H] before a projection
    if (!source.names().contains(TRANS + "0.weight")) {
      return embedding;
    }
    Tensor inner = torch.tanh(linear(TRANS + "0", embedding)); // [P, M]
    return linear(TRANS + "2", inner);
  }

  private Tensor linear(String layer, Tensor x) {
    Tensor weight = source.read(layer + ".weight");
    if (x.dim() != 2 || weight.dim() != 2 || x.size(1) != weight.size(1)) {
      throw InvalidInputException.of(
          "%s: %s.weight is %s and reads %s",
          source.describe(),
          layer,
          Arrays.toString(Tensors.shape(weight)),
          Arrays.toString(Tensors.shape(x)));
    }
    return torch.linear(x, weight, new TensorOptional(source.read(layer + ".bias")));
  }

  /** The tensors of heads; the backbone's pooler only where the model itself has none. */
  private Map<String, String> head(BackboneSpec spec) {
    List<String> heads = List.of("classifier.", "qa_outputs.");
    Map<String, String> head = new LinkedHashMap<>();
    for (String name : source.names()) {
      if (heads.stream().anyMatch(name::startsWith)) {
        head.put(name, name);
      }
      int pooler = name.lastIndexOf("pooler.dense.");
      boolean reads = source.names().contains("classifier.weight");
      if (pooler >= 0 && !spec.hasPooler() && reads) {
        head.put(name.substring(pooler), name);
      }
    }
    return head;
  }

  @Override
  public void close() {
    source.close();
  }
}
