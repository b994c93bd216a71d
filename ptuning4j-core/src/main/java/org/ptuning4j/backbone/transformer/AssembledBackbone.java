package org.ptuning4j.backbone.transformer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LanguageModel;
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

/** A backbone of the parts that a family put together: everything but the order of a pass. */
abstract sealed class AssembledBackbone implements Backbone permits Transformer, EncoderDecoder {

  /** Its sizes. */
  protected final BackboneSpec spec;

  /** Where it computes. */
  protected final Engine engine;

  /** What is looked up for a pass. */
  protected final PassInput input;

  /** What it is made of. */
  protected final TransformerParts parts;

  private final String hash;
  private final LoadedWeights weights;
  private final Optional<VocabularyModel> languageModel;

  AssembledBackbone(
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

  /**
   * What layers share in a pass over a batch.
   *
   * @param positions by which queries and keys are turned, {@code [B, n]}
   */
  final Pass pass(
      List<TransformerLayer> layers, TokenBatch tokens, int[] positions, ForwardOptions options) {
    ScoreMasks scores = new ScoreMasks(engine, tokens);
    Rotations rotations = new Rotations(engine, tokens, positions);
    Distances distances = new Distances(engine, tokens);
    for (TransformerLayer layer : layers) {
      scores.prepare(layer.attention().reach());
      layer.attention().rotary().ifPresent(rotations::prepare);
      layer.attention().term().ifPresent(term -> term.prepare(distances));
    }
    options.recomputation().ifPresent(tape -> distances.cut(tape::shared));
    return new Pass(engine, options, parts.dropped(), scores, rotations, distances);
  }

  /**
   * A layer's states {@code [B, m, H]}, and perhaps its keys and values. A layer that is computed
   * twice has states only.
   */
  final List<Tensor> layer(TransformerLayer layer, LayerInput in, ReadColumns read, Pass pass) {
    Optional<Recomputation> tape = pass.options().recomputation();
    if (tape.isEmpty()) {
      return computed(layer, in, read, pass);
    }
    return List.of(
        tape.get()
            .run(
                in.tensors(),
                pass.options().dropout(),
                (given, masks) -> computed(layer, in.with(given), read, pass.with(masks)).get(0)));
  }

  private List<Tensor> computed(
      TransformerLayer layer, LayerInput in, ReadColumns read, Pass pass) {
    return Scope.keepAll(
        () -> layer.forward(pass, withOffsets(in), read, in.prefix(), in.source()));
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

  final Tensor indices(long[] values) {
    return engine.place(Tensors.of(values, values.length), Dtype.I64);
  }

  /** The input of the first layer; a soft token's vector takes the place of its word embedding. */
  final Tensor embed(Pass pass, TokenBatch tokens, List<int[]> positions, Injection injection) {
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
