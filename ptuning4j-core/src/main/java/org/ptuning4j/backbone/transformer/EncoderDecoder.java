package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Pass;
import org.ptuning4j.backbone.layer.SourceColumns;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * An encoder that reads a source, and a decoder that writes a target and attends to what the
 * encoder gives (Raffel et al., arXiv 1910.10683, section 2.1). A row is the source and then the
 * target; its states are the encoder's last ones where it is source, and the decoder's where it is
 * target. Of rows without a target only the encoder is computed; of rows that go on from keys and
 * values of a source only the decoder.
 *
 * <p>Keys and values, and so prefixes, are counted through: those of the encoder's layers first, 0
 * … e−1, then those of the target in the decoder's, e … e+d−1, then those of the source there, e+d
 * … e+2d−1.
 */
final class EncoderDecoder extends AssembledBackbone {

  private final DecoderParts decoder;

  EncoderDecoder(
      BackboneSpec spec,
      Engine engine,
      String hash,
      org.ptuning4j.backbone.transformer.Positions positions,
      TransformerParts parts,
      LoadedWeights weights,
      Optional<VocabularyModel> languageModel) {
    super(spec, engine, hash, positions, parts, weights, languageModel);
    this.decoder = parts.decoder().orElseThrow();
  }

  /** What the layers of both halves share in a pass; a half that is not computed has none. */
  private record Passes(Optional<Pass> source, Optional<Pass> target) {}

  /** What a pass gives besides its last states. */
  private static final class Given {

    private final List<Tensor> between = new ArrayList<>();
    private final Map<Integer, LayerPrefix> past = new HashMap<>();

    /** The native memory of all of it. */
    List<Tensor> tensors() {
      List<Tensor> tensors = new ArrayList<>(between);
      for (LayerPrefix each : past.values()) {
        tensors.addAll(List.of(each.key(), each.value()));
        each.mask().ifPresent(tensors::add);
      }
      return tensors;
    }
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    SoftTokenCheck.check(tokens, injection, spec);
    if (!(options.layers() instanceof ForwardOptions.Layers.All)) {
      throw new IllegalArgumentException(
          "some of the layers of an encoder–decoder: all are computed, or none");
    }
    SourceAndTarget halves = SourceAndTarget.of(tokens);
    Injection prompts = halves.ofSource(injection);
    Given given = new Given();
    // Layers that are computed a second time still need masks and distances then.
    Optional<Passes> lasting = options.recomputation().map(tape -> passes(halves, options));
    List<Tensor> kept =
        Scope.keepAll(
            () -> {
              Passes passes = lasting.orElseGet(() -> passes(halves, options));
              Optional<Tensor> source =
                  passes.source().map(pass -> read(halves, prompts, pass, given));
              Optional<Tensor> target =
                  passes.target().map(pass -> write(halves, prompts, passes, source, given));
              List<Tensor> results = new ArrayList<>();
              results.add(last(halves, source, target, options.positions()));
              results.addAll(given.tensors());
              return results;
            });
    return new BackboneOutput(kept.get(0), given.between, given.past);
  }

  private Passes passes(SourceAndTarget halves, ForwardOptions options) {
    // What the encoder attended to is not needed to go on: the decoder keeps what it makes of it.
    ForwardOptions ofSource =
        options.keysAndValues() == KeysAndValues.PAST ? options.with(KeysAndValues.NONE) : options;
    return new Passes(
        halves.source().map(tokens -> pass(parts.layers(), tokens, ofSource)),
        halves.target().map(tokens -> pass(decoder.layers(), tokens, options)));
  }

  /** Nothing is turned by its position. */
  private Pass pass(List<TransformerLayer> layers, TokenBatch tokens, ForwardOptions options) {
    return pass(layers, tokens, new int[tokens.ids().length], options);
  }

  /** The encoder's last states, {@code [B, s, H]}, or of the anchors where no more is needed. */
  private Tensor read(SourceAndTarget halves, Injection prompts, Pass pass, Given given) {
    TokenBatch tokens = halves.source().orElseThrow();
    Tensor x = Scope.keep(() -> embed(pass, tokens, List.of(), prompts)); // [B, s, H]
    int last = parts.layers().size() - 1;
    for (int layer = 0; layer <= last; layer++) {
      ReadColumns read =
          layer == last
              ? halves.readOfSource(pass.options().positions())
              : ReadColumns.all(tokens.columns());
      LayerInput in = LayerInput.of(layer, x, prompts);
      x = next(parts.layers().get(layer), in, read, pass, given, List.of(layer));
    }
    return finished(x, parts.finalNorm().orElseThrow(), pass, given);
  }

  /** The decoder's last states, {@code [B, t, H]}, or of the anchors where no more is needed. */
  private Tensor write(
      SourceAndTarget halves,
      Injection prompts,
      Passes passes,
      Optional<Tensor> source,
      Given given) {
    TokenBatch tokens = halves.target().orElseThrow();
    Pass pass = passes.target().orElseThrow();
    Optional<Tensor> padding = passes.source().flatMap(each -> each.scores().padding());
    Tensor x = Scope.keep(() -> embed(pass, tokens, List.of(), Injection.none())); // [B, t, H]
    int count = decoder.layers().size();
    for (int layer = 0; layer < count; layer++) {
      int toTarget = parts.layers().size() + layer;
      int toSource = toTarget + count;
      ReadColumns read =
          layer == count - 1
              ? halves.readOfTarget(pass.options().positions())
              : ReadColumns.all(tokens.columns());
      SourceColumns columns = new SourceColumns(source, padding, prompts.prefix(toSource));
      LayerInput in = LayerInput.ofDecoder(x, prompts.prefix(toTarget), columns);
      x = next(decoder.layers().get(layer), in, read, pass, given, List.of(toTarget, toSource));
    }
    return finished(x, decoder.finalNorm(), pass, given);
  }

  /**
   * A layer's states; what else it gives is kept.
   *
   * @param counted the numbers of the layer's keys and values: of the text, and of a source
   */
  private Tensor next(
      TransformerLayer layer,
      LayerInput in,
      ReadColumns read,
      Pass pass,
      Given given,
      List<Integer> counted) {
    List<Tensor> states = layer(layer, in, read, pass);
    KeysAndValues wanted = pass.options().keysAndValues();
    if (wanted != KeysAndValues.NONE) {
      given.past.put(counted.get(0), past(in.prefix(), pass, states));
    }
    if (wanted != KeysAndValues.NONE && counted.size() > 1) {
      given.past.put(counted.get(1), pastOfSource(in.source().orElseThrow(), wanted, states));
    }
    if (pass.options().allHiddenStates()) {
      given.between.add(in.states());
    } else if (pass.options().recomputation().isEmpty()) {
      Scope.drop(in.states());
    }
    return states.get(0);
  }

  private static LayerPrefix past(Optional<LayerPrefix> prefix, Pass pass, List<Tensor> states) {
    boolean all = pass.options().keysAndValues() == KeysAndValues.PAST;
    return LayerPrefix.past(
        all ? prefix : Optional.empty(),
        pass.scores().padding(),
        states.get(1),
        states.get(2),
        pass.options().keepsRoom());
  }

  /** Those of a source are made once; from then on they are the prefix that they were. */
  private static LayerPrefix pastOfSource(
      SourceColumns source, KeysAndValues wanted, List<Tensor> states) {
    return source.states().isEmpty()
        ? source.prefix().orElseThrow()
        : LayerPrefix.past(
            wanted == KeysAndValues.PAST ? source.prefix() : Optional.empty(),
            source.padding(),
            states.get(3),
            states.get(4),
            false);
  }

  /** The last states, normalised and dropped; a block of its own, as other blocks read it. */
  private static Tensor finished(Tensor states, Norm norm, Pass pass, Given given) {
    Tensor last =
        pass.options()
            .recomputation()
            .map(
                tape ->
                    tape.run(
                        List.of(states),
                        pass.options().dropout(),
                        (in, masks) -> finished(in.get(0), norm, pass.with(masks))))
            .orElseGet(() -> finished(states, norm, pass));
    if (pass.options().allHiddenStates()) {
      given.between.add(last);
    }
    return last;
  }

  private static Tensor finished(Tensor states, Norm norm, Pass pass) {
    return Scope.keep(() -> pass.dropout(DropoutPlace.LAST_STATES, norm.apply(states)));
  }

  /** The states of the batch's columns, {@code [B, n, H]}, or of its anchors, {@code [B, 1, H]}. */
  private Tensor last(
      SourceAndTarget halves, Optional<Tensor> source, Optional<Tensor> target, Positions wanted) {
    if (halves.areLastStatesWanted(wanted)) {
      return target.or(() -> source).orElseThrow();
    }
    Tensor read = source.orElseThrow().flatten(0, 1); // [B·s, H]
    Tensor written = target.orElseThrow().flatten(0, 1); // [B·t, H]
    long rows = source.get().size(0);
    Tensor places = indices(halves.gathered(wanted));
    return Tensors.cat(0, read, written)
        .index_select(0, places)
        .view(rows, places.size(0) / rows, spec.hidden());
  }
}
