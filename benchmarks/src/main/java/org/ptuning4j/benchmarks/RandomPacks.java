package org.ptuning4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Writes packs of P-Tuning v2 with random values: what they answer means nothing, and takes as long
 * as if it did.
 *
 * @param folder gets a folder for each pack
 * @param layers the layers with a prompt, such as {@code all} or {@code top:2}
 * @param length P
 */
record RandomPacks(Path folder, String layers, int length) {

  private static final int LABELS = 3;

  /** The packs; those that are there already are not written again. */
  List<Path> write(Path model, int count) {
    List<Path> packs = new ArrayList<>();
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(model), Engine.open(Precision.FP32))) {
      for (int i = 0; i < count; i++) {
        Path pack = folder.resolve("pack-" + i);
        if (!Files.isDirectory(pack)) {
          save(pack, backbone, RandomStream.of(i));
        }
        packs.add(pack);
      }
    }
    return packs;
  }

  private void save(Path pack, Backbone backbone, RandomStream random) {
    BackboneSpec spec = backbone.spec();
    List<Integer> own = new LayerRange(layers).indices(spec.layers());
    LinearHeadSpec headSpec = LinearHeadSpec.sequence(LABELS, SequenceInput.FIRST_TOKEN, 0);
    Scope.run(
        () -> {
          try (Head head = headSpec.create(backbone, random);
              DeepPrompt prompt =
                  DeepPrompt.of(
                      random.gaussian(0.5, length, (long) spec.prefixWidth() * own.size()),
                      own,
                      PositionConvention.UNSHIFTED,
                      spec,
                      backbone.engine())) {
            Pack.save(pack, facts(backbone, prompt), Optional.of(prompt), head, Optional.empty());
          }
        });
  }

  private static PackFacts facts(Backbone backbone, DeepPrompt prompt) {
    BackboneSpec spec = backbone.spec();
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("kind", "sequence");
    head.put("labels", LABELS);
    head.put("input", SequenceInput.FIRST_TOKEN.label());
    head.put("dropout", 0);
    return new PackFacts(
        PackFacts.FORMAT,
        "p-tuning-v2",
        Map.of(),
        prompt.description(false),
        head,
        task(),
        new PackFacts.BackboneId(
            "benchmark",
            spec.modelType(),
            spec.layers(),
            spec.hidden(),
            backbone.weightsHash(),
            null),
        new PackFacts.Provenance("fp32", 0, 0, Map.of(), Map.of(), Map.of()),
        Map.of());
  }

  private static Map<String, Object> task() {
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("kind", "sequence-classification");
    task.put("name", "random");
    task.put("text", "{text}");
    task.put("pair", null);
    task.put("label_column", "label");
    task.put("labels", List.of("a", "b", "c"));
    task.put("metrics", List.of("accuracy"));
    task.put("truncation", "LONGEST_FIRST");
    task.put("max_length", 128);
    return task;
  }
}
