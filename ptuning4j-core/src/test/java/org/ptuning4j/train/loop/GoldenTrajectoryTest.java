package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.module.PrefixEncoder;
import org.ptuning4j.prompt.module.PromptEncoder;
import org.ptuning4j.prompt.module.SoftTokenTraining;
import org.ptuning4j.prompt.module.SoftTokens;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Training steps, with warm-up, clipping and weight decay, against another implementation. Every
 * hyper-parameter is the case's own; a case with one that is not known here fails.
 */
class GoldenTrajectoryTest {

  private static final Path FOLDER = GoldenSet.folder().resolve("training");

  @TestFactory
  Stream<DynamicTest> trajectories() {
    Assumptions.assumeTrue(
        FOLDER.toFile().isDirectory(), "no training cases in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (Case c : GoldenSet.cases(FOLDER, "trajectory")) {
      tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c))));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static Path model(Case c) {
    return GoldenSet.folder().resolve(c.text("model_dir"));
  }

  private static void check(Case c) {
    TrajectorySettings settings = TrajectorySettings.of(c);
    try (Backbone backbone =
            BackboneFamilies.standard().load(ModelFolder.open(model(c)), Engine.reference());
        PromptModule prompt = prompt(c, backbone);
        Lesson lesson = lesson(c, backbone)) {
      List<Parameter> parameters = new ArrayList<>(prompt.parameters());
      parameters.addAll(lesson.parameters());
      parameters.replaceAll(
          each -> new Parameter(each.name(), each.tensor(), settings.isDecayed(each.name())));
      int steps = settings.steps();
      float[] losses = Tensors.floats(c.output("loss"));
      float[] norms = Tensors.floats(c.output("grad_norm"));
      float[] rates = Tensors.floats(c.output("lr"));
      try (AdamW optimiser = new AdamW(parameters, settings.optimiser())) {
        for (int step = 0; step < steps; step++) {
          int now = step;
          optimiser.zeroGradients();
          double loss =
              Scope.run(
                  () -> {
                    Tensor found = lesson.loss(prompt, now);
                    found.backward();
                    return (double) found.item_float();
                  });
          assertThat(loss).as("loss of step " + step).isCloseTo(losses[step], within(1e-4));
          double norm = optimiser.gradientNorm();
          assertThat(norm)
              .as("norm of step " + step)
              .isCloseTo(norms[step], within(1e-4 * norms[step] + 1e-7));
          double rate = settings.learningRate() * settings.schedule().factor(step, steps, 0);
          assertThat(rate).isCloseTo(rates[step], within(1e-8));
          optimiser.step(rate, Trainer.clipFactor(norm, settings.clip()));
          compare(c, "after_step_" + (step + 1) + "/", parameters);
        }
      }
    }
  }

  /** What is trained besides the prompt, and what a step is measured by. */
  private interface Lesson extends AutoCloseable {

    List<Parameter> parameters();

    Tensor loss(PromptModule prompt, int step);

    @Override
    void close();
  }

  private static Lesson lesson(Case c, Backbone backbone) {
    return c.text("adapter").equals("soft")
        ? new NextTokens(c, backbone)
        : new Labels(c, backbone, head(c, backbone));
  }

  /** A label for each row. */
  private record Labels(Case c, Backbone backbone, Head head) implements Lesson {

    @Override
    public List<Parameter> parameters() {
      return head.parameters();
    }

    @Override
    public Tensor loss(PromptModule prompt, int step) {
      TokenBatch tokens = batch(c, step);
      BackboneOutput output =
          backbone.forward(
              tokens,
              prompt.inject(tokens, Dropout.off()),
              ForwardOptions.evaluation(head.reads()));
      Tensor labels = c.input(c.has("batch/labels") ? "batch/labels" : "batch/target_ids");
      Tensor mine = labels.dim() == 2 ? labels.select(0, step) : labels;
      Item row = Item.of(TokenRow.of(new int[1], new int[1]));
      List<Item> items =
          Arrays.stream(Tensors.longs(mine))
              .mapToObj(label -> row.withTarget(new Target.Choice((int) label)))
              .toList();
      HeadInput input = new HeadInput(backbone, output.lastHidden(), items, Dropout.off());
      return head.loss(head.scores(input), items).mean();
    }

    @Override
    public void close() {
      head.close();
    }
  }

  /** The next token at each place with a label, soft tokens before the text. */
  private record NextTokens(Case c, Backbone backbone) implements Lesson {

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }

    @Override
    public Tensor loss(PromptModule prompt, int step) {
      Tensor ids = part(c, "input_ids", step);
      int rows = Math.toIntExact(ids.size(0));
      int length = Math.toIntExact(c.input("init/soft").size(0));
      int[] words = ints(ids);
      int text = words.length / rows;
      long[] mask = Tensors.longs(part(c, "attention_mask", step));
      long[] labels = Tensors.longs(part(c, "labels", step));
      List<TokenRow> made = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        int from = row * text;
        int own = (int) Arrays.stream(mask, from, from + text).sum();
        made.add(
            TokenRow.of(Arrays.copyOfRange(words, from, from + own), new int[own])
                .withPrefix(length));
      }
      TokenBatch tokens = TokenBatch.of(made, 0);
      Tensor states =
          backbone
              .forward(
                  tokens,
                  prompt.inject(tokens, Dropout.off()),
                  ForwardOptions.evaluation(Positions.ALL))
              .lastHidden()
              .reshape(-1, backbone.spec().hidden());
      int[] foretold = IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
      long[] places =
          IntStream.of(foretold)
              .mapToLong(i -> (long) i / text * tokens.columns() + length + i % text - 1)
              .toArray();
      long[] targets = IntStream.of(foretold).mapToLong(i -> labels[i]).toArray();
      return torch.cross_entropy_loss(
          backbone
              .languageModel()
              .logits(states.index_select(0, Tensors.of(places, places.length))),
          Tensors.of(targets, targets.length));
    }

    private static int[] ints(Tensor values) {
      return Arrays.stream(Tensors.longs(values)).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
      // nothing of its own
    }
  }

  /**
   * The batch of a step: recorded once for all steps ({@code [B, n]}) or once for each ({@code [S,
   * B, n]}).
   */
  private static TokenBatch batch(Case c, int step) {
    Tensor ids = part(c, "input_ids", step);
    int rows = Math.toIntExact(ids.size(0));
    int columns = Math.toIntExact(ids.size(1));
    long[] types =
        c.has("batch/token_type_ids")
            ? Tensors.longs(part(c, "token_type_ids", step))
            : new long[rows * columns];
    long[] mask = Tensors.longs(part(c, "attention_mask", step));
    if (!c.text("adapter").equals("ptuning_v1")) {
      return new TokenBatch(rows, columns, Tensors.longs(ids), mask, types);
    }
    int length = Math.toIntExact(c.input("init/embedding.weight").size(0));
    int[] slots = new int[rows * columns];
    Arrays.fill(slots, TokenRow.WORD);
    for (int at = 0; at < rows * length; at++) {
      slots[at / length * columns + 1 + at % length] = at % length;
    }
    int[] anchors = new int[rows];
    Arrays.fill(anchors, length + 1); // the mask stands behind the soft tokens
    return new TokenBatch(rows, columns, Tensors.longs(ids), mask, types, slots, anchors);
  }

  private static Tensor part(Case c, String role, int step) {
    Tensor all = c.input("batch/" + role);
    return all.dim() == 3 ? all.select(0, step) : all;
  }

  private static void compare(Case c, String prefix, List<Parameter> parameters) {
    Map<String, String> keys = c.keys("outputs", prefix);
    if (keys.isEmpty()) {
      return;
    }
    for (Parameter parameter : parameters) {
      String key = keys.get(goldenName(c, parameter.name()));
      assertThat(key).as("recorded " + parameter.name()).isNotNull();
      assertClose(prefix + parameter.name(), parameter.tensor(), c.read(key), 1e-4, 0);
    }
  }

  private static String goldenName(Case c, String name) {
    String own = name.replaceFirst("^prefix_encoder\\.", "");
    if (c.has("init/soft")) {
      return "soft";
    }
    return c.has("init/prefix") && own.equals("embedding.weight") ? "prefix" : own;
  }

  private static PromptModule prompt(Case c, Backbone backbone) {
    return switch (c.text("adapter")) {
      case "prefix", "prefix_projection" -> prefix(c, backbone);
      case "soft" ->
          SoftTokens.of(
              PromptTuning.NAME,
              c.input("init/soft"),
              SoftTokenTraining.plain(),
              new PromptContext(
                  backbone.spec(), backbone.engine(), RandomStream.of(1), new NoVocabulary()));
      case "ptuning_v1" -> {
        Map<String, Tensor> values = new HashMap<>();
        c.keys("inputs", "init/").forEach((name, key) -> values.put(name, c.read(key)));
        PTuning method = PTuning.ofLength(Math.toIntExact(values.get("embedding.weight").size(0)));
        yield PromptEncoder.of(
            method.name(),
            method.length(),
            method.encoder(),
            backbone.spec(),
            backbone.engine(),
            values);
      }
      default -> throw new IllegalArgumentException("adapter " + c.text("adapter"));
    };
  }

  private static PrefixEncoder prefix(Case c, Backbone backbone) {
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/")
        .forEach((name, key) -> values.put("prefix_encoder." + name, c.read(key)));
    values.keySet().removeIf(name -> name.contains(".classifier.")); // the head's
    Tensor flat = values.remove("prefix_encoder.prefix");
    boolean projected = flat == null;
    if (!projected) {
      values.put("prefix_encoder.embedding.weight", flat);
    }
    PTuningV2 method =
        new PTuningV2(
            Math.toIntExact(values.get("prefix_encoder.embedding.weight").size(0)),
            LayerRange.all(),
            projected
                ? Optional.of(Math.toIntExact(values.get("prefix_encoder.trans.0.bias").size(0)))
                : Optional.empty(),
            0,
            PositionConvention.SHIFTED,
            NormalInitialisation.NORMAL);
    return PrefixEncoder.of(method, backbone.spec(), backbone.engine(), values);
  }

  private static Head head(Case c, Backbone backbone) {
    if (c.text("adapter").equals("ptuning_v1")) {
      return new VocabularyHeadSpec(List.of()).create(backbone, RandomStream.of(1));
    }
    Map<String, Tensor> values = new HashMap<>();
    c.keys("inputs", "init/").forEach((name, key) -> values.put(name, c.read(key)));
    int labels = Math.toIntExact(values.get("classifier.bias").numel());
    return LinearHeadSpec.sequence(labels, SequenceInput.POOLER, 0).restore(backbone, values);
  }

  /** Nothing is looked up in it: the prompt starts from recorded values. */
  private static final class NoVocabulary implements PromptVocabulary {

    @Override
    public int size() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int[] ids(String text) {
      throw new UnsupportedOperationException(text);
    }

    @Override
    public OptionalInt id(String token) {
      throw new UnsupportedOperationException(token);
    }

    @Override
    public Tensor vectors(int[] ids) {
      throw new UnsupportedOperationException();
    }
  }
}
