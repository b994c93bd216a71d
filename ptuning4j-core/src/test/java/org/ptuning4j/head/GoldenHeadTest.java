package org.ptuning4j.head;

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
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.PublishedHeads;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.module.PrefixEncoder;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** Logits, loss and the gradients of prefix and head, against another implementation. */
class GoldenHeadTest {

  private static final double TOLERANCE = 1e-4;
  private static final String[] KINDS = {
    "seqcls", "regression", "multilabel", "mc", "tokcls", "qa"
  };
  private static final Map<String, SequenceInput> INPUTS =
      Map.of(
          "pooler_linear",
          SequenceInput.POOLER,
          "modernbert_head",
          SequenceInput.POOLER,
          "roberta_head",
          SequenceInput.DENSE,
          "score_last",
          SequenceInput.LAST_TOKEN);

  @TestFactory
  Stream<DynamicTest> plainKernels() {
    return tests(Engine.reference());
  }

  @TestFactory
  Stream<DynamicTest> fastKernels() {
    KernelPlan fast =
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED);
    return tests(Engine.recorded(Precision.FP32, fast));
  }

  @TestFactory
  Stream<DynamicTest> wordsAtAMask() {
    Engine engine = Engine.reference();
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "ptuning_v1")) {
        if (c.has("prompts")) {
          tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> words(c, engine))));
        }
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  private static Stream<DynamicTest> tests(Engine engine) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, KINDS)) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  private static boolean overTokens(Case c) {
    return kind(c).equals("tokcls") || kind(c).equals("qa");
  }

  private static String kind(Case c) {
    return c.text("kind");
  }

  private static void check(Case c, Engine engine) {
    if (!overTokens(c) && !INPUTS.containsKey(c.text("head"))) {
      checkPublishedHead(c, engine);
      return;
    }
    assertThat(c.text("adapter")).as("adapter").isIn("", "prefix");
    assertThat(c.has("prefix")).isEqualTo(c.text("adapter").equals("prefix"));
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine);
        Head head = spec(c).restore(backbone, values(c))) {
      Optional<PrefixEncoder> prefix =
          c.has("prefix") ? Optional.of(prefix(c, backbone)) : Optional.empty();
      TokenBatch tokens = c.tokens("");
      List<Item> items = items(c, tokens);
      Injection injection =
          prefix.map(p -> p.inject(tokens, Dropout.off())).orElse(Injection.none());
      Tensor states =
          backbone.forward(tokens, injection, ForwardOptions.evaluation(head.reads())).lastHidden();
      Tensor read = overTokens(c) ? PublishedHeads.before(c, states) : states;
      Tensor scores = head.scores(new HeadInput(backbone, read, items, Dropout.off()));
      compareScores(c, tokens, head.split(scores, items));
      Tensor loss = head.loss(withPadding(c, tokens, scores), items).mean();
      double expected = c.output("loss").item_float();
      assertThat((double) loss.item_float())
          .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
      if (prefix.isPresent()) {
        loss.backward();
        compareGradients(c, prefix.get(), head);
        prefix.get().close();
      }
    }
  }

  /**
   * A span's loss is over padding too, where a windowed model of the other implementation has
   * numbers of its own (a query that meets no key): those are taken from it.
   */
  private static Tensor withPadding(Case c, TokenBatch tokens, Tensor scores) {
    String type = ModelFolder.open(c.folder().resolve("model")).modelType();
    if (!kind(c).equals("qa") || !type.equals("modernbert")) {
      return scores;
    }
    Tensor expected =
        torch
            .stack(new TensorVector(c.output("start_logits"), c.output("end_logits")), 2)
            .view_as(scores); // [B·n, 2]
    Tensor mask = Tensors.of(tokens.mask(), tokens.mask().length, 1).gt(new Scalar(0));
    return torch.where(mask, scores, expected);
  }

  /** A head that is none of the library's: the states under it, and their gradient. */
  private static void checkPublishedHead(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      Optional<PrefixEncoder> prefix =
          c.has("prefix") ? Optional.of(prefix(c, backbone)) : Optional.empty();
      TokenBatch tokens = c.tokens("");
      Injection injection =
          prefix.map(p -> p.inject(tokens, Dropout.off())).orElse(Injection.none());
      Tensor read = PublishedHeads.read(c, backbone, tokens, injection);
      Tensor expected = c.output("logits");
      Tensor logits = PublishedHeads.logits(c, backbone, read).view_as(expected);
      assertClose("logits", logits, expected, TOLERANCE, 0);
      Tensor loss = torch.cross_entropy_loss(logits, c.input("labels"));
      assertThat((double) loss.item_float()).isCloseTo(c.output("loss").item_float(), within(1e-4));
      if (prefix.isPresent()) {
        loss.backward();
        Tensor gradient = prefix.get().parameters().get(0).tensor().grad();
        assertClose("grad_prefix", gradient, c.output("grad_prefix"), 1e-4, 1e-3);
        prefix.get().close();
      }
    }
  }

  private static void compareGradients(Case c, PrefixEncoder prefix, Head head) {
    Tensor found = prefix.parameters().get(0).tensor().grad();
    assertClose("grad_prefix", found, c.output("grad_prefix"), 1e-4, 1e-3);
    Map<String, Tensor> own = new HashMap<>();
    head.parameters().forEach(each -> own.put(each.name(), each.tensor().grad()));
    c.keys("outputs", "grad_head/")
        .forEach(
            (name, key) -> assertClose(name, own.get(ownName(c, name)), c.read(key), 1e-4, 1e-3));
    assertThat(c.keys("outputs", "grad_head/")).isNotEmpty();
  }

  /** At all positions that are not padding. */
  private static void compareScores(Case c, TokenBatch tokens, List<float[]> scores) {
    float[][] expected =
        kind(c).equals("qa")
            ? new float[][] {
              Tensors.floats(c.output("start_logits")), Tensors.floats(c.output("end_logits"))
            }
            : new float[][] {Tensors.floats(c.output("logits"))};
    int perItem = scores.get(0).length / expected.length;
    int perPosition = Math.max(1, perItem / tokens.columns());
    for (int item = 0; item < scores.size(); item++) {
      for (int i = 0; i < scores.get(item).length; i++) {
        int within = i % perItem;
        boolean padding =
            overTokens(c) && tokens.mask()[item * tokens.columns() + within / perPosition] == 0;
        if (!padding) {
          assertThat((double) scores.get(item)[i])
              .as("score %d of item %d", i, item)
              .isCloseTo(expected[i / perItem][item * perItem + within], within(TOLERANCE));
        }
      }
    }
    assertThat(scores.size() * perItem).isEqualTo(expected[0].length);
  }

  private static HeadSpec spec(Case c) {
    SequenceInput input = INPUTS.get(c.text("head"));
    return switch (kind(c)) {
      case "seqcls" -> LinearHeadSpec.sequence(outputs(c), input, 0);
      case "regression" -> LinearHeadSpec.regression(input, 0);
      case "multilabel" -> LinearHeadSpec.multiLabel(outputs(c), input, 0);
      case "mc" -> LinearHeadSpec.choice(input, 0);
      case "tokcls" -> new TokenHeadSpec(outputs(c), 0);
      case "qa" -> new SpanHeadSpec();
      default -> throw new IllegalArgumentException(kind(c));
    };
  }

  private static int outputs(Case c) {
    return Math.toIntExact(c.output("logits").size(-1));
  }

  private static Map<String, Tensor> values(Case c) {
    Map<String, Tensor> values = new HashMap<>();
    c.node()
        .get("head_params")
        .properties()
        .forEach(
            field -> values.put(ownName(c, field.getKey()), c.read(field.getValue().asText())));
    if (c.text("head").equals("score_last")) {
      values.put("classifier.bias", torch.zeros(outputs(c))); // decoders' published code has none
    }
    return values;
  }

  /** Families' published code differs in what it calls the head. */
  private static String ownName(Case c, String published) {
    return kind(c).equals("qa")
        ? published.replace("classifier.", "qa_outputs.")
        : published.replace("score.", "classifier.");
  }

  /** The other implementation's heads over tokens read padding too; so they do here. */
  private static List<Item> items(Case c, TokenBatch tokens) {
    int columns = tokens.columns();
    int[] everywhere = IntStream.range(0, columns).toArray();
    int rowsOfItem = kind(c).equals("mc") ? Math.toIntExact(c.input("input_ids").size(1)) : 1;
    int count = tokens.rows() / rowsOfItem;
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Item item =
          overTokens(c)
              ? Item.ofTokens(row(columns), everywhere, new int[0])
              : Item.ofCandidates(
                  IntStream.range(i * rowsOfItem, (i + 1) * rowsOfItem)
                      .mapToObj(each -> row(tokens.length(each)))
                      .toList());
      items.add(item.withTarget(target(c, i, count, columns)));
    }
    return items;
  }

  private static TokenRow row(int length) {
    return TokenRow.of(new int[length], new int[length]);
  }

  private static Target target(Case c, int item, int items, int columns) {
    if (kind(c).equals("qa")) {
      long start = Tensors.longs(c.input("start_positions"))[item];
      long end = Tensors.longs(c.input("end_positions"))[item];
      return HeadCase.span(
          start < columns ? Math.toIntExact(start) : -1, end < columns ? Math.toIntExact(end) : -1);
    }
    float[] labels = Tensors.floats(c.input("labels"));
    int each = labels.length / items;
    int[] own = new int[each];
    Arrays.setAll(own, i -> (int) labels[item * each + i]);
    return switch (kind(c)) {
      case "seqcls", "mc" -> HeadCase.choice(own[0]);
      case "regression" -> new Target.Value(labels[item]);
      case "multilabel" -> HeadCase.labelSet(own);
      case "tokcls" -> HeadCase.tags(own);
      default -> throw new IllegalArgumentException(kind(c));
    };
  }

  private static PrefixEncoder prefix(Case c, Backbone backbone) {
    Tensor prefix = c.input("prefix");
    PTuningV2 method =
        new PTuningV2(
            Math.toIntExact(prefix.size(0)),
            LayerRange.all(),
            Optional.empty(),
            0,
            PositionConvention.parse(c.text("position_convention")),
            NormalInitialisation.NORMAL);
    return PrefixEncoder.of(
        method,
        backbone.spec(),
        backbone.engine(),
        Map.of("prefix_encoder.embedding.weight", prefix));
  }

  /** P-tuning: soft tokens around the text, label words and the whole vocabulary at the mask. */
  private static void words(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      List<Item> items = maskedItems(c);
      TokenBatch tokens = TokenBatch.of(items.stream().map(item -> item.rows().get(0)).toList(), 0);
      Tensor prompts = c.input("prompts").set_requires_grad(true); // [S, E]
      long[] slots =
          Arrays.stream(tokens.softPlaces()).map(at -> tokens.slots()[(int) at]).toArray();
      Tensor vectors =
          prompts.index_select(0, engine.place(Tensors.of(slots, slots.length), Dtype.I64));
      Injection injection = Injection.inputs(new InputVectors(tokens.softPlaces(), vectors));
      VocabularyHeadSpec all = new VocabularyHeadSpec(List.of());
      List<Integer> ids =
          LongStream.of(Tensors.longs(c.input("verbalizer_ids"))).mapToObj(id -> (int) id).toList();
      VerbalizerHeadSpec some = new VerbalizerHeadSpec(ids.stream().map(List::of).toList(), false);
      try (Head vocabulary = all.create(backbone, RandomStream.of(1));
          Head chosen = new VocabularyHeadSpec(ids).create(backbone, RandomStream.of(1));
          Head verbalizer = some.create(backbone, RandomStream.of(1))) {
        Tensor states =
            backbone
                .forward(tokens, injection, ForwardOptions.evaluation(verbalizer.reads()))
                .lastHidden();
        HeadInput input = new HeadInput(backbone, states, items, Dropout.off());
        Tensor labels = c.output("verbalizer_logits");
        assertClose("verbalizer", verbalizer.scores(input), labels, TOLERANCE, 0);
        Tensor scores = vocabulary.scores(input);
        assertClose("vocabulary", scores, c.output("logits"), TOLERANCE, 0);
        List<float[]> split = chosen.split(scores, items);
        for (int i = 0; i < items.size(); i++) {
          assertThat(split.get(i))
              .containsExactly(Tensors.floats(labels.select(0, i)), within(1e-4f));
        }
        Tensor loss = vocabulary.loss(scores, items).mean();
        assertThat((double) loss.item_float())
            .isCloseTo(c.output("loss").item_float(), within(1e-4));
        loss.backward();
        assertClose("grad_prompts", prompts.grad(), c.output("grad_prompts"), 1e-4, 1e-3);
      }
    }
  }

  /** Rows without their padding, the soft tokens numbered from left to right. */
  private static List<Item> maskedItems(Case c) {
    long[] ids = Tensors.longs(c.input("input_ids"));
    long[] mask = Tensors.longs(c.input("attention_mask"));
    long[] soft = Tensors.longs(c.input("prompt_positions"));
    long[] anchors = Tensors.longs(c.input("mask_positions"));
    long[] targets = Tensors.longs(c.input("target_ids"));
    int columns = ids.length / anchors.length;
    int perRow = soft.length / anchors.length;
    List<Item> items = new ArrayList<>();
    for (int row = 0; row < anchors.length; row++) {
      int from = row * columns;
      int length = (int) LongStream.of(Arrays.copyOfRange(mask, from, from + columns)).sum();
      int[] own = new int[length];
      Arrays.setAll(own, i -> (int) ids[from + i]);
      int[] slots = new int[length];
      Arrays.fill(slots, TokenRow.WORD);
      for (int s = 0; s < perRow; s++) {
        slots[(int) soft[row * perRow + s]] = s;
      }
      items.add(
          Item.of(new TokenRow(own, new int[length], slots, (int) anchors[row]))
              .withTarget(HeadCase.choice((int) targets[row])));
    }
    return items;
  }
}
