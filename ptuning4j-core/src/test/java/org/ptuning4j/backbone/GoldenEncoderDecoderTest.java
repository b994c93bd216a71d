package org.ptuning4j.backbone;

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
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Encoder–decoders against another implementation: the states of both halves, scores, loss, soft
 * tokens at the source, prefixes before the target, their gradients, and what is written, token for
 * token, computed anew each time and with keys and values kept.
 */
class GoldenEncoderDecoderTest {

  private static final double TOLERANCE = 1e-4;
  private static final int IGNORED = -100;

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

  private static Stream<DynamicTest> tests(Engine engine) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c :
          GoldenSet.cases(folder, "t5", "t5_encoder", "t5_soft", "t5_prefix", "t5_generate")) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c, engine))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).hasSizeGreaterThanOrEqualTo(10);
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      assertThat(backbone.spec().direction()).isEqualTo(Direction.ENCODER_DECODER);
      assertThat(backbone.spec().hasLanguageModel()).isTrue();
      switch (c.text("kind")) {
        case "t5" -> checkStates(c, backbone);
        case "t5_encoder" -> checkEncoder(c, backbone);
        case "t5_soft" -> checkSoftTokens(c, backbone);
        case "t5_prefix" -> checkPrefix(c, backbone);
        default -> checkContinuation(c, backbone);
      }
    }
  }

  /** In bf16, as a share of the norms: last states and scores 3 %, a prefix's gradient 8 %. */
  @TestFactory
  Stream<DynamicTest> bf16() {
    Engine engine = Engine.recorded(Precision.BF16, KernelPlan.plain());
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "t5", "t5_prefix")) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> narrow(c, engine))));
      }
    }
    return tests.stream();
  }

  private static void narrow(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      TokenBatch tokens = TokenBatch.of(rows(c), 0);
      Optional<Tensor> prefix =
          c.has("prefix")
              ? Optional.of(c.input("prefix").set_requires_grad(true))
              : Optional.empty();
      Injection injection =
          prefix
              .map(matrix -> engine.place(matrix, Dtype.BF16))
              .map(matrix -> beforeTarget(matrix, backbone.spec(), tokens.rows()))
              .map(prefixes -> Injection.deep(prefixes, Optional.empty()))
              .orElse(Injection.none());
      Tensor expected = c.output("logits");
      Tensor read = target(backbone, tokens, injection, Math.toIntExact(expected.size(1)));
      Tensor logits = backbone.languageModel().logits(read);
      assertNear("scores", logits.view_as(expected), expected, 0.03);
      if (prefix.isPresent()) {
        loss(c, logits).backward();
        assertNear("gradient", prefix.get().grad(), c.output("grad_prefix"), 0.08);
      } else {
        int last = c.keys("outputs", "decoder_hidden_states.").size() - 1;
        Tensor states = c.output("decoder_hidden_states." + last);
        assertNear("states", read.view_as(states), states, 0.03);
      }
    }
  }

  private static void assertNear(String what, Tensor found, Tensor expected, double bound) {
    Tensor difference = found.detach().to(Dtype.F32.scalarType()).sub(expected);
    double distance = difference.norm().item_double() / expected.norm().item_double();
    // Above zero, so that nothing was computed in fp32 by mistake.
    assertThat(distance).as(what).isBetween(1e-4, bound);
  }

  private static void checkStates(Case c, Backbone backbone) {
    TokenBatch tokens = TokenBatch.of(rows(c), 0);
    compare(c, backbone, tokens, Injection.none());
    List<Tensor> states =
        backbone
            .forward(
                tokens,
                Injection.none(),
                ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates())
            .hiddenStates();
    int reading = backbone.spec().readingLayers();
    for (int layer = 0; layer < states.size(); layer++) {
      boolean written = layer > reading;
      String role =
          written
              ? "decoder_hidden_states." + (layer - reading - 1)
              : "encoder_hidden_states." + layer;
      Tensor expected = c.output(role);
      long[] mask = Tensors.longs(c.input("attention_mask"));
      for (int row = 0; row < expected.size(0); row++) {
        int columns = Math.toIntExact(expected.size(1));
        int first = row * columns;
        long length = written ? columns : Arrays.stream(mask, first, first + columns).sum();
        assertClose(
            role + " of row " + row,
            states.get(layer).select(0, row).narrow(0, 0, length),
            expected.select(0, row).narrow(0, 0, length),
            TOLERANCE,
            0);
      }
    }
    assertThat(states)
        .hasSize(
            c.keys("outputs", "encoder_hidden_states.").size()
                + c.keys("outputs", "decoder_hidden_states.").size());
  }

  private static void checkEncoder(Case c, Backbone backbone) {
    Tensor found =
        backbone
            .forward(c.tokens(""), Injection.none(), ForwardOptions.evaluation(Positions.ALL))
            .lastHidden();
    assertClose("last hidden", found, c.output("last_hidden_state"), TOLERANCE, 0);
    Tensor first =
        backbone
            .forward(c.tokens(""), Injection.none(), ForwardOptions.evaluation(Positions.ANCHOR))
            .first();
    assertClose("first", first, c.output("last_hidden_state").select(1, 0), TOLERANCE, 0);
  }

  private static void checkSoftTokens(Case c, Backbone backbone) {
    Tensor soft = c.input("soft").set_requires_grad(true);
    int length = Math.toIntExact(soft.size(0));
    TokenBatch tokens =
        TokenBatch.of(rows(c).stream().map(row -> row.withPrefix(length)).toList(), 0);
    Injection injection = Injection.inputs(Prefixes.softTokens(tokens, soft));
    compare(c, backbone, tokens, injection).backward();
    assertClose("grad_soft", soft.grad(), c.output("grad_soft"), 1e-4, 1e-3);
  }

  /** PEFT's prefix of encoder–decoders: before the target only. */
  private static void checkPrefix(Case c, Backbone backbone) {
    Tensor prefix = c.input("prefix").set_requires_grad(true);
    TokenBatch tokens = TokenBatch.of(rows(c), 0);
    Injection injection =
        Injection.deep(beforeTarget(prefix, backbone.spec(), tokens.rows()), Optional.empty());
    compare(c, backbone, tokens, injection).backward();
    assertClose("grad_prefix", prefix.grad(), c.output("grad_prefix"), 1e-4, 1e-3);
  }

  /** The matrix {@code [P, d·2·K·d]} over the decoder's layers. */
  static Map<Integer, LayerPrefix> beforeTarget(Tensor matrix, BackboneSpec spec, int rows) {
    int layers = (spec.layers() - spec.readingLayers()) / 2;
    BackboneSpec decoder =
        new BackboneSpec(
            spec.modelType(),
            layers,
            spec.hidden(),
            spec.heads(),
            spec.keyValueHeads(),
            spec.headSize(),
            spec.embeddingWidth(),
            spec.maxPositions(),
            spec.vocabulary(),
            0,
            false,
            true,
            spec.dropout());
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    Prefixes.ofMatrix(matrix, decoder, rows)
        .forEach((layer, prefix) -> prefixes.put(spec.readingLayers() + layer, prefix));
    return prefixes;
  }

  /** Compares scores and loss of the target, and gives the loss. */
  private static Tensor compare(Case c, Backbone backbone, TokenBatch tokens, Injection injection) {
    Tensor expected = c.output("logits"); // [B, m, V]
    Tensor read = target(backbone, tokens, injection, Math.toIntExact(expected.size(1)));
    Tensor logits = backbone.languageModel().logits(read);
    assertClose("logits", logits.view_as(expected), expected, TOLERANCE, 0);
    Tensor loss = loss(c, logits);
    double recorded = c.output("loss").item_float();
    assertThat((double) loss.item_float()).isCloseTo(recorded, within(1e-5 * recorded));
    long[] labels = Tensors.longs(c.input("labels"));
    long[] known = known(labels);
    int[] words = Arrays.stream(known).mapToInt(i -> (int) labels[(int) i]).toArray();
    Tensor likelihoods =
        backbone
            .languageModel()
            .likelihoods(read.index_select(0, Tensors.of(known, known.length)), words);
    assertThat(-likelihoods.select(1, 0).mean().item_double())
        .isCloseTo(recorded, within(1e-5 * recorded));
    return loss;
  }

  /** The states of the target's columns, {@code [B · m, H]}. */
  private static Tensor target(
      Backbone backbone, TokenBatch tokens, Injection injection, int columns) {
    Tensor states =
        backbone
            .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
            .lastHidden(); // [B, n, H]
    long[] places =
        IntStream.range(0, tokens.rows() * columns)
            .mapToLong(
                at ->
                    (long) at / columns * tokens.columns()
                        + tokens.geometry().targets()[at / columns]
                        + at % columns)
            .toArray();
    return states
        .reshape(-1, backbone.spec().hidden())
        .index_select(0, Tensors.of(places, places.length));
  }

  private static Tensor loss(Case c, Tensor logits) {
    long[] labels = Tensors.longs(c.input("labels"));
    long[] known = known(labels);
    long[] right = Arrays.stream(known).map(i -> labels[(int) i]).toArray();
    return torch.cross_entropy_loss(
        logits.index_select(0, Tensors.of(known, known.length)), Tensors.of(right, right.length));
  }

  private static long[] known(long[] labels) {
    return IntStream.range(0, labels.length)
        .filter(i -> labels[i] != IGNORED)
        .asLongStream()
        .toArray();
  }

  private static void checkContinuation(Case c, Backbone backbone) {
    List<TokenRow> rows = sources(c).stream().map(source -> row(source, 0)).toList();
    assertThat(anew(rows, c, backbone)).isTrue();
    assertThat(goingOn(rows, c, backbone)).isTrue();
  }

  private static boolean anew(List<TokenRow> beginnings, Case c, Backbone backbone) {
    Tensor expected = c.output("tokens"); // [B, steps]
    List<TokenRow> rows = new ArrayList<>(beginnings);
    for (int step = 0; step < steps(c); step++) {
      Tensor states =
          backbone
              .forward(
                  TokenBatch.of(rows, 0),
                  Injection.none(),
                  ForwardOptions.evaluation(Positions.ANCHOR))
              .first();
      long[] next = likeliest(backbone, states);
      assertThat(next).as("step " + step).isEqualTo(tokens(expected, step));
      for (int row = 0; row < rows.size(); row++) {
        rows.set(row, longer(rows.get(row), next[row]));
      }
    }
    return true;
  }

  private static boolean goingOn(List<TokenRow> rows, Case c, Backbone backbone) {
    Tensor expected = c.output("tokens");
    ForwardOptions options = ForwardOptions.evaluation(Positions.ANCHOR).withKeysAndValues();
    return Autograd.inference(
        () -> {
          BackboneOutput output =
              backbone.forward(TokenBatch.of(rows, 0), Injection.none(), options);
          for (int step = 0; step < steps(c); step++) {
            long[] next = likeliest(backbone, output.first());
            assertThat(next).as("step " + step).isEqualTo(tokens(expected, step));
            output =
                backbone.forward(
                    oneEach(next), Injection.deep(output.past(), Optional.empty()), options);
          }
          return true;
        });
  }

  private static int steps(Case c) {
    return Math.toIntExact(c.output("tokens").size(1));
  }

  private static long[] tokens(Tensor expected, int step) {
    return Tensors.longs(expected.select(1, step));
  }

  private static long[] likeliest(Backbone backbone, Tensor states) {
    return Tensors.longs(
        backbone.languageModel().logits(states).argmax(new LongOptional(1), false));
  }

  private static TokenBatch oneEach(long[] ids) {
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 1);
    return new TokenBatch(ids.length, 1, ids, mask, new long[ids.length])
        .with(Geometry.PLAIN.withTargets(new int[ids.length]));
  }

  private static TokenRow longer(TokenRow row, long next) {
    int[] ids = Arrays.copyOf(row.ids(), row.length() + 1);
    ids[row.length()] = Math.toIntExact(next);
    return TokenRow.of(ids, new int[ids.length])
        .withAnchor(row.length())
        .withTarget(row.target().getAsInt());
  }

  /** Each row's source without its padding. */
  private static List<int[]> sources(Case c) {
    Tensor ids = c.input("input_ids");
    int columns = Math.toIntExact(ids.size(1));
    long[] flat = Tensors.longs(ids);
    long[] mask = c.has("attention_mask") ? Tensors.longs(c.input("attention_mask")) : null;
    List<int[]> sources = new ArrayList<>();
    for (int row = 0; row < ids.size(0); row++) {
      int first = row * columns;
      sources.add(
          IntStream.range(first, first + columns)
              .filter(at -> mask == null || mask[at] != 0)
              .map(at -> Math.toIntExact(flat[at]))
              .toArray());
    }
    return sources;
  }

  /** Sources with the targets that the case has. */
  private static List<TokenRow> rows(Case c) {
    Tensor targets = c.input("decoder_input_ids");
    int columns = Math.toIntExact(targets.size(1));
    long[] flat = Tensors.longs(targets);
    List<int[]> sources = sources(c);
    return IntStream.range(0, sources.size())
        .mapToObj(
            row ->
                row(
                    sources.get(row),
                    IntStream.range(row * columns, (row + 1) * columns)
                        .map(at -> Math.toIntExact(flat[at]))
                        .toArray()))
        .toList();
  }

  private static TokenRow row(int[] source, int... target) {
    int[] ids = IntStream.concat(Arrays.stream(source), Arrays.stream(target)).toArray();
    return TokenRow.of(ids, new int[ids.length])
        .withAnchor(ids.length - 1)
        .withTarget(source.length);
  }
}
