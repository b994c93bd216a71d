package org.ptuning4j.pack;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Packs with random tensors: what they hold is as if trained, and two of them differ. */
public record TestPacks(Backbone backbone) {

  /**
   * What to make.
   *
   * @param length of the prompt; 0 for none
   * @param layers that carry it
   * @param labels how many
   */
  public record Form(
      int length,
      String layers,
      PositionConvention positions,
      SequenceInput input,
      int labels,
      boolean pair) {

    /** A prompt of a length over all layers, two labels. */
    public static Form ofLength(int length) {
      return new Form(length, "all", PositionConvention.SHIFTED, SequenceInput.POOLER, 2, false);
    }
  }

  /** Saves a pack over the frozen backbone. */
  public Pack save(Path folder, Form form, long seed) {
    return save(folder, form, seed, Optional.empty());
  }

  /** Saves one with the weights of another model folder, all changed a little. */
  public Pack saveFineTuned(Path folder, Path model, long seed) {
    try (Backbone trained =
        BackboneFamilies.standard().loadTrainable(ModelFolder.open(model), Engine.reference())) {
      Autograd.withoutGraph(
          () ->
              Stream.concat(
                      trained.parameters().stream(), trained.languageModel().parameters().stream())
                  .forEach(p -> Scope.run(() -> p.tensor().mul_(new Scalar(1.1)))));
      return save(folder, Form.ofLength(0), seed, Optional.of(trained));
    }
  }

  private Pack save(Path folder, Form form, long seed, Optional<Backbone> trained) {
    BackboneSpec spec = backbone.spec();
    RandomStream random = RandomStream.of(seed);
    LinearHeadSpec headSpec = LinearHeadSpec.sequence(form.labels(), form.input(), 0);
    try (Head head = head(headSpec, random)) {
      return Scope.run(
          () -> {
            Optional<DeepPrompt> prompt = prompt(form, spec, random);
            Pack pack = Pack.save(folder, facts(form, prompt), prompt, head, trained);
            prompt.ifPresent(DeepPrompt::close);
            return pack;
          });
    }
  }

  /** Wide enough for probabilities that differ from one half. */
  private Head head(LinearHeadSpec spec, RandomStream random) {
    return Scope.run(
        () -> {
          Map<String, Tensor> values = new LinkedHashMap<>();
          try (Head narrow = spec.create(backbone, random)) {
            narrow
                .parameters()
                .forEach(
                    p -> values.put(p.name(), random.gaussian(0.3, Tensors.shape(p.tensor()))));
          }
          return spec.restore(backbone, values);
        });
  }

  private Optional<DeepPrompt> prompt(Form form, BackboneSpec spec, RandomStream random) {
    if (form.length() == 0) {
      return Optional.empty();
    }
    List<Integer> layers = new LayerRange(form.layers()).indices(spec.layers());
    long width = (long) spec.prefixWidth() * layers.size();
    return Optional.of(
        DeepPrompt.of(
            random.gaussian(1, form.length(), width),
            layers,
            form.positions(),
            spec,
            backbone.engine()));
  }

  private PackFacts facts(Form form, Optional<DeepPrompt> prompt) {
    BackboneSpec spec = backbone.spec();
    return new PackFacts(
        PackFacts.FORMAT,
        prompt.isPresent() ? "p-tuning-v2" : "head-only",
        Map.of("lr", 0.01),
        prompt.map(p -> p.description(false)).orElse(null),
        Map.of(
            "kind",
            "sequence",
            "labels",
            form.labels(),
            "input",
            form.input().label(),
            "dropout",
            0),
        task(form),
        new PackFacts.BackboneId(
            "tiny", spec.modelType(), spec.layers(), spec.hidden(), backbone.weightsHash(), null),
        new PackFacts.Provenance(
            "fp32", 11, 3, Map.of("accuracy", 0.75), Map.of("rows", 7), Map.of("java", "17")),
        Map.of());
  }

  private static Map<String, Object> task(Form form) {
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("kind", "sequence-classification");
    task.put("name", "toy");
    task.put("text", "{text}");
    task.put("pair", form.pair() ? "{other}" : null);
    task.put("label_column", "label");
    task.put("labels", IntStream.range(0, form.labels()).mapToObj(i -> "label-" + i).toList());
    task.put("label_names", Map.of("label-0", "nought"));
    task.put("metrics", List.of("accuracy", "macro_f1"));
    task.put("truncation", "LONGEST_FIRST");
    task.put("max_length", 64);
    return task;
  }
}
