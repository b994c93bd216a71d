package org.ptuning4j.backbone.encoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.LayerNorm;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * BERT's shape of backbone: embeddings, L post-norm layers, and perhaps a pooler and a
 * language-model head.
 */
final class Encoder implements Backbone {

  private final EncoderConfig config;
  private final Engine engine;
  private final EncoderWeights weights;

  Encoder(EncoderConfig config, Engine engine, EncoderWeights weights) {
    this.config = config;
    this.engine = engine;
    this.weights = weights;
  }

  @Override
  public BackboneSpec spec() {
    return config.spec(weights.pooler().isPresent(), weights.languageModel().isPresent());
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public String weightsHash() {
    return weights.hash();
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    SoftTokenCheck.check(tokens, injection, config);
    List<Tensor> states = new ArrayList<>();
    List<Tensor> kept =
        Scope.keepAll(
            () -> {
              Tensor x = Scope.keep(() -> embed(tokens, injection, options)); // [B, n, H]
              Optional<Tensor> textMask = textMask(tokens);
              for (int layer = 0; layer < config.layers(); layer++) {
                Tensor input = x;
                x = layer(layer, input, tokens, textMask, injection, options);
                if (options.allHiddenStates()) {
                  states.add(input);
                } else {
                  Scope.drop(input);
                }
              }
              List<Tensor> results = new ArrayList<>(states);
              results.add(x);
              return results;
            });
    Tensor last = kept.get(kept.size() - 1);
    return new BackboneOutput(last, options.allHiddenStates() ? kept : List.of());
  }

  private Tensor layer(
      int index,
      Tensor states,
      TokenBatch tokens,
      Optional<Tensor> textMask,
      Injection injection,
      ForwardOptions options) {
    boolean anchorsOnly = options.positions() == Positions.ANCHOR && index == config.layers() - 1;
    Optional<LayerPrefix> prefix = injection.prefix(index);
    return Scope.keep(
        () -> {
          Tensor x = withOffsets(index, states, injection);
          Tensor read = anchorsOnly ? atAnchors(x, tokens) : x; // [B, m, H]
          return weights
              .layers()
              .get(index)
              .forward(engine, x, read, scoreMask(textMask, prefix, x), prefix, options);
        });
  }

  /** A layer's input with what the prompt adds at its soft tokens, {@code [B, n, H]}. */
  private Tensor withOffsets(int layer, Tensor states, Injection injection) {
    Tensor offsets = injection.offsets().get(layer);
    if (offsets == null) {
      return states;
    }
    Tensor added = engine.place(offsets, engine.precision().dtype()); // [N, H]
    Tensor index = indices(injection.inputs().orElseThrow().index());
    return states.reshape(-1, config.hidden()).index_add(0, index, added).view_as(states);
  }

  /** Each row's anchor, {@code [B, n, H] → [B, 1, H]}. */
  private Tensor atAnchors(Tensor x, TokenBatch tokens) {
    int[] anchors = tokens.anchors();
    if (Arrays.stream(anchors).allMatch(anchor -> anchor == anchors[0])) {
      return x.narrow(1, anchors[0], 1);
    }
    long[] flat = new long[anchors.length];
    Arrays.setAll(flat, row -> (long) row * tokens.columns() + anchors[row]);
    return x.reshape(-1, config.hidden()).index_select(0, indices(flat)).unsqueeze(1);
  }

  private Tensor indices(long[] values) {
    return ids(values, new long[] {values.length});
  }

  /**
   * Word, position and type embeddings, normalised: {@code [B, n, H]}. A soft token's vector takes
   * the place of its word embedding.
   */
  private Tensor embed(TokenBatch tokens, Injection injection, ForwardOptions options) {
    long[] shape = {tokens.rows(), tokens.columns()};
    Tensor table = weights.words().value();
    Tensor words =
        withSoftTokens(torch.embedding(table, ids(checkedIds(tokens), shape)), injection);
    Tensor positions =
        torch.embedding(weights.positions().value(), ids(positionIds(tokens, injection), shape));
    Tensor types = torch.embedding(weights.types().value(), ids(typeIds(tokens), shape));
    LayerNorm norm = weights.embeddingNorm();
    return options
        .dropout()
        .apply(norm.apply(words.add(types).add(positions)), options.hiddenRate());
  }

  private Tensor withSoftTokens(Tensor words, Injection injection) {
    if (injection.inputs().isEmpty()) {
      return words;
    }
    InputVectors soft = injection.inputs().get();
    Tensor vectors = engine.place(soft.vectors(), engine.precision().dtype()); // [N, H]
    return words
        .view(-1, config.hidden())
        .index_copy(0, indices(soft.index()), vectors)
        .view_as(words);
  }

  private Tensor ids(long[] values, long[] shape) {
    return engine.place(Tensors.of(values, shape), Dtype.I64);
  }

  private long[] checkedIds(TokenBatch tokens) {
    long[] ids = tokens.ids().clone();
    for (long place : tokens.softPlaces()) {
      ids[Math.toIntExact(place)] = 0; // any word: a vector takes its place
    }
    for (long id : ids) {
      if (id < 0 || id >= config.vocabulary()) {
        throw InvalidInputException.of(
            "token id %d lies outside the backbone's vocabulary of %d: the tokenizer belongs to"
                + " another model",
            id, config.vocabulary());
      }
    }
    return ids;
  }

  /** Families with a single type (RoBERTa) give it to both texts. */
  private long[] typeIds(TokenBatch tokens) {
    return config.typeVocabulary() > 1 ? tokens.typeIds() : new long[tokens.typeIds().length];
  }

  private long[] positionIds(TokenBatch tokens, Injection injection) {
    int usable = config.positions().usable(config.positionTable(), config.padId());
    long[] ids = new long[tokens.ids().length];
    for (int row = 0; row < tokens.rows(); row++) {
      int shift = injection.shift(row);
      int length = tokens.length(row);
      if (shift + length > usable) {
        throw InvalidInputException.of(
            "prompt length %d and text length %d need %d positions; this backbone has %d: shorten"
                + " the prompt or %s",
            shift, length, shift + length, usable, new SettingName("max-length"));
      }
      config.positions().fill(tokens, row, shift, config.padId(), ids);
    }
    // Padding beside a longer row may lie beyond the table; nobody attends to it.
    for (int at = 0; at < ids.length; at++) {
      ids[at] = Math.min(ids[at], config.positionTable() - 1L);
    }
    return ids;
  }

  /** 0 for tokens and −∞ for padding, {@code [B, n]}; empty where nothing is padded. */
  private Optional<Tensor> textMask(TokenBatch tokens) {
    if (!tokens.padded()) {
      return Optional.empty();
    }
    float[] values = new float[tokens.mask().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tokens.mask()[i] == 0 ? Float.NEGATIVE_INFINITY : 0;
    }
    Tensor mask = Tensors.of(values, tokens.rows(), tokens.columns());
    return Optional.of(engine.place(mask, engine.precision().dtype()));
  }

  /**
   * The masks of prefix and text side by side, {@code [B, 1, 1, P+n]}; empty where neither masks
   * anything.
   */
  private Optional<Tensor> scoreMask(
      Optional<Tensor> textMask, Optional<LayerPrefix> prefix, Tensor x) {
    Optional<Tensor> prefixMask = prefix.flatMap(LayerPrefix::mask);
    if (textMask.isEmpty() && prefixMask.isEmpty()) {
      return Optional.empty();
    }
    long rows = x.size(0);
    Tensor text = textMask.orElseGet(() -> zeros(rows, x.size(1)));
    Tensor both =
        prefix
            .map(p -> Tensors.cat(1, p.mask().orElseGet(() -> zeros(rows, p.length())), text))
            .orElse(text);
    return Optional.of(both.view(rows, 1, 1, -1));
  }

  private Tensor zeros(long rows, long columns) {
    return engine.place(torch.zeros(rows, columns), engine.precision().dtype());
  }

  @Override
  public Tensor pool(Tensor first) {
    EncoderWeights.Pooler pooler =
        weights
            .pooler()
            .orElseThrow(() -> new IllegalStateException("this checkpoint has no pooler"));
    return pooler.apply(engine, engine.place(first, Dtype.F32));
  }

  @Override
  public LanguageModel languageModel() {
    return weights
        .languageModel()
        .orElseThrow(() -> new IllegalStateException("this checkpoint has no language-model head"));
  }

  @Override
  public Tensor wordVectors(int[] ids) {
    return Scope.keep(
        () -> {
          long[] rows = MaskedLanguageModel.checkedWords(ids, config.vocabulary());
          Tensor table = weights.words().stored().detach();
          return engine.place(table.index_select(0, indices(rows)), Dtype.F32);
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

  @Override
  public Map<String, Tensor> namedWeights() {
    return new LinkedHashMap<>(weights.named(config));
  }

  @Override
  public void close() {
    weights.close();
  }
}
