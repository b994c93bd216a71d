package org.ptuning4j.backbone.weight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * Loads models that are large enough for their memory to be seen among a JVM's, and prints for each
 * what is held and how far the process grew at most, in KiB. A process of its own, because other
 * tests' garbage would be counted.
 */
final class LoadMemoryProcess {

  private static final String CONFIGURATION =
      """
      {"model_type": "%s", "hidden_size": 512, "num_hidden_layers": 8, "num_attention_heads": 8,
       "intermediate_size": 2048, "vocab_size": 1000, "max_position_embeddings": 128,
       "hidden_act": "gelu", "type_vocab_size": 0, "relative_attention": true,
       "pos_att_type": ["p2c", "c2p"], "position_biased_input": false}
      """;

  private LoadMemoryProcess() {}

  /** Takes a folder to work in, and families with the precision that each is loaded at. */
  public static void main(String[] args) throws IOException {
    warmUp();
    for (int i = 1; i < args.length; i++) {
      String[] model = args[i].split(" ", -1);
      Path folder = Files.createDirectories(Path.of(args[0], model[0]));
      write(folder, model[0]);
      measure(model[0], folder, Precision.parse(model[1]));
      Files.delete(folder.resolve("model.safetensors"));
    }
  }

  /** What is done once in a process, whatever is loaded. */
  private static void warmUp() {
    for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
      load(TinyModel.bert(), precision).close();
    }
  }

  private static Backbone load(Path folder, Precision precision) {
    return BackboneFamilies.standard()
        .load(ModelFolder.open(folder), Engine.recorded(precision, KernelPlan.plain()));
  }

  private static void measure(String family, Path folder, Precision precision) {
    Machine.resetPeakMemory();
    long before = Machine.peakMemoryBytes();
    try (Backbone backbone = load(folder, precision)) {
      long peak = Machine.peakMemoryBytes() - before;
      long held =
          Scope.run(
              () -> backbone.namedWeights().values().stream().mapToLong(Tensor::nbytes).sum());
      System.out.printf("%s %s %d %d%n", family, precision.label(), held >> 10, peak >> 10);
    }
  }

  private static void write(Path folder, String family) throws IOException {
    String fields =
        family.equals("bert") ? CONFIGURATION.replace("_size\": 0", "_size\": 2") : CONFIGURATION;
    Files.writeString(folder.resolve("config.json"), fields.formatted(family));
    Path file = folder.resolve("model.safetensors");
    ModelFolder model = ModelFolder.open(folder);
    Scope.run(
        () -> {
          // DeBERTa looks at the file to learn how its head is spelt.
          SafetensorsWriter.write(file, Map.of("none", torch.zeros(1)), Map.of());
          Map<String, Tensor> weights = new HashMap<>();
          ((TransformerFamily<?>) BackboneFamilies.standard().of(model))
              .layout(model)
              .shapes()
              .forEach(
                  (name, shape) ->
                      weights.put(
                          name, torch.zeros(shape.stream().mapToLong(size -> size).toArray())));
          SafetensorsWriter.write(file, weights, Map.of());
        });
  }
}
