package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.Distances;
import org.ptuning4j.backbone.layer.Pass;
import org.ptuning4j.backbone.layer.Rotations;
import org.ptuning4j.backbone.layer.ScoreMasks;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Recomputation;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** A backbone of the parts that a family put together. */
final class Transformer implements Backbone {

  private final BackboneSpec spec;
  private final Engine engine;
  private final String hash;
  private final PassInput input;
  private final TransformerParts parts;
  private final LoadedWeights weights;
  private final Optional<VocabularyModel> languageModel;

  Transformer(
      BackboneSpec spec,
      Engine engine,
      String hash,
      Positions positions,
      TransformerParts parts,
      LoadedWeights weights,
      Optional<VocabularyModel> languageModel) {
    this.spec = spec;
    this.engine = engine;
    this.hash = hash;
    this.input = new PassInput(spec, positions, parts.embeddings().positions().size());
    this.parts = parts;
    this.weights = weights;
    this.languageModel = languageModel;
  }

  @Override
  public BackboneSpec spec() {
    return spec;
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public String weightsHash() {
    return hash;
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    SoftTokenCheck.check(tokens, injection, spec);
    ComputedLayers computed = ComputedLayers.of(options.layers(), spec, tokens, injection);
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
                List<Tensor> given =
                    layer(layer, LayerInput.of(layer, before, injection), tokens, pass);
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
          case NONE -> List.of();
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
    ScoreMasks scores = new ScoreMasks(engine, tokens);
    Rotations rotations = new Rotations(engine, tokens, positions.get(0));
    Distances distances = new Distances(engine, tokens);
    for (TransformerLayer layer : parts.layers()) {
      scores.prepare(layer.attention().reach());
      layer.attention().rotary().ifPresent(rotations::prepare);
      layer.attention().term().ifPresent(term -> term.prepare(distances));
    }
    options.recomputation().ifPresent(tape -> distances.cut(tape::shared));
    return new Pass(engine, options, parts.dropped(), scores, rotations, distances);
  }

  private Tensor finished(Tensor states) {
    return parts.finalNorm().map(norm -> norm.apply(states)).orElse(states);
  }

  /**
   * A layer's states {@code [B, m, H]}, and perhaps its keys and values. A layer that is computed
   * twice has states only.
   */
  private List<Tensor> layer(int index, LayerInput in, TokenBatch tokens, Pass pass) {
    Optional<Recomputation> tape = pass.options().recomputation();
    if (tape.isEmpty()) {
      return computed(index, in, tokens, pass);
    }
    return List.of(
        tape.get()
            .run(
                in.tensors(),
                pass.options().dropout(),
                (given, masks) ->
                    computed(index, in.with(given), tokens, pass.with(masks)).get(0)));
  }

  private List<Tensor> computed(int index, LayerInput in, TokenBatch tokens, Pass pass) {
    boolean last = index == parts.layers().size() - 1;
    ReadColumns read =
        last ? tokens.read(pass.options().positions()) : ReadColumns.all(tokens.columns());
    return Scope.keepAll(
        () -> parts.layers().get(index).forward(pass, withOffsets(in), read, in.prefix()));
  }

  /** A layer's input with what the prompt adds at its soft tokens, {@code [B, n, H]}. */
  private Tensor withOffsets(LayerInput in) {
    if (in.offsets().isEmpty()) {
      return in.states();
    }
    InputVectors offsets = in.offsets().get();
    Tensor added = engine.place(offsets.vectors(), engine.precision().dtype()); // [N, H]
    return in.states()
        .reshape(-1, spec.hidden())
        .index_add(0, indices(offsets.index()), added)
        .view_as(in.states());
  }

  private Tensor indices(long[] values) {
    return engine.place(Tensors.of(values, values.length), Dtype.I64);
  }

  /** The input of the first layer; a soft token's vector takes the place of its word embedding. */
  private Tensor embed(Pass pass, TokenBatch tokens, List<int[]> positions, Injection injection) {
    Tensor found = parts.embeddings().ofWords(engine, placed(tokens, input.ids(tokens)));
    Tensor words =
        injection.inputs().map(soft -> withSoftTokens(found, soft)).orElse(found); // [B, n, E]
    return parts
        .embeddings()
        .apply(
            pass,
            words,
            input.rows(positions).stream().map(rows -> placed(tokens, rows)).toList(),
            placed(tokens, input.types(tokens)));
  }

  private Tensor withSoftTokens(Tensor words, InputVectors soft) {
    Tensor vectors = engine.place(soft.vectors(), engine.precision().dtype()); // [N, E]
    return words
        .view(-1, spec.embeddingWidth())
        .index_copy(0, indices(soft.index()), vectors)
        .view_as(words);
  }

  private Tensor placed(TokenBatch tokens, long[] values) {
    return engine.place(Tensors.of(values, tokens.rows(), tokens.columns()), Dtype.I64);
  }

  private static List<LayerPrefix> prefixes(
      List<Tensor> past, Optional<Tensor> padding, Injection injection, boolean roomy) {
    List<LayerPrefix> prefixes = new ArrayList<>();
    for (int layer = 0; 2 * layer < past.size(); layer++) {
      Tensor key = past.get(2 * layer);
      Tensor value = past.get(2 * layer + 1);
      prefixes.add(LayerPrefix.past(injection.prefix(layer), padding, key, value, roomy));
    }
    return prefixes;
  }

  @Override
  public Tensor pool(Tensor read) {
    return parts
        .pooler()
        .orElseThrow(() -> new IllegalStateException("this checkpoint has no pooler"))
        .apply(engine, engine.place(read, Dtype.F32));
  }

  @Override
  public LanguageModel languageModel() {
    return languageModel.orElseThrow(
        () -> new IllegalStateException("this checkpoint has no language-model head"));
  }

  @Override
  public Tensor wordVectors(int[] ids) {
    return Scope.keep(
        () -> {
          long[] rows = VocabularyModel.checkedWords(ids, spec.vocabulary());
          return parts.embeddings().vectors(engine, indices(rows));
        });
  }

  @Override
  public List<Parameter> parameters() {
    return weights.parameters();
  }

  @Override
  public long parameterCount() {
    return weights.count();
  }

  /** With those of the language-model head, so that a fine-tuned model's file keeps it. */
  @Override
  public Map<String, Tensor> namedWeights() {
    Map<String, Tensor> named = new LinkedHashMap<>(weights.named());
    languageModel.ifPresent(head -> named.putAll(head.named()));
    return named;
  }

  @Override
  public void close() {
    weights.close();
    languageModel.ifPresent(VocabularyModel::close);
  }
}
