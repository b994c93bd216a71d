package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.Pass;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/** A backbone of the parts that a family put together. */
final class Transformer extends AssembledBackbone {

  Transformer(
      BackboneSpec spec,
      Engine engine,
      String hash,
      Positions positions,
      TransformerParts parts,
      LoadedWeights weights,
      Optional<VocabularyModel> languageModel) {
    super(spec, engine, hash, positions, parts, weights, languageModel);
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    SoftTokenCheck.check(tokens, injection, spec);
    ComputedLayers computed = ComputedLayers.of(options.layers(), spec, tokens, injection);
    if (tokens.geometry().hasTargets()) {
      throw new IllegalArgumentException("a source and a target are read by encoder–decoders");
    }
    if (options.keysAndValues() == KeysAndValues.PAST) {
      requireReachBack(tokens);
    }
    List<int[]> positions = input.positions(tokens, injection);
    List<Tensor> states = new ArrayList<>(); // those between the layers, where they are wanted
    List<Tensor> past = new ArrayList<>(); // key and value of each layer, where they are wanted
    List<Optional<Tensor>> padding = new ArrayList<>();
    // Layers that are computed a second time still need masks, rotations and distances then.
    Optional<Pass> lasting = options.recomputation().map(tape -> pass(tokens, positions, options));
    List<Tensor> kept =
        Scope.keepAll(
            () -> {
              Pass pass = lasting.orElseGet(() -> pass(tokens, positions, options));
              Tensor x = // [B, n, H]
                  Scope.keep(
                      () ->
                          computed
                              .known()
                              .map(Tensor::detach)
                              .orElseGet(() -> embed(pass, tokens, positions, injection)));
              for (int layer = computed.first(); layer < computed.end(); layer++) {
                Tensor before = x;
                ReadColumns read =
                    layer == computed.end() - 1
                        ? tokens.read(options.positions())
                        : ReadColumns.all(tokens.columns());
                List<Tensor> given =
                    layer(
                        parts.layers().get(layer),
                        LayerInput.of(layer, before, injection),
                        read,
                        pass);
                x = given.get(0);
                past.addAll(given.subList(1, given.size()));
                if (options.allHiddenStates()) {
                  states.add(before);
                } else if (options.recomputation().isEmpty()) {
                  Scope.drop(before);
                }
              }
              List<Tensor> results = new ArrayList<>(states);
              results.add(computed.areLast() ? finished(x) : x);
              results.addAll(past);
              if (options.keysAndValues() != KeysAndValues.NONE) {
                padding.add(pass.scores().padding());
                pass.scores().padding().ifPresent(results::add);
              }
              return results;
            });
    Tensor last = kept.get(states.size());
    return new BackboneOutput(
        last,
        options.allHiddenStates() ? kept.subList(0, states.size() + 1) : List.of(),
        switch (options.keysAndValues()) {
          case NONE -> Map.of();
          case TEXT -> prefixes(past, padding.get(0), Injection.none(), false);
          case PAST -> prefixes(past, padding.get(0), injection, options.keepsRoom());
        });
  }

  /** Keys and values serve as a prefix, which is read as a whole: no layer may have a window. */
  private void requireReachBack(TokenBatch tokens) {
    for (int layer = 0; layer < parts.layers().size(); layer++) {
      Reach reach = tokens.geometry().reach().and(parts.layers().get(layer).attention().reach());
      if (!reach.isUnlimitedBack()) {
        throw new IllegalArgumentException(
            "layer %d attends to %s only: its keys and values cannot be the prefix of what follows"
                .formatted(layer, reach));
      }
    }
  }

  private Pass pass(TokenBatch tokens, List<int[]> positions, ForwardOptions options) {
    return pass(parts.layers(), tokens, positions.get(0), options);
  }

  private Tensor finished(Tensor states) {
    return parts.finalNorm().map(norm -> norm.apply(states)).orElse(states);
  }

  private static Map<Integer, LayerPrefix> prefixes(
      List<Tensor> past, Optional<Tensor> padding, Injection injection, boolean roomy) {
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; 2 * layer < past.size(); layer++) {
      Tensor key = past.get(2 * layer);
      Tensor value = past.get(2 * layer + 1);
      prefixes.put(layer, LayerPrefix.past(injection.prefix(layer), padding, key, value, roomy));
    }
    return prefixes;
  }

  @Override
  public OptionalInt steadyLength() {
    return parts.layers().stream()
        .flatMap(layer -> layer.attention().rotary().stream())
        .flatMapToInt(rotary -> rotary.scaling().steadyLength().stream())
        .min();
  }
}
